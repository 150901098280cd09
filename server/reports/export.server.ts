/**
 * Records as CSV files, a piece at a time: however many rows there are, one piece of them is in memory, and no
 * connection is held while the other side reads slowly. The database writes the lines, so that a piece is one text here
 * and not 25,000. Whoever takes one is in the log.
 */
import { z } from "zod";
import { db, inTransaction } from "../db.server";
import { appendEvent } from "../events/append.server";
import { AttributedSchema } from "../jobs/schemas";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { isDay } from "../time";
import { csvLine, csvLineOf } from "./csv-line";
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

/** Some rows of a file, in order. */
interface Piece {
  /** Their lines, each with its end. */
  text: string;
  rows: number;
  /** Payments that count, and what they add up to in cents. */
  count: number;
  cents: number;
}

async function* plain(set: ExportSet, bounds: Bounds, zone: string): AsyncGenerator<string, void, void> {
  yield heading(set);
  for await (const { text } of pieces(set, bounds, zone)) yield text;
}

/** The last row adds up what was written above it, and so can be checked by the file alone. */
async function* withTotals(set: ExportSet, bounds: Bounds, zone: string): AsyncGenerator<string, void, void> {
  let count = 0;
  let cents = 0;
  yield heading(set);
  for await (const piece of pieces(set, bounds, zone)) {
    count += piece.count;
    cents += piece.cents;
    yield piece.text;
  }
  const total: Record<string, string> = {
    receipt: "Total",
    job: count === 1 ? "1 payment" : `${count} payments`,
    amount_counted: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")}`,
  };
  yield csvLine(Object.keys(set.columns).map((name) => total[name] ?? null));
}

/** Rows in order, piece by piece; each piece is a transaction of its own that ends before anybody is waited for. */
async function* pieces(
  set: ExportSet,
  { begin, end }: Bounds,
  zone: string,
): AsyncGenerator<Piece, void, void> {
  const { time, id, joins, columns, sums = { count: "0", cents: "0" } } = set;
  const cellNames = Object.keys(columns).map((_, n) => `cells.c${n}`);
  const cells = Object.values(columns)
    .map((sql, n) => `${sql} AS c${n}`)
    .join(", ");
  const query = `
    WITH piece AS MATERIALIZED (${set.piece}), cells AS (
      SELECT x.${time} AS time, x.${id} AS id, ${sums.count} AS count, ${sums.cents} AS cents, ${cells}
      FROM piece x ${joins} OFFSET 0
    ), last AS (SELECT ${time}::text AS time, ${id}::text AS id FROM piece ORDER BY piece.${time} DESC, piece.${id} DESC LIMIT 1)
    SELECT string_agg(${csvLineOf(cellNames)}, '' ORDER BY cells.time, cells.id) AS text,
      count(*) AS rows, sum(cells.count) AS count, sum(cells.cents) AS cents, last.time, last.id
    FROM cells, last GROUP BY last.time, last.id`;
  let place = { time: "-infinity", id: set.idType === "uuid" ? "00000000-0000-0000-0000-000000000000" : "0" };
  for (;;) {
    const piece = await db().transaction(async (trx) => {
      // Each row's job and receipt by its index: for a piece, a hash join would read the whole table, every time.
      await trx.raw(
        "SELECT set_config('TimeZone', ?, true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)",
        [zone],
      );
      const read = trx.raw<{ rows: (Piece & { time: string; id: string })[] }>(query, [
        begin,
        end,
        place.time,
        place.id,
        PIECE,
      ]);
      return (await read).rows[0];
    });
    if (!piece) return;
    place = { time: piece.time, id: piece.id };
    yield piece;
    if (piece.rows < PIECE) return;
  }
}

/** UTF-8 with its mark, so that a spreadsheet reads every name right. */
function heading(set: ExportSet): string {
  return `\ufeff${csvLine(Object.keys(set.columns))}`;
}
