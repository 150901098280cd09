/** What the printers did, and what was printed with: hours, prints and grams of finished prints. */
import { namesOf } from "./names.server";
import { bucketOf, bucketsOf, daysOf, type Bucket, type Question } from "./question";
import { sums } from "./rows.server";

export interface PrinterUse {
  id: string;
  name: string;
  completed: number;
  failed: number;
  /** As sliced, of finished prints. */
  hours: number;
  grams: number;
  /** Hours as a share of all hours of the period, 0 to 1 and above for a printer of which there are several. */
  share: number;
  /** Hours by bucket. */
  by_bucket: number[];
}

export interface PrinterReport {
  bucket: Bucket;
  starts: string[];
  printers: PrinterUse[];
  materials: {
    id: string;
    name: string;
    completed: number;
    grams: number;
    hours: number;
    by_bucket: number[];
  }[];
}

export async function printerReport(question: Question): Promise<PrinterReport> {
  const bucket = bucketOf(question);
  const starts = bucketsOf(question, bucket);
  const by = [["printer"], ["printer", "day"], ["material"], ["material", "day"]] as const;
  const [rows, names] = await Promise.all([
    sums(question, ["completed", "failed", "hours", "grams"], by, { bucket }),
    namesOf(),
  ]);
  const hours = daysOf(question) * 24;
  const used = rows.filter(({ completed, failed }) => completed > 0 || failed > 0);
  const points = (
    set: number,
    dim: "printer" | "material",
    id: string,
    value: (row: (typeof rows)[number]) => number,
  ) => {
    const found = new Map(
      rows.filter((row) => row.set === set && row[dim] === id).map((row) => [row.day, value(row)]),
    );
    return starts.map((start) => found.get(start) ?? 0);
  };
  return {
    bucket,
    starts,
    printers: used
      .filter(({ set }) => set === 0)
      .map((row) => ({
        id: row.printer,
        name: names.printer(row.printer),
        completed: row.completed,
        failed: row.failed,
        hours: row.hours,
        grams: row.grams,
        share: row.hours / hours,
        by_bucket: points(1, "printer", row.printer, (point) => point.hours),
      }))
      .sort((a, b) => b.hours - a.hours || a.name.localeCompare(b.name)),
    materials: used
      .filter(({ set, completed }) => set === 2 && completed > 0)
      .map((row) => ({
        id: row.material,
        name: names.material(row.material),
        completed: row.completed,
        grams: row.grams,
        hours: row.hours,
        by_bucket: points(3, "material", row.material, (point) => point.grams),
      }))
      .sort((a, b) => b.grams - a.grams || a.name.localeCompare(b.name)),
  };
}
