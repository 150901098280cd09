/** The ledger as people look through it: rows by index, totals as the database adds them up. Read-only. */
import type { Knex } from "knex";
import { db } from "../db.server";
import { settings } from "../settings/settings.server";
import { paymentKinds } from "./kinds";
import type { LedgerQuery } from "./ledger";

export const LEDGER_PAGE = 50;

/** One payment. Times are UTC ISO 8601, money in cents, weights in g. */
export interface LedgerRow {
  id: string;
  job_id: string;
  short_id: number;
  student_name: string;
  receipt: number;
  payment_system: string;
  txn_no: string;
  grams: number;
  price_cents: number;
  estimated_cents: number | null;
  deviation_reason: string | null;
  picked_up_by: string;
  paid_ts: string;
  paid_by_staff: string;
  voided_at: string | null;
  voided_by: string | null;
  void_reason: string | null;
  /** It stands for a payment that was wrong. */
  is_correction: boolean;
}

/** What a filter adds up to. Voided payments are counted, and their money is not. */
export interface LedgerTotals {
  count: number;
  cents: number;
  voided: number;
  voided_cents: number;
  by_kind: { kind: string; count: number; cents: number }[];
}

export interface LedgerPage {
  rows: LedgerRow[];
  totals: LedgerTotals;
  page: number;
  pages: number;
}

/** One page of the ledger, the newest first, and the totals of all its pages. */
export async function ledgerPage(query: LedgerQuery): Promise<LedgerPage> {
  const { time_zone } = await settings();
  const where = (builder: Knex.QueryBuilder) => conditions(builder, query, time_zone);
  const totals = await totalsOf(where);
  const all = totals.count + totals.voided;
  const pages = Math.max(1, Math.ceil(all / LEDGER_PAGE));
  const page = Math.min(query.page, pages);
  // From whichever end is nearer: the last page costs no more than the first.
  const first = (page - 1) * LEDGER_PAGE;
  const size = Math.min(LEDGER_PAGE, all - first);
  const fromEnd = page > pages / 2;
  const dir = fromEnd ? "asc" : "desc";
  const ids = db()("payments AS p")
    .modify(where)
    .orderBy([
      { column: "p.paid_ts", order: dir },
      { column: "p.id", order: dir },
    ])
    .offset(fromEnd ? all - first - size : first)
    .limit(Math.max(size, 1))
    .select("p.id");
  const rows = (await db()("payments AS p")
    .join("jobs AS j", "j.id", "p.job_id")
    .join("receipts AS r", "r.id", "p.receipt_id")
    .whereIn("p.id", ids)
    .orderBy([
      { column: "p.paid_ts", order: "desc" },
      { column: "p.id", order: "desc" },
    ])
    .select("p.*", "j.short_id", "j.student_name", "r.number AS receipt")) as (Omit<
    LedgerRow,
    "paid_ts" | "voided_at" | "is_correction"
  > & { paid_ts: Date; voided_at: Date | null; corrects: string | null })[];
  return {
    rows: rows.map((row) => ({
      id: row.id,
      job_id: row.job_id,
      short_id: row.short_id,
      student_name: row.student_name,
      receipt: row.receipt,
      payment_system: row.payment_system,
      txn_no: row.txn_no,
      grams: row.grams,
      price_cents: row.price_cents,
      estimated_cents: row.estimated_cents,
      deviation_reason: row.deviation_reason,
      picked_up_by: row.picked_up_by,
      paid_ts: row.paid_ts.toISOString(),
      paid_by_staff: row.paid_by_staff,
      voided_at: row.voided_at?.toISOString() ?? null,
      voided_by: row.voided_by,
      void_reason: row.void_reason,
      is_correction: row.corrects !== null,
    })),
    totals,
    page,
    pages,
  };
}

async function totalsOf(where: (builder: Knex.QueryBuilder) => void): Promise<LedgerTotals> {
  const rows = (await db()("payments AS p")
    .modify(where)
    .groupBy("p.payment_system")
    .orderBy("p.payment_system")
    .select(
      "p.payment_system AS kind",
      db().raw("count(*) FILTER (WHERE p.voided_at IS NULL) AS count"),
      db().raw("coalesce(sum(p.price_cents) FILTER (WHERE p.voided_at IS NULL), 0) AS cents"),
      db().raw("count(*) FILTER (WHERE p.voided_at IS NOT NULL) AS voided"),
      db().raw("coalesce(sum(p.price_cents) FILTER (WHERE p.voided_at IS NOT NULL), 0) AS voided_cents"),
    )) as { kind: string; count: number; cents: number; voided: number; voided_cents: number }[];
  const sum = (name: "count" | "cents" | "voided" | "voided_cents") =>
    rows.reduce((total, row) => total + row[name], 0);
  return {
    count: sum("count"),
    cents: sum("cents"),
    voided: sum("voided"),
    voided_cents: sum("voided_cents"),
    by_kind: rows.filter(({ count }) => count > 0).map(({ kind, count, cents }) => ({ kind, count, cents })),
  };
}

/** What makes a payment belong to a filter. A day begins at the lab's midnight, whatever the clocks do that day. */
function conditions(builder: Knex.QueryBuilder, query: LedgerQuery, zone: string): void {
  if (query.from) builder.whereRaw("p.paid_ts >= (?::date)::timestamp AT TIME ZONE ?", [query.from, zone]);
  if (query.to) builder.whereRaw("p.paid_ts < (?::date + 1)::timestamp AT TIME ZONE ?", [query.to, zone]);
  if (query.staff) builder.where("p.paid_by_staff", query.staff);
  if (query.kind) builder.where("p.payment_system", query.kind);
  const { search } = query;
  if (!search) return;
  const like = `${search.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  const number = /^#?(\d{1,9})$/.exec(search)?.[1];
  builder.where((some) => {
    some.whereRaw("lower(p.txn_no) LIKE ?", [like]);
    if (number)
      some
        .orWhereRaw("p.job_id = (SELECT id FROM jobs WHERE short_id = ?)", [Number(number)])
        .orWhereRaw("p.receipt_id = (SELECT id FROM receipts WHERE number = ?)", [Number(number)]);
  });
}

/** What the filters offer: the kinds in use and every kind and person that the ledger knows. */
export async function ledgerOffer(): Promise<{ kinds: string[]; staff: string[] }> {
  const lab = await settings();
  const [kinds, staff] = await Promise.all([known("payment_system"), known("paid_by_staff")]);
  const names = [...paymentKinds(lab).map(({ name }) => name), ...kinds];
  return { kinds: [...new Set(names)], staff };
}

/** The different values of an indexed column, by hopping from one to the next: quick however many rows there are. */
async function known(column: "payment_system" | "paid_by_staff"): Promise<string[]> {
  const { rows } = await db().raw<{ rows: { value: string }[] }>(
    `WITH RECURSIVE hop AS (
       (SELECT ?? AS value FROM payments ORDER BY ?? LIMIT 1)
       UNION ALL SELECT (SELECT ?? FROM payments WHERE ?? > hop.value ORDER BY ?? LIMIT 1) FROM hop WHERE hop.value IS NOT NULL
     ) SELECT value FROM hop WHERE value IS NOT NULL LIMIT 500`,
    [column, column, column, column, column],
  );
  return rows.map(({ value }) => value);
}

/** A print that was handed over for nothing, and why. */
export interface FreeHandOver {
  job_id: string;
  short_id: number;
  at: string;
  staff_name: string;
  picked_up_by: string;
  reason: string;
}

/** Hand-overs without a charge in the days of a filter, the newest first; what was reverted since is left out. */
export async function freeHandOvers(
  query: Pick<LedgerQuery, "from" | "to">,
  most = 50,
): Promise<{ total: number; first: FreeHandOver[] }> {
  const { time_zone } = await settings();
  const found = db()("events AS e")
    .join("jobs AS j", "j.id", "e.job_id")
    .where("e.event_type", "JobPickedUp")
    .whereRaw("e.details->>'no_charge_reason' IS NOT NULL")
    .whereRaw(
      `NOT EXISTS (SELECT FROM events l WHERE l.job_id = e.job_id AND l.id > e.id AND l.details->>'from' = 'PAIDPICKEDUP' AND l.details->>'to' <> 'ARCHIVED')`,
    )
    .modify((builder) => {
      if (query.from)
        builder.whereRaw("e.timestamp >= (?::date)::timestamp AT TIME ZONE ?", [query.from, time_zone]);
      if (query.to)
        builder.whereRaw("e.timestamp < (?::date + 1)::timestamp AT TIME ZONE ?", [query.to, time_zone]);
    });
  const rows = (await found
    .orderBy("e.id", "desc")
    .limit(most)
    .select("e.job_id", "j.short_id", "e.timestamp", "e.triggered_by", "e.details", db().raw("count(*) OVER () AS total"))) as { job_id: string; short_id: number; timestamp: Date; triggered_by: string; details: Record<string, string>; total: number }[]; // prettier-ignore
  return {
    total: rows[0]?.total ?? 0,
    first: rows.map(({ job_id, short_id, timestamp, triggered_by, details }) => ({
      job_id,
      short_id,
      at: timestamp.toISOString(),
      staff_name: triggered_by,
      picked_up_by: details.picked_up_by ?? "",
      reason: details.no_charge_reason ?? "",
    })),
  };
}
