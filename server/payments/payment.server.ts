/** The ledger: rows are voided, never erased; the database refuses anything else. */
import type { Trx } from "../db.server";
import { BaseModel } from "../db.server";

/** Money taken for a job: grams from the scale, cents charged. */
export class Payment extends BaseModel {
  static override tableName = "payments";

  declare id: string;
  declare job_id: string;
  declare payment_system: string;
  declare grams: number;
  declare price_cents: number;
  declare txn_no: string;
  declare picked_up_by: string;
  declare paid_ts: Date;
  declare paid_by_staff: string;
  declare workstation_id: string;
  declare voided_at: Date | null;
  declare voided_by: string | null;
  declare void_reason: string | null;
}

/** The payments of a job that count, oldest first. */
export function validPayments(trx: Trx | undefined, jobId: string) {
  return Payment.query(trx).where("job_id", jobId).whereNull("voided_at").orderBy("paid_ts");
}
