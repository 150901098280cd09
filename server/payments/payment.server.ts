/** The ledger: rows are voided, never erased; the database refuses anything else. */
import type { Trx } from "../db.server";
import { BaseModel } from "../db.server";

/** Money taken for a job: grams from the scale, cents charged. */
export class Payment extends BaseModel {
  static override tableName = "payments";

  declare id: string;
  declare job_id: string;
  declare receipt_id: string;
  declare payment_system: string;
  declare grams: number;
  declare price_cents: number;
  /** The price that the job was approved with. */
  declare estimated_cents: number | null;
  /** Why the price is so far from it. */
  declare deviation_reason: string | null;
  declare txn_no: string;
  declare picked_up_by: string;
  declare paid_ts: Date;
  declare paid_by_staff: string;
  declare workstation_id: string;
  declare voided_at: Date | null;
  declare voided_by: string | null;
  declare void_reason: string | null;
  /** The payment that this one stands for instead. */
  declare corrects: string | null;
}

/** One transaction of a payment system, with everything that was paid by it. */
export class Receipt extends BaseModel {
  static override tableName = "receipts";

  declare id: string;
  declare number: number;
  declare payment_system: string;
  declare txn_no: string;
  declare picked_up_by: string;
  declare issued_at: Date;
  declare issued_by: string;
  declare workstation_id: string;
  /** Set with the last payment voided: then its transaction number may be used again. */
  declare released_at: Date | null;
}

/** The payments of a job that count, oldest first. */
export function validPayments(trx: Trx | undefined, jobId: string) {
  return Payment.query(trx).where("job_id", jobId).whereNull("voided_at").orderBy("paid_ts");
}
