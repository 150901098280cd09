/**
 * What a slicer wrote about a print: time, weight, printer, material. Pure: texts in, facts out. The comments
 * are those of PrusaSlicer, SuperSlicer, Slic3r, OrcaSlicer, Bambu Studio, Cura, ideaMaker and Simplify3D as
 * their G-code writers print them. What is not said, or makes no sense, stays null; nothing here throws.
 */

/** What a sliced file says; null: it does not say. */
export interface SlicedFacts {
  /** "PrusaSlicer", "OrcaSlicer", "Bambu Studio", "Cura" … */
  slicer: string | null;
  slicerVersion: string | null;
  /** Model of the printer as the slicer names it ("MK4S", "Bambu Lab X1 Carbon"). */
  printer: string | null;
  /** Material ("PLA"; several that are used: "PLA, PETG"). */
  material: string | null;
  /** Print time in hours, rounded up to 0.01. */
  hours: number | null;
  /** Filament of all extruders together in grams, rounded to 0.01. */
  grams: number | null;
  /** Layer height in millimetres. */
  layerHeightMm: number | null;
}

export const NO_FACTS: SlicedFacts = {
  slicer: null,
  slicerVersion: null,
  printer: null,
  material: null,
  hours: null,
  grams: null,
  layerHeightMm: null,
};

/** A slicer's words by their lower-case keys; the first of a kind counts. */
export type Words = Map<string, string>;

const LINE_CHARS = 4096;
const WORDS = 20_000;

/**
 * The `; key = value` and `; key: value` comments of a piece of G-code.
 * @param into what was read before (of the same file); its words win
 */
export function readComments(text: string, into: Words = new Map()): Words {
  for (let at = 0; at < text.length && into.size < WORDS;) {
    const newline = text.indexOf("\n", at);
    const end = newline === -1 ? text.length : newline;
    if (text.charCodeAt(at) === 59 && end - at <= LINE_CHARS)
      readComment(text.slice(at + 1, end).trim(), into);
    at = end + 1;
  }
  return into;
}

function readComment(line: string, words: Words): void {
  // Bambu Studio puts two on one line.
  const both = /^(model printing time: [^;]*); *(total estimated time: [^;]*)$/.exec(line);
  if (both) return both.slice(1).forEach((part) => readComment(part, words));
  const made =
    /^(?:G-Code )?(?:generated (?:by|with)|sliced by) (.+)$/i.exec(line) ??
    /^(BambuStudio [\d.]+)/.exec(line);
  if (made) return put(words, "made by", made[1]!);
  const equals = line.indexOf(" = ");
  const colon = line.indexOf(":");
  // "Layer height: 0.2" is Cura's setting, "LAYER_HEIGHT: 0.2" Bambu's note at every layer: keep them apart.
  if (equals > 0 && (colon === -1 || equals < colon))
    put(words, line.slice(0, equals), line.slice(equals + 3));
  else if (colon > 0) put(words, `${line.slice(0, colon).trim()}:`, line.slice(colon + 1));
}

/** The `key=value` lines of binary G-code. */
export function readIni(text: string, into: Words = new Map()): Words {
  for (const line of text.split("\n", WORDS)) {
    const equals = line.indexOf("=");
    if (equals > 0 && line.length <= LINE_CHARS) put(into, line.slice(0, equals), line.slice(equals + 1));
  }
  return into;
}

function put(words: Words, key: string, value: string): void {
  const name = key.trim().toLowerCase();
  if (!words.has(name)) words.set(name, value.trim());
}

/** The facts in a slicer's words. */
export function factsOf(words: Words): SlicedFacts {
  const seconds = first(
    duration(words.get("estimated printing time (normal mode)")),
    duration(words.get("total estimated time:")),
    duration(words.get("model printing time:")),
    duration(words.get("time:")),
    duration(words.get("print.time:")),
    duration(words.get("print time:")),
    duration(words.get("build time:")),
    duration(words.get("estimated printing time")),
  );
  const [slicer, slicerVersion] = slicerOf(words);
  return {
    slicer,
    slicerVersion,
    printer: first(
      label(words.get("printer_model")),
      label(words.get("target_machine.name:")),
      label(words.get("printer_settings_id")),
    ),
    material: materialOf(words),
    hours: hoursOf(seconds),
    grams: gramsOf(gramsIn(words)),
    layerHeightMm: within(number(first(words.get("layer_height"), words.get("layer height:"))), 0.005, 10),
  };
}

function gramsIn(words: Words): number | null {
  const used = words.get("filament used [g]");
  const stated = first(
    positive(sum(used)),
    positive(sum(words.get("total filament used [g]"))),
    positive(sum(words.get("total filament weight [g]:"))),
    positive(number(/^([\d.]+) ?g\b/.exec(words.get("plastic weight:") ?? "")?.[1])),
    positive(
      number(
        /^([\d.]+) ?g?$/.exec(first(words.get("filament weight"), words.get("filament weight:")) ?? "")?.[1],
      ),
    ),
    positive(number(/[\d.]+ ?m +([\d.]+) ?g$/.exec(words.get("filament used:") ?? "")?.[1])),
  );
  if (stated !== null) return stated;
  // From volume or length, but only with the density that the file itself states (g/cm³).
  const densities = numbers(first(words.get("filament_density"), words.get("filament_density:")));
  const diameters = numbers(first(words.get("filament_diameter"), words.get("filament_diameter:")));
  const weigh = (amounts: number[], cm3: (amount: number, i: number) => number) => {
    const grams = amounts.map((amount, i) =>
      amount === 0 ? 0 : cm3(amount, i) * pick(densities, i, amounts.length),
    );
    return positive(grams.reduce((total, g) => total + g, 0));
  };
  const volumes = numbers(words.get("filament used [cm3]"));
  const lengths = numbers(words.get("filament used [mm]"));
  return first(
    weigh(volumes, (amount) => amount),
    weigh(lengths, (amount, i) => (amount * Math.PI * pick(diameters, i, lengths.length) ** 2) / 4000),
  );
}

/** The value of one extruder; NaN when the list does not fit and its values differ. */
function pick(list: number[], i: number, count: number): number {
  const same = list.every((value) => value === list[0]);
  return list.length > 0 && (same || list.length >= count) ? (list[same ? 0 : i] ?? NaN) : NaN;
}

/** The materials that are used: those whose weight is not 0, where the file says it for each. */
function materialOf(words: Words): string | null {
  const types = list(words.get("filament_type"));
  const used = numbers(first(words.get("filament used [g]"), words.get("filament used [mm]")));
  const matter =
    types.length === used.length && used.some((u) => u > 0) ? types.filter((_, i) => used[i]! > 0) : types;
  const chosen = list(words.get("filament:")).map((n) => types[Number(n) - 1]); // Bambu Studio: the numbers of those used
  const kinds =
    chosen.length > 0 && chosen.every((kind) => kind !== undefined) ? (chosen as string[]) : matter;
  return joined(kinds);
}

/** Names without repetition, as one label. */
export function joined(names: string[]): string | null {
  const kinds = [...new Set(names.map((name) => label(name)).filter((name) => name !== null))];
  return kinds.length === 0 || kinds.length > 8 ? null : label(kinds.join(", "));
}

/** Slicers whose own name for themselves is not the one people know. */
const SLICERS: [RegExp, string][] = [
  [/^BambuStudio/, "Bambu Studio"],
  [/^Cura_SteamEngine/, "Cura"],
  [/^Simplify3D/, "Simplify3D"],
];

function slicerOf(words: Words): [string | null, string | null] {
  const generator = words.get("generator.name:");
  const text =
    words.get("made by") ??
    words.get("producer") ??
    (generator === undefined ? undefined : `${generator} ${words.get("generator.version:") ?? ""}`);
  if (text === undefined) return [null, null];
  return splitVersion(text);
}

/** "PrusaSlicer 2.8.1+linux-x64 on 2024-…" → ["PrusaSlicer", "2.8.1"]. */
export function splitVersion(text: string): [string | null, string | null] {
  const plain = label(text.slice(0, 200).split(/ on |, |\+/)[0]);
  const parts = /^(.{0,60}?)[ -]*(?:version )?v?(\d+(?:\.\d+)+[\w.-]*)?$/i.exec(plain ?? "");
  const name = label(parts?.[1]);
  const known = SLICERS.find(([pattern]) => pattern.test(name ?? ""))?.[1];
  return [known ?? name, label(parts?.[2])];
}

/**
 * Seconds in "1d 2h 3m 4s", "1 hour 23 minutes", "1h:20m:36s", "01:23:45" or "5025"; null when it is none of them.
 */
export function duration(text: string | undefined): number | null {
  if (text === undefined || text.length > 100) return null;
  const value = text.trim();
  if (/^\d+(\.\d+)?$/.test(value)) return positive(Number(value));
  const clock = /^(\d+):(\d\d):(\d\d)$/.exec(value);
  if (clock) return positive(Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]));
  const parts = [
    ...value.matchAll(
      /(\d+(?:\.\d+)?) ?(d|h|m|s)(?:ays?|rs?|ours?|ins?|inutes?|ecs?|econds?)?(?=[\s:,\d]|$)/gi,
    ),
  ];
  const rest = parts.reduce((left, [part]) => left.replace(part, ""), value);
  if (parts.length === 0 || /[\w.-]/.test(rest)) return null;
  const unit: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 };
  return positive(parts.reduce((total, [, n, u]) => total + Number(n) * unit[u!.toLowerCase()]!, 0));
}

/** Seconds as hours that make sense: up to 2000. */
export function hoursOf(seconds: number | null): number | null {
  return seconds === null ? null : within(Math.ceil(seconds / 36 - 1e-9) / 100, 0.01, 2000);
}

/** Grams that make sense: up to 50 kg. */
export function gramsOf(grams: number | null): number | null {
  return grams === null ? null : within(Math.round(grams * 100) / 100, 0.01, 50_000);
}

/** A short text that can be shown: one line, no quotes around it, nothing invisible in it. */
export function label(text: string | undefined | null): string | null {
  const clean = (text ?? "")
    .slice(0, 400)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufffd]/gu, "")
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .trim();
  return clean === "" || clean === "nil" ? null : [...clean].slice(0, 80).join("");
}

/** The parts of a list, which slicers separate with `;` or `,`. */
function list(text: string | undefined | null): string[] {
  if (text === undefined || text === null || text.trim() === "") return [];
  return text.split(text.includes(";") ? ";" : ",", 64).map((part) => part.trim());
}

function numbers(text: string | undefined | null): number[] {
  const values = list(text).map((part) => number(part));
  return values.every((value) => value !== null) ? values : [];
}

function sum(text: string | undefined): number | null {
  const values = numbers(text);
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
}

/** A plain decimal number, not negative. */
export function number(text: string | undefined | null): number | null {
  return text !== undefined && text !== null && /^\d{1,15}(\.\d{1,20})?$/.test(text.trim())
    ? Number(text)
    : null;
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 && value < Infinity ? value : null;
}

function within(value: number | null, low: number, high: number): number | null {
  return value !== null && value >= low && value <= high ? value : null;
}

/** The first that is there. */
export function first<T>(...values: (T | null | undefined)[]): T | null {
  for (const value of values) if (value !== null && value !== undefined) return value;
  return null;
}

/** What `Metadata/slice_info.config` of a Bambu Studio or OrcaSlicer 3MF says, all plates together. */
export interface SliceInfo {
  plates: number;
  seconds: number | null;
  grams: number | null;
  material: string | null;
  version: string | null;
}

/** Reads `slice_info.config`; tags and attributes only, whatever lies between. */
export function readSliceInfo(xml: string): SliceInfo {
  const info: SliceInfo = { plates: 0, seconds: null, grams: null, material: null, version: null };
  const kinds: string[] = [];
  let filaments = 0;
  for (const [, tag, rest] of xml.matchAll(/<(plate|metadata|filament|header_item)\b([^<>]{0,2000})>/g)) {
    const get = (name: string) => attribute(rest!, name);
    if (tag === "plate") info.plates += 1;
    else if (tag === "header_item" && get("key") === "X-BBL-Client-Version")
      info.version ??= label(get("value"));
    else if (tag === "metadata" && info.plates > 0) {
      const value = number(get("value"));
      if (value === null) continue;
      if (get("key") === "prediction") info.seconds = (info.seconds ?? 0) + value;
      if (get("key") === "weight") info.grams = (info.grams ?? 0) + value;
    } else if (tag === "filament" && info.plates > 0) {
      filaments += number(get("used_g")) ?? 0;
      if (kinds.length < 64) kinds.push(get("type") ?? "");
    }
  }
  info.seconds = positive(info.seconds);
  info.grams = first(positive(info.grams), positive(filaments));
  info.material = joined(kinds);
  return info;
}

/** An XML attribute's value, its five entities read. */
export function attribute(tag: string, name: string): string | undefined {
  const start = tag.search(new RegExp(`(^|\\s)${name}\\s{0,9}=`));
  if (start === -1) return undefined;
  const value = /^[^=]*=\s{0,9}(?:"([^"]*)"|'([^']*)')/.exec(tag.slice(start));
  const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
  return (value?.[1] ?? value?.[2])?.replace(
    /&(lt|gt|amp|quot|apos);/g,
    (_, entity: string) => entities[entity]!,
  );
}

/** The words of `Metadata/project_settings.config` (JSON) that matter here. */
export function readProjectSettings(json: string): Words {
  const words: Words = new Map();
  try {
    const settings = JSON.parse(json) as Record<string, unknown> | null;
    for (const key of ["printer_model", "printer_settings_id", "layer_height", "filament_type"]) {
      const value = settings?.[key];
      if (typeof value === "string") words.set(key, value);
      else if (Array.isArray(value))
        words.set(key, value.filter((part) => typeof part === "string").join(";"));
    }
  } catch {
    // cut off or not JSON: it says nothing
  }
  return words;
}
