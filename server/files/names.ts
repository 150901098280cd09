/**
 * Names of files: what a job's folder is called, what we keep of the name a student's file had, and
 * which names may become one segment of a path. Pure: no I/O.
 */

/** Control characters, marks that turn text direction round, and other characters nobody can see. */
const INVISIBLE = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/u;
const ALL_INVISIBLE = new RegExp(INVISIBLE.source, "gu");

/** Windows takes these for devices, with any extension, in any folder. */
const DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/** Letters that Unicode does not take apart by itself. Lower case; capitals follow. */
const LETTERS = new Map<string, string>(
  Object.entries({
    // Latin
    ...{ ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ı: "i", ħ: "h", ŧ: "t" },
    ...{ ŋ: "ng", ĸ: "k", ə: "e", ɓ: "b", ɗ: "d", ƙ: "k", ơ: "o", ư: "u", ŀ: "l" },
    // Cyrillic
    ...{ а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "yo", ж: "zh", з: "z", и: "i", й: "y" },
    ...{ к: "k", л: "l", м: "m", н: "n", о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f" },
    ...{ х: "kh", ц: "ts", ч: "ch", ш: "sh", щ: "shch", ъ: "", ы: "y", ь: "", э: "e", ю: "yu" },
    ...{
      я: "ya",
      і: "i",
      ї: "yi",
      є: "ye",
      ґ: "g",
      ў: "u",
      ј: "j",
      љ: "lj",
      њ: "nj",
      ћ: "c",
      ђ: "dj",
      џ: "dz",
    },
    // Greek
    ...{ α: "a", β: "v", γ: "g", δ: "d", ε: "e", ζ: "z", η: "i", θ: "th", ι: "i", κ: "k", λ: "l" },
    ...{ μ: "m", ν: "n", ξ: "x", ο: "o", π: "p", ρ: "r", σ: "s", ς: "s", τ: "t", υ: "y", φ: "f" },
    ...{ χ: "ch", ψ: "ps", ω: "o" },
  }),
);

function letter(char: string): string | undefined {
  const known = LETTERS.get(char);
  if (known !== undefined) return known;
  const lower = char.toLowerCase();
  return lower === char ? undefined : capital(LETTERS.get(lower));
}

function capital(text: string | undefined): string | undefined {
  return text && text.charAt(0).toUpperCase() + text.slice(1);
}

/** The text in ASCII as far as we know how; what we do not know is left out. */
function ascii(text: string): string {
  let out = "";
  for (const char of text.normalize("NFC").replace(/(ο)[υύ]/gi, "$1u")) {
    out += letter(char) ?? Array.from(char.normalize("NFKD"), (c) => letter(c) ?? c).join("");
  }
  return out.replace(/[^\x20-\x7e]/g, "");
}

/** `red brown` → `RedBrown`: letters and digits only, each word with a capital. */
function joined(text: string, most: number): string {
  return ascii(text)
    .split(/[^A-Za-z0-9]+/)
    .map((word) => capital(word) ?? "")
    .join("")
    .slice(0, most);
}

/**
 * The name of a job's folder and files: `FirstLast_Method_Color_<short id>`, e.g. `JaneDoe_Filament_TrueRed_1042`.
 * @param job.student_name as typed; its first and last word are used
 * @param job.print_method, job.color_name the names shown to people; left out when nothing of them is ASCII
 * @param job.short_id the job's number
 * @returns 1 to 120 characters of `[A-Za-z0-9_-]`; the short id alone when the student's name has no
 *   letter we can write in ASCII or is one that Windows keeps for a device
 */
export function stemFor(job: {
  student_name: string;
  print_method: string;
  color_name: string;
  short_id: number | string;
}): string {
  const id = String(job.short_id).replace(/[^A-Za-z0-9]/g, "").slice(0, 20) || "0"; // prettier-ignore
  const words = job.student_name
    .split(/\s+/u)
    .map((word) => joined(word, 24))
    .filter(Boolean);
  const name = (words[0] ?? "") + (words.length > 1 ? words.at(-1) : "");
  if (name === "" || DEVICE.test(name)) return id;
  return [name, joined(job.print_method, 24), joined(job.color_name, 24), id].filter(Boolean).join("_");
}

/**
 * The extension of a file name or path, in lower case and without the dot; `""` when there is none.
 * A leading dot (`.stl`) starts a name, not an extension.
 */
export function extensionOf(name: string): string {
  const last = lastSegment(name).trim();
  const dot = last.lastIndexOf(".");
  return dot > 0 ? last.slice(dot + 1).toLowerCase() : "";
}

function lastSegment(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

const utf8 = new TextEncoder();
const bytesOf = (text: string) => utf8.encode(text).length;

/**
 * What we keep and show of the name a file had on the sender's computer. It is data: it never becomes a path.
 * @param name anything a browser or a script may send, `C:\fakepath\x.stl` and `../../x.stl` included
 * @returns the last path segment without control and direction marks, in NFC, at most 200 characters and
 *   255 bytes of UTF-8 (the extension is kept when something must go); `"model"` when nothing is left
 */
export function cleanOriginalName(name: string): string {
  const clean = lastSegment(name).replace(ALL_INVISIBLE, "").normalize("NFC").trim();
  if (/^\.*$/.test(clean)) return "model";
  const extension = extensionOf(clean);
  const ending = extension.length > 0 && extension.length <= 16 ? clean.slice(-extension.length - 1) : "";
  const room = { chars: 200 - ending.length, bytes: 255 - bytesOf(ending) };
  let stem = "";
  for (const char of clean.slice(0, clean.length - ending.length)) {
    room.chars -= char.length;
    room.bytes -= bytesOf(char);
    if (room.chars < 0 || room.bytes < 0) break;
    stem += char;
  }
  return stem + ending;
}

/**
 * Whether this is a single file name that means the same file on Linux and on Windows and cannot leave
 * its folder: no separators (nor characters that old Windows programs turn into one), no stream colon,
 * no wildcard, no device name with or without an extension, no dot or space at the end, no `..`, nothing
 * invisible, 1 to 255 bytes of UTF-8.
 */
export function isSafeFileName(name: string): boolean {
  if (typeof name !== "string" || name === "" || name.length > 255 || bytesOf(name) > 255) return false;
  if (INVISIBLE.test(name)) return false;
  if (/[<>:"/\\|?*\u2044\u2215\u2216\uff0f\uff3c\uff1a]/.test(name)) return false;
  if (/[.\s]$/u.test(name) || /^\s/u.test(name)) return false;
  return !DEVICE.test(name.split(".", 1)[0]!.trimEnd());
}
