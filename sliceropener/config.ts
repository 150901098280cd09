/** config.ini: read strictly, every mistake named with its line. Pure. */
import { pathsOf, type Platform } from "./place";

export interface Slicer {
  name: string;
  /** The program; absolute. */
  path: string;
  /** Lower case, with the dot. */
  extensions: string[];
  /** What stands before the file, or around it where `{file}` is. */
  arguments: string[];
}

/** `all`: a short word after each opening too. `errors`: only what went wrong, and choices. `none`: nothing, ever. */
export type DialogMode = "all" | "errors" | "none";

export interface Config {
  base: string;
  slicers: Slicer[];
  /** Absolute, or null: beside the program. */
  log: string | null;
  dialogs: DialogMode;
}

/** The file cannot be used; a sentence for each mistake. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

interface Entry {
  value: string;
  line: number;
}
interface Section {
  name: string;
  line: number;
  entries: Map<string, Entry>;
}

const MAIN_KEYS = ["authoritative_storage_base_path", "log_file_path", "dialogs"];
const SLICER_KEYS = ["name", "path", "extensions", "arguments"];

/** The text of a file that an editor of Windows may have written. */
export function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString("utf16le");
  return bytes.toString("utf8").replace(/^\ufeff/, "");
}

/**
 * @param text the file's content
 * @param env for `%NAME%` in paths on Windows
 * @throws ConfigError
 */
export function readConfig(
  text: string,
  platform: Platform,
  env: Record<string, string | undefined> = {},
): Config {
  const problems: string[] = [];
  const sections = readSections(text, problems);
  const main = sections.find(({ name }) => name === "main");
  for (const section of sections) {
    const known =
      section.name === "main" ? MAIN_KEYS : section.name.startsWith("slicer_") ? SLICER_KEYS : null;
    if (!known) {
      problems.push(
        `Line ${section.line}: unknown section [${section.name}]; there are [main] and [slicer_…].`,
      );
      continue;
    }
    for (const [key, { line }] of section.entries)
      if (!known.includes(key))
        problems.push(
          `Line ${line}: unknown setting “${key}” in [${section.name}]; there are ${known.join(", ")}.`,
        );
  }
  const { isAbsolute } = pathsOf(platform);

  const absolute = (entry: Entry, what: string): string => {
    const unset: string[] = [];
    const value =
      platform === "win32"
        ? entry.value.replace(/%([^%]+)%/g, (all, name: string) => env[name] ?? (unset.push(name), all))
        : entry.value;
    if (unset.length)
      problems.push(`Line ${entry.line}: there is no variable %${unset[0]}% on this computer.`);
    else if (!isAbsolute(value) || (platform === "win32" && !/^(?:[a-z]:[\\/]|\\\\[^\\?.])/i.test(value)))
      problems.push(
        `Line ${entry.line}: ${what} must be a whole path such as ${platform === "win32" ? "Z:\\storage" : "/mnt/storage"}; it is “${entry.value}”.`,
      );
    return value;
  };

  let base = "";
  const given = main?.entries.get("authoritative_storage_base_path");
  if (!main) problems.push("There is no section [main].");
  else if (!given?.value)
    problems.push(`Line ${given?.line ?? main.line}: AUTHORITATIVE_STORAGE_BASE_PATH is not set.`);
  else {
    base = absolute(given, "AUTHORITATIVE_STORAGE_BASE_PATH");
    if (tooWide(platform, base, env))
      problems.push(
        `Line ${given.line}: “${base}” is a whole disk of this computer; give the desk's folder only.`,
      );
  }

  const logEntry = main?.entries.get("log_file_path");
  const log = logEntry?.value ? absolute(logEntry, "LOG_FILE_PATH") : null;
  const mode = main?.entries.get("dialogs");
  if (mode && !["all", "errors", "none"].includes(mode.value.toLowerCase()))
    problems.push(`Line ${mode.line}: DIALOGS is “${mode.value}”; it can be all, errors or none.`);

  const slicers = sections
    .filter(({ name }) => name.startsWith("slicer_"))
    .map((section) => readSlicer(section, platform, absolute, problems));
  const names = new Map<string, number>();
  slicers.forEach(({ name }, i) => {
    if (names.has(name)) problems.push(`Two slicers are called “${name}”; give them different names.`);
    names.set(name, i);
  });

  if (problems.length) throw new ConfigError(problems);
  return { base, slicers, log, dialogs: (mode?.value.toLowerCase() as DialogMode | undefined) ?? "all" };
}

function readSections(text: string, problems: string[]): Section[] {
  const sections: Section[] = [];
  text.split(/\r\n|\r|\n/).forEach((raw, i) => {
    const line = i + 1;
    const content = raw.trim();
    if (content === "" || content.startsWith(";") || content.startsWith("#")) return;
    if (content.startsWith("[")) {
      const name = /^\[([A-Za-z0-9_-]+)\]$/.exec(content)?.[1]?.toLowerCase();
      if (!name) problems.push(`Line ${line}: “${content}” is not a section such as [main].`);
      else if (sections.some((section) => section.name === name))
        problems.push(`Line ${line}: the section [${name}] is there twice.`);
      sections.push({ name: name ?? "main", line, entries: new Map() });
      return;
    }
    const at = content.indexOf("=");
    if (at < 1) {
      problems.push(`Line ${line}: “${content}” is not a setting; write name = value.`);
      return;
    }
    const key = content.slice(0, at).trim().toLowerCase();
    const section = sections.at(-1);
    if (!section) problems.push(`Line ${line}: “${key}” stands before the first section.`);
    else if (section.entries.has(key))
      problems.push(`Line ${line}: “${key}” is there twice in [${section.name}].`);
    else
      section.entries.set(key, {
        value: content
          .slice(at + 1)
          .trim()
          .replace(/^"([^"]*)"$/, "$1"),
        line,
      });
  });
  return sections;
}

/** A base that confines nothing. A drive of a share (`Z:\`) is fine; the computer's own is not. */
function tooWide(platform: Platform, base: string, env: Record<string, string | undefined>): boolean {
  const plain = pathsOf(platform).normalize(base);
  return platform === "win32"
    ? new RegExp(`^(?:c:|${env.SystemDrive ?? "c:"})\\\\?$`, "i").test(plain)
    : plain === "/";
}

function readSlicer(
  { name: section, line, entries }: Section,
  platform: Platform,
  absolute: (entry: Entry, what: string) => string,
  problems: string[],
): Slicer {
  const need = (key: string): Entry => {
    const entry = entries.get(key);
    if (!entry?.value) problems.push(`Line ${entry?.line ?? line}: [${section}] has no ${key}.`);
    return entry ?? { value: "", line };
  };
  const name = need("name").value;
  const pathEntry = need("path");
  const program = pathEntry.value ? absolute(pathEntry, "path") : "";
  if (platform === "win32" && program && !/\.(?:exe|com)$/i.test(program))
    problems.push(
      `Line ${pathEntry.line}: “${program}” is not a program (.exe); scripts and shortcuts cannot be started safely.`,
    );
  const wanted = need("extensions");
  const extensions = wanted.value
    .split(/[,\s]+/)
    .filter(Boolean)
    .map((ext) => ext.toLowerCase().replace(/^\.?/, "."));
  for (const ext of extensions)
    if (!/^\.[a-z0-9_+-]{1,16}$/.test(ext))
      problems.push(`Line ${wanted.line}: “${ext}” is not an extension such as .stl.`);
  const given = entries.get("arguments");
  const words = splitWords(given?.value ?? "");
  if (words === null) problems.push(`Line ${given!.line}: a quote in arguments has no end.`);
  return { name, path: program, extensions, arguments: words ?? [] };
}

/** Words apart by blanks; double quotes keep blanks together. Null when a quote is left open. */
function splitWords(text: string): string[] | null {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:[^\s"]|"[^"]*"|")+/g)) {
    if ((word.match(/"/g)?.length ?? 0) % 2) return null;
    words.push(word.replaceAll('"', ""));
  }
  return words;
}
