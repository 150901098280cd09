/**
 * How the transaction numbers of a payment system look, in signs that anybody can type: `#` is one digit, `@` one
 * letter, `?` any one character, `*` any number of them, `\` takes the next sign as it is; everything else stands for
 * itself, in capitals or not. An empty pattern takes every number. No regular expression is ever made of it, so no
 * pattern can make the server think for long. Pure: no I/O.
 */

/** What makes a number this one and no other: capitals and spaces do not, "tc 123" is "TC123". */
export function sameNumber(number: string): string {
  return number.replaceAll(" ", "").toLowerCase();
}

/** One piece of a pattern: a sign with a meaning, or a character that stands for itself. */
type Piece = { sign: "#" | "@" | "?" | "*" } | { literal: string; written: string };

function piecesOf(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  const characters = [...pattern.trim()];
  for (let at = 0; at < characters.length; at++) {
    const one = characters[at]!;
    if (one === "\\" && at + 1 < characters.length) pieces.push(literally(characters[++at]!));
    else if (one === "#" || one === "@" || one === "?" || one === "*") pieces.push({ sign: one });
    else pieces.push(literally(one));
  }
  return pieces;
}

const literally = (written: string): Piece => ({ literal: written.toLowerCase(), written });

function fits(piece: Piece, character: string): boolean {
  if ("literal" in piece) return piece.literal === character.toLowerCase();
  if (piece.sign === "#") return /^[0-9]$/.test(character);
  return piece.sign === "@" ? /^\p{L}$/u.test(character) : true;
}

/**
 * Does a number look as the pattern says? At most length of number × length of pattern steps.
 * @param pattern empty: everything does
 */
export function matchesPattern(number: string, pattern: string): boolean {
  const pieces = piecesOf(pattern);
  if (pieces.length === 0) return true;
  // Which beginnings of the pattern fit what was read so far: no way is ever tried twice.
  let reached = close(new Set([0]), pieces);
  for (const character of number.trim()) {
    const next = new Set<number>();
    for (const at of reached) {
      const piece = pieces[at];
      if (!piece || !fits(piece, character)) continue;
      next.add("sign" in piece && piece.sign === "*" ? at : at + 1);
    }
    reached = close(next, pieces);
    if (reached.size === 0) return false;
  }
  return reached.has(pieces.length);
}

/** A `*` may also stand for nothing. */
function close(places: Set<number>, pieces: Piece[]): Set<number> {
  for (const at of places) {
    const piece = pieces[at];
    if (piece && "sign" in piece && piece.sign === "*") places.add(at + 1);
  }
  return places;
}

/** A number that fits, for people to look at: "TC######" → "TC123456". Empty for an empty pattern. */
export function patternExample(pattern: string): string {
  let digit = 0;
  let letter = 0;
  return piecesOf(pattern)
    .map((piece) => {
      if ("literal" in piece) return piece.written;
      if (piece.sign === "#") return String(++digit % 10);
      if (piece.sign === "@") return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[letter++ % 26]!;
      return piece.sign === "?" ? "X" : "";
    })
    .join("");
}
