import { BaseModel } from "../db.server";

/** One entry of the log. Insert-only: the database refuses anything else. */
export class Event extends BaseModel {
  static override tableName = "events";

  declare id: number;
  declare job_id: string | null;
  declare timestamp: Date;
  declare event_type: string;
  declare details: Record<string, unknown>;
  declare triggered_by: string;
  declare workstation_id: string;
  declare prev_hash: string;
  declare hash: string;
}
