/**
 * Placeholders in texts that the lab writes: `{name}`. Small on purpose: no expressions, no nesting; what a
 * placeholder stands for is put in as text and never read again. Pure: no I/O.
 */

const PLACEHOLDER = /\{([^{}\n]*)\}/g;

/** The placeholders of a text, in order, each once. */
export function placeholdersIn(text: string): string[] {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name!))];
}

/**
 * What is wrong with a text's placeholders, as a sentence; null when nothing is.
 * @param names those that may stand in it
 * @param needed those that must
 */
export function bracesProblem(
  text: string,
  names: readonly string[],
  needed: readonly string[] = [],
): string | null {
  const list = names.map((name) => `{${name}}`).join(", ");
  const used = placeholdersIn(text);
  const unknown = used.find((name) => !names.includes(name));
  if (unknown !== undefined)
    return `{${unknown}} is no placeholder here. ${names.length ? `Use ${list}.` : "Write the text without braces."}`;
  if (/[{}]/.test(text.replace(PLACEHOLDER, "")))
    return "A brace has no partner. Write placeholders as {name}, and no other braces.";
  const missing = needed.find((name) => !used.includes(name));
  return missing === undefined ? null : `Put {${missing}} into the text; it must not be left out.`;
}

/** Puts the values in. @param values by the placeholder's name; one that is not there is put in as nothing */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (_, name: string) => (Object.hasOwn(values, name) ? values[name]! : ""));
}
