/** What open jobs still need of the catalog. */
import type { Knex } from "knex";
import { db } from "../db.server";
import { OPEN_STATUSES } from "../jobs/states";
import type { Catalog } from "./schema";

/** How many open jobs want the same method, material, color and printer. */
interface Wanted {
  print_method: string;
  material: string;
  material_name: string;
  color: string;
  color_name: string;
  printer: string;
  printer_name: string;
  count: number;
}

async function wantedByOpenJobs(on: Knex): Promise<Wanted[]> {
  const columns = ["print_method", "material", "material_name", "color", "color_name", "printer", "printer_name"]; // prettier-ignore
  const rows = await on("jobs")
    .whereIn("status", [...OPEN_STATUSES])
    .groupBy(columns)
    .select(columns)
    .count({ count: "*" });
  return rows.map((row) => ({ ...row, count: Number(row.count) })) as unknown as Wanted[];
}

/** How many open jobs use each printer, material and color. */
export interface Usage {
  printers: Record<string, number>;
  materials: Record<string, number>;
  colors: Record<string, number>;
}

/** Counts for the pages: id → number of open jobs. */
export async function catalogUsage(): Promise<Usage> {
  const usage: Usage = { printers: {}, materials: {}, colors: {} };
  for (const { printer, material, color, count } of await wantedByOpenJobs(db())) {
    usage.printers[printer] = (usage.printers[printer] ?? 0) + count;
    usage.materials[material] = (usage.materials[material] ?? 0) + count;
    usage.colors[color] = (usage.colors[color] ?? 0) + count;
  }
  return usage;
}

/** One thing that a job may need: where it stands, what it is called, and what to do instead of removing it. */
interface Need {
  place: "methods" | "printers" | "materials";
  has: (catalog: Catalog, job: Wanted) => boolean;
  name: (job: Wanted) => string;
  instead: string;
}

const material = (catalog: Catalog, job: Wanted) => catalog.materials.find(({ id }) => id === job.material);

const OUT_OF_USE =
  "so it cannot be removed. Take it out of use instead: students no longer see it, and those jobs can be finished.";

const NEEDS: readonly Need[] = [
  {
    place: "methods",
    has: ({ methods }, job) => methods.includes(job.print_method),
    name: (job) => `the method ${job.print_method}`,
    instead: "so it can be neither removed nor renamed.",
  },
  {
    place: "printers",
    has: ({ printers }, job) => printers.some(({ id }) => id === job.printer),
    name: (job) => `the ${job.printer_name}`,
    instead:
      "so it cannot be removed. Take it out of service instead: students no longer see it, and those jobs can be finished.",
  },
  {
    place: "materials",
    has: (catalog, job) => material(catalog, job) !== undefined,
    name: (job) => job.material_name,
    instead: OUT_OF_USE,
  },
  {
    place: "materials",
    // A material that is gone altogether is told above.
    has: (catalog, job) => material(catalog, job)?.colors.some(({ id }) => id === job.color) ?? true,
    name: (job) => `${job.color_name} of ${job.material_name}`,
    instead: OUT_OF_USE,
  },
  {
    place: "materials",
    has: (catalog, job) => (material(catalog, job)?.method ?? job.print_method) === job.print_method,
    name: (job) => `${job.material_name} for ${job.print_method}`,
    instead: "so its method cannot be changed. Add another material instead.",
  },
];

/**
 * What open jobs use, what the catalog in force has, and the next one would not have.
 * @returns place in the catalog → sentences that say how many jobs, and what to do instead
 */
export async function stillInUse(
  on: Knex,
  before: Catalog,
  next: Catalog,
): Promise<Record<string, string[]>> {
  const jobs = await wantedByOpenJobs(on);
  const fields: Record<string, string[]> = {};
  for (const { place, has, name, instead } of NEEDS) {
    const lost = new Map<string, number>();
    for (const job of jobs)
      if (has(before, job) && !has(next, job)) lost.set(name(job), (lost.get(name(job)) ?? 0) + job.count);
    for (const [what, count] of lost)
      (fields[place] ??= []).push(
        `${count === 1 ? "1 open job uses" : `${count} open jobs use`} ${what}, ${instead}`,
      );
  }
  return fields;
}
