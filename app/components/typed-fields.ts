import type { Fields, Typed } from "./decision";

/** What a form's fields show: what was typed into it before, and what is wrong with that. */
export function fieldsOf(refused?: { fields: Record<string, string[]>; typed: Typed }): Fields {
  const typed = (name: string) => [refused?.typed[name] ?? []].flat();
  return {
    value: (name, offered = "") => typed(name)[0] ?? offered,
    chosen: (name, value) => typed(name).includes(value),
    sent: refused !== undefined,
    errors: refused?.fields ?? {},
  };
}
