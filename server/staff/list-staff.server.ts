import { Staff } from "./staff.server";

/** A name of the list. Times are UTC ISO 8601. */
export interface StaffMember {
  name: string;
  is_active: boolean;
  added_at: string;
  deactivated_at: string | null;
}

/** The names in alphabetical order, a page of them, and how many there are. */
export async function listStaff(query: {
  include_inactive: boolean;
  page: number;
  limit: number;
}): Promise<{ staff: StaffMember[]; total: number }> {
  const rows = Staff.query();
  if (!query.include_inactive) rows.where("is_active", true);
  const [total, found] = await Promise.all([
    rows.clone().resultSize(),
    rows
      .orderByRaw("lower(name), id")
      .limit(query.limit)
      .offset((query.page - 1) * query.limit),
  ]);
  return {
    total,
    staff: found.map(({ name, is_active, added_at, deactivated_at }) => ({
      name,
      is_active,
      added_at: added_at.toISOString(),
      deactivated_at: deactivated_at?.toISOString() ?? null,
    })),
  };
}
