import type { Trx } from "../db.server";
import { Refusal } from "../errors";
import { lookAlike, StaffNameSchema } from "./name";
import { Staff } from "./staff.server";

/**
 * Checks that a name may stand on the list: it is a name, and nobody else has it or had it, in any case and
 * with any letters that look alike. The caller holds the list.
 * @param except the person who is to get the name
 * @returns the name as it is kept
 * @throws Refusal `invalid` on `name`; `conflict` (reason `name_taken`, on `name`)
 */
export async function requireFreeName(trx: Trx, given: string, except?: string): Promise<string> {
  const parsed = StaffNameSchema.safeParse(given);
  if (!parsed.success) {
    const message = parsed.error.issues[0]!.message;
    throw new Refusal("invalid", message, { fields: { name: [message] } });
  }
  const name = parsed.data;
  for (const other of await Staff.query(trx).orderBy("added_at")) {
    if (other.id === except) continue;
    if (lookAlike(other.name, name)) throw taken(nameTaken(other, name));
    if (other.former_names.some((former) => lookAlike(former, name)))
      throw taken(
        `${other.name} was called ${name} on this list before, and the log still says so. Enter a name that tells the two apart, such as one with an initial.`,
      );
  }
  return name;
}

function nameTaken(other: Staff, name: string): string {
  const differs = other.name.toLowerCase() !== name.toLowerCase();
  const there = differs ? `${other.name} is on the list, and that looks the same.` : `${other.name} is on the list already.`; // prettier-ignore
  const advice =
    "If it is another person, enter a name that tells the two apart, such as one with an initial.";
  return other.is_active
    ? `${there} ${advice}`
    : `${there} The name is inactive; if it is the same person, reactivate it. ${advice}`;
}

function taken(message: string): Refusal {
  return new Refusal("conflict", message, { reason: "name_taken", fields: { name: [message] } });
}
