/** The staff list: surrogate id, unique name. Names are never removed, only made inactive. */
import type { Knex } from "knex";
import { BaseModel, db, type Trx } from "../db.server";
import { invalidField, Refusal } from "../errors";
import { isUuid } from "../ids";

export class Staff extends BaseModel {
  static override tableName = "staff";

  declare id: string;
  declare name: string;
  declare is_active: boolean;
  declare added_at: Date;
  declare deactivated_at: Date | null;
  /** Names that this person had on the list before; the log keeps them as they were. */
  declare former_names: string[];
}

/** A person of the list as pages and API show it. Times are UTC ISO 8601. */
export interface StaffView {
  id: string;
  name: string;
  is_active: boolean;
  /** Added within the last days, as the settings say. */
  is_new: boolean;
  added_at: string;
  deactivated_at: string | null;
  former_names: string[];
}

/** A row as pages and API show it. */
export function staffView(row: Staff, newForDays = 0): StaffView {
  const { id, name, is_active, added_at, deactivated_at, former_names } = row;
  return {
    id,
    name,
    is_active,
    is_new: is_active && isNew(added_at, newForDays),
    added_at: added_at.toISOString(),
    deactivated_at: deactivated_at?.toISOString() ?? null,
    former_names,
  };
}

const isNew = (added: Date, days: number) => added.getTime() > Date.now() - days * 86_400_000;

/** The list in alphabetical order, the active ones first; only them unless told otherwise. */
export async function listStaff(options: {
  include_inactive?: boolean;
  newForDays?: number;
}): Promise<StaffView[]> {
  const query = Staff.query().orderByRaw("is_active DESC, lower(name)");
  if (!options.include_inactive) query.where("is_active", true);
  return (await query).map((row) => staffView(row, options.newForDays));
}

/**
 * One person of the list.
 * @param staff the id, or the name in any case
 * @throws Refusal `not_found`
 */
export async function findStaff(staff: string, on: Knex = db()): Promise<Staff> {
  const named = () => Staff.query(on).whereRaw("lower(name) = lower(?)", [plain]).first();
  // PostgreSQL takes no NUL in text.
  const plain = staff.replaceAll("\0", "").trim();
  const row = await (isUuid(plain) ? Staff.query(on).findById(plain) : named());
  if (!row) throw new Refusal("not_found", "There is nobody of that name on the staff list.");
  return row;
}

/** The list is changed by one person after the other, until the transaction ends. */
export async function holdStaffList(trx: Trx): Promise<void> {
  await trx.raw("SELECT pg_advisory_xact_lock(7302608)");
}

/** A name for the attribution list, marked while it is new. */
export interface StaffChoice {
  name: string;
  is_new: boolean;
}

/** The active names in alphabetical order; those added within `newForDays` are marked. */
export async function activeStaff(newForDays: number): Promise<StaffChoice[]> {
  const rows = await Staff.query().where("is_active", true).orderByRaw("lower(name)");
  return rows.map((row) => ({ name: row.name, is_new: isNew(row.added_at, newForDays) }));
}

/** A name that the log may know: on the list now, or before. */
export interface KnownName {
  name: string;
  is_active: boolean;
  /** What this person is called now, where the list has another name. */
  now: string | null;
}

/** Every name of the list in alphabetical order, also what people were called before: the log keeps it. */
export async function knownNames(): Promise<KnownName[]> {
  const { rows } = await db().raw<{ rows: KnownName[] }>(
    `SELECT name, is_active, now FROM (
       SELECT name, is_active, NULL AS now FROM staff
       UNION ALL SELECT former, is_active, name FROM staff, unnest(former_names) AS former) AS known
     ORDER BY lower(name)`,
  );
  return rows;
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
