/** Does it fit, and is it at a sensible scale? Sizes against the catalog's printers; nothing is ever rescaled. */
import type { MeshUnit } from "./mesh";

export type SizeMm = readonly [x: number, y: number, z: number];

/** What the catalog says of a printer, as far as it matters here; inactive ones are passed over. */
export interface BuildVolume {
  id: string;
  name: string;
  build_volume_mm: SizeMm;
  active?: boolean;
}

export interface PrinterFit {
  printer: string;
  name: string;
  /** "as_is", "turned" (by right angles), or "no". */
  fits: "as_is" | "turned" | "no";
  /** How to turn it, as words; empty unless `fits` is "turned". */
  turn: string;
  /** What it is too large by in its best position, mm along the printer's width, depth and height. */
  over_mm: [number, number, number];
  /** The whole answer for this printer, as a sentence. */
  text: string;
}

export interface FitReport {
  /** The best answer of all printers; "no" needs the student's acknowledgement. */
  fits: "as_is" | "turned" | "no";
  printers: PrinterFit[];
  /** The answer for the student, one or two sentences. */
  text: string;
  /** The same, sentence by sentence. */
  lines: string[];
}

/** Less than this too large is rounding, mm. */
const TOLERANCE_MM = 0.01;
/** A part smaller than this in every direction was hardly meant so, mm. */
const SMALL_MM = 3;

/** Which of the part's axes lies along the printer's width, depth and height; as it is comes first. */
const TURNS: readonly [number, number, number][] = [
  [0, 1, 2],
  [1, 0, 2],
  [0, 2, 1],
  [2, 1, 0],
  [1, 2, 0],
  [2, 0, 1],
];
const AXES = ["X", "Y", "Z"];
const TOO = ["too wide", "too deep", "too tall"];

/**
 * Where a part fits, tried in the six positions that right angles allow.
 * @param size of the part, mm
 * @param printers the catalog's; inactive ones are passed over
 */
export function fitReport(size: SizeMm, printers: readonly BuildVolume[]): FitReport {
  const list = printers.filter((p) => p.active !== false).map((printer) => fitOn(size, printer));
  const asIs = list.filter((p) => p.fits === "as_is").map((p) => p.name);
  const turned = list.filter((p) => p.fits === "turned");
  const not = list.filter((p) => p.fits === "no");
  const sentences: string[] = [];
  if (list.length === 0) sentences.push("There is no printer in service to compare the size with.");
  if (not.length > 0 && asIs.length + turned.length > 0) sentences.push(...not.map((p) => p.text));
  if (asIs.length > 0) sentences.push(`Fits the ${names(asIs)}.`);
  sentences.push(...turned.map((p) => p.text));
  if (list.length > 0 && not.length === list.length) {
    // The nearest first: that is how much must go.
    const nearest = [...not].sort((a, b) => sum(a.over_mm) - sum(b.over_mm));
    sentences.push("It fits none of the lab's printers.", ...nearest.map((p) => p.text));
  }
  return {
    fits: asIs.length > 0 ? "as_is" : turned.length > 0 ? "turned" : "no",
    printers: list,
    text: sentences.join(" "),
    lines: sentences,
  };
}

function fitOn(size: SizeMm, { id, name, build_volume_mm: room }: BuildVolume): PrinterFit {
  let best = { over: [Infinity, Infinity, Infinity] as [number, number, number], turn: TURNS[0]! };
  for (const turn of TURNS) {
    const over = turn.map((axis, k) => excess(size[axis]!, room[k]!)) as [number, number, number];
    if (sum(over) < sum(best.over) - 1e-9) best = { over, turn };
  }
  const { over, turn } = best;
  const answer = { printer: id, name, turn: "", over_mm: over };
  if (sum(over) === 0) {
    if (turn === TURNS[0]) return { ...answer, fits: "as_is", text: `Fits the ${name}.` };
    const how = describeTurn(turn, size);
    return { ...answer, fits: "turned", turn: how, text: `Fits the ${name} if it is ${how}.` };
  }
  const parts = over.flatMap((mm, k) => (mm > 0 ? [`${TOO[k]} by ${millimetres(mm)}`] : []));
  const even = turn === TURNS[0] ? "" : ` even if it is ${describeTurn(turn, size)}`;
  return { ...answer, fits: "no", text: `It is ${names(parts)} for the ${name}${even}.` };
}

function excess(length: number, room: number): number {
  return length > room + TOLERANCE_MM ? Math.max(0.1, Math.ceil((length - room) * 10 - 1e-6) / 10) : 0;
}

function describeTurn(turn: readonly number[], size: SizeMm): string {
  if (turn[2] === 2) return "turned by 90° on the plate";
  const up = turn[2]!;
  return `tipped over so that its ${AXES[up]} side (${millimetres(size[up]!)}) points up`;
}

/**
 * Says when the size looks like a wrong unit: under 3 mm in every direction, or too large for every printer.
 * @param unit what the file says; a file that names its unit is believed unless the part is absurd
 * @returns a sentence, or undefined when the size makes sense
 */
export function scaleAdvice(
  size: SizeMm,
  printers: readonly BuildVolume[],
  unit: MeshUnit = "unknown",
): string | undefined {
  const active = printers.filter((p) => p.active !== false);
  const largest = Math.max(...size);
  if (!(largest > 0) || active.length === 0) return undefined;
  const fits = (s: SizeMm) => active.some((printer) => fitOn(s, printer).fits !== "no");
  const at = (factor: number) => size.map((mm) => mm * factor) as [number, number, number];
  if (largest < SMALL_MM) {
    const options = [
      ["metres", 1000],
      ["inches", 25.4],
      ["centimetres", 10],
    ] as const;
    const found = options.filter(([, f]) => largest * f >= SMALL_MM && fits(at(f)));
    return sentence(
      `The model is only ${text(size)}${unit === "unknown" ? ", read as millimetres" : ""}.`,
      found.map(([what, f]) => `in ${what} it would be ${text(at(f))}`),
    );
  }
  if (fits(size)) return undefined;
  const options = [
    ["in micrometres", 1 / 1000],
    ["enlarged by 25.4 (inches taken for millimetres twice)", 1 / 25.4],
    ["enlarged by 10 (centimetres taken for millimetres twice)", 1 / 10],
  ] as const;
  const found = options.filter(([, f]) => largest * f >= SMALL_MM * 3 && fits(at(f)));
  if (found.length === 0) return undefined; // just large: the fit says so
  return sentence(
    `The model is ${text(size)}, larger than every printer.`,
    found.map(([what, f]) => `if it was exported ${what}, it should be ${text(at(f))}`),
  );
}

function sentence(fact: string, options: string[]): string {
  const todo = "Check the unit, and export it again in millimetres if it is wrong; we never rescale a model.";
  if (options.length === 0) return `${fact} ${todo}`;
  const list =
    options.length === 1 ? options[0]! : `${options.slice(0, -1).join("; ")}; or ${options.at(-1)!}`;
  return `${fact} ${list.charAt(0).toUpperCase()}${list.slice(1)}. ${todo}`;
}

/** 12 × 30.5 × 8 mm */
function text(size: SizeMm): string {
  return `${size.map(short).join(" × ")} mm`;
}

function millimetres(mm: number): string {
  return `${short(mm)} mm`;
}

function short(mm: number): string {
  return String(mm >= 100 ? Math.round(mm) : Number(mm.toPrecision(3)));
}

function names(list: string[]): string {
  return list.length < 2 ? (list[0] ?? "") : `${list.slice(0, -1).join(", ")} and ${list.at(-1)!}`;
}

function sum([a, b, c]: readonly [number, number, number]): number {
  return a + b + c;
}
