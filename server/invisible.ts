/** What a line of text must not hold because nobody can see it. Pure: no I/O. */

/**
 * Control characters, marks that turn text direction round, and what takes up room or none and shows nothing
 * (fillers, soft hyphen, tags). The joiners U+200C and U+200D stay: Persian and Indic names need them.
 */
export const CONTROL =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/u;
