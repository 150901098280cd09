/** Which printers a model is too large for, and what to do when the chosen one is among them. Pure. */
import { fitReport, type SizeMm } from "@server/mesh/fit";
import type { Chosen, Offer } from "./offer";

/** @returns the ids of the printers that are too small for this size (mm) however it is turned */
export function tooSmallFor(size: SizeMm, offer: Offer): string[] {
  return fitReport(size, offer.lab.printers).printers.flatMap(({ fits, printer }) =>
    fits === "no" ? [printer] : [],
  );
}

/**
 * @param tooSmall ids of the printers that the model does not fit
 * @returns a sentence when the chosen printer, or every printer of the chosen method, is too small
 */
export function printerAdvice(
  offer: Offer,
  chosen: Chosen | null,
  tooSmall: readonly string[],
): string | undefined {
  const method = offer.methods.find(({ name }) => name === chosen?.print_method);
  if (!method || tooSmall.length === 0) return undefined;
  const large = method.printers.filter(({ id }) => !tooSmall.includes(id)).map(({ name }) => name);
  if (large.length === 0) return `No ${method.name} printer is large enough for this model.`;
  const printer = method.printers.find(({ id }) => id === chosen?.printer);
  if (!printer || !tooSmall.includes(printer.id)) return undefined;
  const others = large.length < 2 ? large[0]! : `${large.slice(0, -1).join(", ")} or the ${large.at(-1)!}`;
  return `The ${printer.name}, which you have chosen above, is too small for this model. Choose the ${others}, or make the model smaller.`;
}
