/** The staff list: surrogate id, unique name. Names are never removed, only made inactive. */
import type { Knex } from "knex";
import { BaseModel, db } from "../db.server";
import { invalidField } from "../errors";

export class Staff extends BaseModel {
  static override tableName = "staff";

  declare id: string;
  declare name: string;
  declare is_active: boolean;
  declare added_at: Date;
  declare deactivated_at: Date | null;
}

/** A name for the attribution list, marked while it is new. */
export interface StaffChoice {
  name: string;
  is_new: boolean;
}

/** The active names in alphabetical order; those added within `newForDays` are marked. */
export async function activeStaff(newForDays: number): Promise<StaffChoice[]> {
  const rows = await Staff.query().where("is_active", true).orderByRaw("lower(name)");
  const since = Date.now() - newForDays * 86_400_000;
  return rows.map((row) => ({ name: row.name, is_new: row.added_at.getTime() > since }));
}

/** The names that are on the list but no longer active: history marks them. */
export async function inactiveStaffNames(): Promise<string[]> {
  const rows = await Staff.query().where("is_active", false).select("name");
  return rows.map((row) => row.name);
}

/**
 * Checks an attribution against the list, ignoring case.
 * @returns the name as the list writes it
 * @throws Refusal `invalid` on `staff_name` when it is not an active name
 */
export async function requireActiveStaff(name: string, on: Knex = db()): Promise<string> {
  // PostgreSQL takes no NUL in text.
  const row = await Staff.query(on)
    .whereRaw("lower(name) = lower(?)", [name.replaceAll("\0", "").trim()])
    .where("is_active", true)
    .first();
  if (!row) throw invalidField("staff_name", "Choose your name from the list of active staff.");
  return row.name;
}
