/**
 * Records as CSV files, a piece at a time: however many rows there are, one piece of them is in memory, and no
 * connection is held while the other side reads slowly. Whoever takes one is in the log.
 */
import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import { db, inTransaction } from "../db.server";
import { appendEvent } from "../events/append.server";
import { AttributedSchema } from "../jobs/schemas";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { isDay } from "../time";
import { EXPORT_SETS, type ExportSet } from "./export-sets.server";
import { EXPORT_NAMES, type ExportName } from "./exports";

const day = (what: string) =>
  z
    .string({ error: `Enter the ${what} day.` })
    .trim()
    .refine(isDay, `Enter the ${what} day as YYYY-MM-DD.`);

const days = { start_date: day("first"), end_date: day("last") };
const inOrder = ({ start_date, end_date }: { start_date: string; end_date: string }) =>
  start_date <= end_date;
const OUT_OF_ORDER = { path: ["end_date"], message: "The last day comes before the first one." };

/** The form's words: days of the lab's time zone, both included. */
export const ExportSchema = AttributedSchema.extend({
  what: z
    .enum(EXPORT_NAMES as [ExportName, ...ExportName[]], { error: "Choose what to export." })
    .default("payments"),
  ...days,
}).refine(inOrder, OUT_OF_ORDER);

/** The API's: the address says what. */
export const PaymentsExportSchema = AttributedSchema.extend(days).strict().refine(inOrder, OUT_OF_ORDER);

/** A file on its way out. */
export interface Export {
  filename: string;
  /** UTF-8 text of the file, in order. Stop asking, and nothing more is read. */
  chunks: AsyncGenerator<string, void, void>;
}

/** Rows in memory at a time: short enough that other pages need not wait for us. */
const PIECE = 1_000;

/**
 * Notes who exports what, and gives the file. Rows written after this moment are not in it.
 * @throws Refusal `invalid` on `staff_name`
 */
export async function startExport(
  desk: { workstation_id: string },
  input: z.output<typeof ExportSchema>,
): Promise<Export> {
  const { what, start_date, end_date } = input;
  const name = await requireActiveStaff(input.staff_name);
  const { time_zone } = await settings();
  const bounds = await inTransaction(async (trx) => {
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      { type: "DataExported", details: { what, start_date, end_date } },
    );
    // A day begins at the lab's midnight, whatever the clocks do that day.
    const { rows } = await trx.raw<{ rows: [{ begin: string; end: string }] }>(
      `SELECT ((?::date)::timestamp AT TIME ZONE ?)::text AS begin,
         least((?::date + 1)::timestamp AT TIME ZONE ?, clock_timestamp())::text AS end`,
      [start_date, time_zone, end_date, time_zone],
    );
    return rows[0];
  });
  const set: ExportSet = EXPORT_SETS[what];
  return {
    filename: `${what}_${start_date}_${end_date}.csv`,
    chunks: what === "payments" ? withTotals(set, bounds, time_zone) : plain(set, bounds, time_zone),
  };
}

interface Bounds {
  begin: string;
  end: string;
}

type Row = (string | null)[];

async function* plain(set: ExportSet, bounds: Bounds, zone: string): AsyncGenerator<string, void, void> {
  yield heading(set);
  for await (const rows of pieces(set, bounds, zone)) yield csv(rows);
}

/** The last row adds up what was written above it, and so can be checked by the file alone. */
async function* withTotals(set: ExportSet, bounds: Bounds, zone: string): AsyncGenerator<string, void, void> {
  const names = Object.keys(set.columns);
  const counted = names.indexOf("amount_counted");
  const voided = names.indexOf("voided_at");
  let cents = 0;
  let count = 0;
  yield heading(set);
  for await (const rows of pieces(set, bounds, zone)) {
    for (const row of rows) {
      cents += Number(row[counted]!.replace(".", ""));
      if (row[voided] === null) count++;
    }
    yield csv(rows);
  }
  const last: Row = names.map(() => null);
  last[0] = "Total";
  last[names.indexOf("job")] = `${count} payments`;
  last[counted] = `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
  yield csv([last]);
}

/** Rows in order, piece by piece; each piece is a transaction of its own that ends before anybody is waited for. */
async function* pieces(
  set: ExportSet,
  { begin, end }: Bounds,
  zone: string,
): AsyncGenerator<Row[], void, void> {
  const columns = [`x.${set.time}::text`, `x.${set.id}::text`, ...Object.values(set.columns)];
  const query = `SELECT ${columns.join(", ")} FROM (${set.piece}) x ${set.joins} ORDER BY x.${set.time}, x.${set.id}`;
  let place = { time: "-infinity", id: set.idType === "uuid" ? "00000000-0000-0000-0000-000000000000" : "0" };
  for (;;) {
    const rows = await db().transaction(async (trx) => {
      await trx.raw("SELECT set_config('TimeZone', ?, true)", [zone]);
      const read = trx.raw<{ rows: Row[] }>(query, [begin, end, place.time, place.id, PIECE]);
      return (await read.options({ rowMode: "array" })).rows;
    });
    const last = rows.at(-1);
    if (!last) return;
    place = { time: last[0]!, id: last[1]! };
    yield rows.map((row) => row.slice(2));
    if (rows.length < PIECE) return;
  }
}

/** UTF-8 with its mark, so that a spreadsheet reads every name right. */
function heading(set: ExportSet): string {
  return `\ufeff${csv([Object.keys(set.columns)])}`;
}

/** What a spreadsheet would run as a formula gets an apostrophe before it. */
function csv(rows: Row[]): string {
  return stringify(rows, { escape_formulas: true, quoted: true, record_delimiter: "windows" });
}
