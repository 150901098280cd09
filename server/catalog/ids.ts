/** Ids name one thing for ever: jobs and old versions speak of it by its id. Pure: no I/O. */
import type { Catalog } from "./schema";

/** One id as a version of the catalog uses it. */
interface Named {
  kind: "printer" | "material" | "color";
  id: string;
  name: string;
  /** A color belongs to a material, a material to a method; each is part of what the id means. */
  of: string;
  /** Where it stands in that version, as `catalogErrors` names places. */
  place: string;
}

function named({ printers, materials }: Catalog): Named[] {
  return [
    ...printers.map(({ id, name }, i) => ({ kind: "printer" as const, id, name, of: "", place: `printers.${i}.id` })), // prettier-ignore
    ...materials.map(({ id, name }, i) => ({ kind: "material" as const, id, name, of: "", place: `materials.${i}.id` })), // prettier-ignore
    ...materials.flatMap(
      (m, i) =>
      m.colors.map(({ id, name }, k) => ({ kind: "color" as const, id, name, of: m.id, place: `materials.${i}.colors.${k}.id` })), // prettier-ignore
    ),
  ];
}

const key = ({ kind, id }: Named) => `${kind} ${id}`;
const same = (a: Named, b: Named) => a.of === b.of && a.name.toLowerCase() === b.name.toLowerCase();

/**
 * Ids that would come back as something else. What is in force may be renamed, for it is the same thing; what
 * was removed once may come back under a name that it had.
 * @param versions all versions there ever were, oldest first; the last one is in force
 * @returns place → sentence
 */
export function reusedIds(versions: readonly Catalog[], next: Catalog): Record<string, string[]> {
  const inForce = new Map(named(versions.at(-1) ?? next).map((x) => [key(x), x]));
  const ever = new Map<string, Named[]>();
  for (const version of versions)
    for (const one of named(version)) ever.set(key(one), [...(ever.get(key(one)) ?? []), one]);
  const problems: Record<string, string[]> = {};
  for (const one of named(next)) {
    const now = inForce.get(key(one));
    const before = ever.get(key(one)) ?? [];
    if (now ? now.of === one.of : before.length === 0 || before.some((then) => same(then, one))) continue;
    const last = now ?? before.at(-1)!;
    const owner = last.of && ` of ${last.of}`;
    problems[one.place] = [
      `The id "${one.id}" belongs to the ${one.kind} ${last.name}${owner}, and jobs of that time still mean it. Choose another id for ${one.name}.`,
    ];
  }
  return problems;
}

/**
 * An id made from a name, free of all that were ever used: "Prusa XL" → "prusa_xl", or "prusa_xl_2".
 * @param taken ids of that kind in all versions
 */
export function freshId(name: string, taken: ReadonlySet<string>, fallback: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 56);
  const base = plain || fallback;
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}_${n}`;
    if (!taken.has(id)) return id;
  }
}

/** Every id of a kind in any of the versions. */
export function idsEver(versions: readonly Catalog[], kind: Named["kind"]): Set<string> {
  return new Set(versions.flatMap((version) => named(version).filter((x) => x.kind === kind).map((x) => x.id))); // prettier-ignore
}
