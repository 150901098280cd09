/** The records of audits: one row an audit, one row a finding. */
import { BaseModel } from "../db.server";
import type { FindingDetails, Kind } from "./kinds";

export class Audit extends BaseModel {
  static override tableName = "audits";
  static override jsonAttributes = ["counts"];

  declare id: string;
  declare state: "queued" | "running" | "done" | "failed";
  declare started_by: string;
  declare workstation_id: string;
  declare started_at: Date;
  declare finished_at: Date | null;
  declare phase: "folders" | "jobs" | "confirm";
  declare cursor: string;
  declare step: number;
  declare done: number;
  declare total: number;
  declare counts: Partial<Record<Kind, number>>;
  declare error: string | null;
}

export class AuditFinding extends BaseModel {
  static override tableName = "audit_findings";
  static override jsonAttributes = ["details"];

  declare id: string;
  declare audit_id: string;
  declare kind: Kind;
  declare path: string;
  declare job_id: string | null;
  declare short_id: number | null;
  declare details: FindingDetails;
  declare found_at: Date;
  declare confirmed_at: Date | null;
  declare resolved_at: Date | null;
  declare resolved_by: string | null;
  declare resolved_how: string | null;
}
