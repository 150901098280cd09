/**
 * What can be exported, as SQL: each set has an order that an index gives, so that it can be read piece by piece from
 * wherever the last piece ended. Every column is text, written by the database: times in the lab's zone with their
 * offset, money with two decimals.
 */
import type { ExportName } from "./exports";

/** One file's content. `?` in `piece` are the beginning, the end, the last row's time and id, and how many. */
export interface ExportSet {
  /** Rows in order, at most so many, after a place. */
  piece: string;
  /** Joins that the columns need; the piece is `x`. */
  joins: string;
  /** The two columns of the order, the second one unique. */
  time: string;
  id: string;
  /** Type of the second one. */
  idType: "uuid" | "bigint";
  /** Heading → SQL. */
  columns: Record<string, string>;
  /** What of a row the last line adds up, as SQL: how many count (0 or 1), and cents. */
  sums?: { count: string; cents: string };
}

/** A moment in the zone of the transaction, with its offset, so that an hour that comes twice is told apart. */
const at = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM')`;
const day = (column: string) => `to_char(${column}, 'YYYY-MM-DD')`;
const money = (cents: string) => `to_char((${cents}) / 100.0, 'FM9999999990.00')`;

const piece = (table: string, time: string, id: string, idType: string) => `
  SELECT * FROM ${table} WHERE ${time} >= ?::timestamptz AND ${time} < ?::timestamptz
    AND (${time}, ${id}) > (?::timestamptz, ?::${idType}) ORDER BY ${time}, ${id} LIMIT ?`;

export const EXPORT_SETS = {
  payments: {
    piece: piece("payments", "paid_ts", "id", "uuid"),
    joins: "JOIN jobs j ON j.id = x.job_id JOIN receipts r ON r.id = x.receipt_id",
    time: "paid_ts",
    id: "id",
    idType: "uuid",
    sums: {
      count: "(x.voided_at IS NULL)::int",
      cents: "CASE WHEN x.voided_at IS NULL THEN x.price_cents ELSE 0 END",
    },
    columns: {
      receipt: "r.number::text",
      date: day("x.paid_ts"),
      paid_at: at("x.paid_ts"),
      job: "j.short_id::text",
      student_name: "j.student_name",
      discipline: "j.discipline",
      class_number: "j.class_number",
      method: "j.print_method",
      material: "j.material_name",
      paid_with: "x.payment_system",
      transaction_number: "x.txn_no",
      grams: "x.grams::text",
      estimated: money("x.estimated_cents"),
      amount: money("x.price_cents"),
      amount_counted: money("CASE WHEN x.voided_at IS NULL THEN x.price_cents ELSE 0 END"),
      deviation_reason: "x.deviation_reason",
      picked_up_by: "x.picked_up_by",
      taken_by: "x.paid_by_staff",
      workstation: "x.workstation_id",
      voided_at: at("x.voided_at"),
      voided_by: "x.voided_by",
      void_reason: "x.void_reason",
      payment_id: "x.id::text",
      corrects_payment: "x.corrects::text",
    },
  },
  jobs: {
    piece: piece("jobs", "created_at", "id", "uuid"),
    joins:
      "LEFT JOIN LATERAL (SELECT sum(price_cents) AS cents, sum(grams) AS grams FROM payments WHERE job_id = x.id AND voided_at IS NULL) p ON true",
    time: "created_at",
    id: "id",
    idType: "uuid",
    columns: {
      job: "x.short_id::text",
      submitted_at: at("x.created_at"),
      status: "x.status",
      status_since: at("x.status_since"),
      student_name: "x.student_name",
      student_email: "x.student_email",
      discipline: "x.discipline",
      class_number: "x.class_number",
      method: "x.print_method",
      material: "x.material_name",
      color: "x.color_name",
      printer: "x.printer_name",
      file: "x.original_filename",
      estimated_grams: "x.weight_g::text",
      estimated_hours: "x.time_hours::text",
      estimated: money("x.cost_cents"),
      weighed_grams: "p.grams::text",
      paid: money("p.cents"),
    },
  },
  events: {
    piece: piece("events", "timestamp", "id", "bigint"),
    joins: "LEFT JOIN jobs j ON j.id = x.job_id",
    time: "timestamp",
    id: "id",
    idType: "bigint",
    columns: {
      number: "x.id::text",
      at: at("x.timestamp"),
      job: "j.short_id::text",
      event: "x.event_type",
      by: "x.triggered_by",
      workstation: "x.workstation_id",
      details: "x.details::text",
    },
  },
} as const satisfies Record<ExportName, ExportSet>;
