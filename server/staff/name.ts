/** What a name on the staff list may be, and when two of them cannot be told apart. Pure: no I/O. */
import { z } from "zod";
import { CONTROL } from "../invisible";

/** Joiners belong between letters of the scripts that need them; anywhere else they only hide a difference. */
const STRAY_JOINER =
  /(?<![\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{M}])[\u200c\u200d]/u;

/** How the log writes those who are no staff. */
const RESERVED = ["student", "system"];

/** A staff name as it is kept: one line, single spaces, 2 to 100 characters. */
export const StaffNameSchema = z
  .string({ error: "Enter the name." })
  .refine(
    (v) => !CONTROL.test(v) && !STRAY_JOINER.test(v),
    "Remove the invisible characters from the name. Typing it anew is the easiest way.",
  )
  .transform((v) => v.normalize("NFC").replace(/\s+/gu, " ").trim())
  .pipe(
    z
      .string()
      .refine((v) => v !== "", "Enter the name.")
      .refine((v) => v === "" || [...v].length >= 2, "Enter the name: at least 2 characters.")
      .refine((v) => [...v].length <= 100, "Shorten the name to 100 characters or fewer.")
      .refine((v) => v === "" || /\p{L}/u.test(v), "Enter a name with letters.")
      .refine((v) => !isReserved(v), "The log uses this word for somebody else. Enter the person's name."),
  );

function isReserved(name: string): boolean {
  return RESERVED.some((word) => lookAlike(name, word));
}

/**
 * Letters that look like Latin ones, by the Latin letter. Cyrillic, Greek, Armenian, Cherokee and some odd
 * Latin ones; NFKC has taken care of wide, script and other styled letters before.
 */
const LOOK: Record<string, string> = {
  A: "АΑᎪ",
  B: "ВΒᏴ",
  C: "СϹᏟ",
  D: "Ꭰ",
  E: "ЕΕᎬ",
  G: "Ԍ",
  H: "НΗᎻ",
  I: "ІΙӀ",
  J: "ЈᎫͿ",
  K: "КΚᏦ",
  L: "Ꮮ",
  M: "МΜᎷϺ",
  N: "Ν",
  O: "ОΟՕ0",
  P: "РΡᏢ",
  Q: "Ԛ",
  S: "ЅᏚՏ",
  T: "ТΤᎢ",
  U: "Ս",
  V: "ѴᏙ",
  W: "ԜᎳ",
  X: "ХΧ",
  Y: "УΥҮ",
  Z: "ΖᏃ",
  a: "аαɑ",
  b: "ЬᏏ",
  c: "сϲᴄ",
  d: "ԁ",
  e: "еҽ",
  g: "ɡց",
  h: "һհ",
  i: "іιıɩ",
  j: "јϳ",
  k: "кκ",
  l: "ӏ1|ǀ",
  m: "м",
  n: "ոռ",
  o: "оοօσ",
  p: "рρ",
  q: "ԛգ",
  r: "гᴦ",
  s: "ѕꜱ",
  t: "тτ",
  u: "υսᴜ",
  v: "ѵνᴠ",
  w: "ԝᴡ",
  x: "хχ",
  y: "уγү",
  z: "ᴢ",
  "'": "\u2018\u2019\u02bc\u2032`\u00b4",
  "-": "\u2010\u2011\u2012\u2013\u2014\u2212",
};
const LATIN = new Map(Object.entries(LOOK).flatMap(([latin, look]) => [...look].map((letter) => [letter, latin] as const))); // prettier-ignore

const inLatin = (text: string) => [...text].map((letter) => LATIN.get(letter) ?? letter).join("");
/** What reads alike in any case; a capital I is a small l to the eye. */
const folded = (text: string) => inLatin(text.replace(/I/g, "l")).replace(/I/g, "l").toLowerCase();

/** The shapes of a name: as it is written, in small letters and in capitals, each letter by what it looks like. */
function shapes(name: string): Set<string> {
  const plain = name
    .normalize("NFKC")
    .replace(/[\u200c\u200d]/g, "")
    .replace(/\s+/gu, " ")
    .trim();
  return new Set([
    folded(plain),
    inLatin(plain.toLowerCase()).toLowerCase(),
    inLatin(plain.toUpperCase()).toLowerCase(),
  ]);
}

/** Are these the same name to somebody who reads them: in another case, or with letters that look alike? */
export function lookAlike(one: string, other: string): boolean {
  const others = shapes(other);
  return [...shapes(one)].some((shape) => others.has(shape));
}
