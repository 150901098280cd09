/** How people pay: the lab's main system first, then what the lab has added in its settings. Pure: no I/O. */
import type { Settings } from "../settings/schema";

/** One way to pay. */
export interface PaymentKind {
  /** As it stands on receipts and in the ledger. */
  name: string;
  /** How its transaction numbers look (number-pattern.ts); empty: any number. */
  pattern: string;
}

type KindSettings = Pick<Settings, "payment_system" | "payment_number_pattern" | "payment_kinds">;

/**
 * The kinds that can be chosen now. A line of the setting is a name, or "name: pattern"; what is taken off the list
 * is not offered any more, and what was paid with it stays as it is. A name counts once, in capitals or not.
 */
export function paymentKinds(settings: KindSettings): PaymentKind[] {
  const kinds = [
    { name: settings.payment_system, pattern: settings.payment_number_pattern },
    ...settings.payment_kinds.map((line) => {
      const colon = line.indexOf(":");
      return colon < 0
        ? { name: line.trim(), pattern: "" }
        : { name: line.slice(0, colon).trim(), pattern: line.slice(colon + 1).trim() };
    }),
  ];
  const names = new Set<string>();
  return kinds.filter(({ name }) => {
    const known = names.has(name.toLowerCase());
    names.add(name.toLowerCase());
    return name !== "" && !known;
  });
}

/** The kind of this name; the main system when none is named; undefined when there is no such kind. */
export function kindNamed(kinds: PaymentKind[], name: string | undefined): PaymentKind | undefined {
  return name ? kinds.find((kind) => kind.name.toLowerCase() === name.trim().toLowerCase()) : kinds[0];
}
