/** The records of the night shift: one row a chore, one row a run. */
import { BaseModel } from "../db.server";

/** A chore as the timetable has it. */
export class Chore extends BaseModel {
  static override tableName = "chores";
  static override idColumn = "name";

  declare name: string;
  declare position: number;
  declare title: string;
  declare about: string;
  declare cron: string | null;
  declare time_zone: string;
  declare off_because: string;
  declare next_at: Date | null;
}

export type RunState = "queued" | "running" | "done" | "failed" | "interrupted";

/** One run of a chore: who wanted it, when, and what came of it. */
export class ChoreRun extends BaseModel {
  static override tableName = "chore_runs";
  static override jsonAttributes = ["facts"];

  declare id: string;
  declare chore: string;
  declare slot: Date | null;
  declare state: RunState;
  declare started_by: string;
  declare workstation_id: string;
  declare process: string | null;
  declare requested_at: Date;
  declare started_at: Date | null;
  declare finished_at: Date | null;
  declare result: string | null;
  declare facts: Record<string, unknown>;
}

/** What a chore has to say: a sentence for people, and figures when pages need them. */
export interface Outcome {
  result: string;
  facts?: Record<string, unknown>;
}
