import { inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { requireActiveStaff } from "../staff/staff.server";
import { Chore } from "./chore.server";

/**
 * Asks the night shift to do a chore now; the worker that leads begins it within seconds.
 * @returns the chore's title
 * @throws Refusal `not_found` for a chore that nobody knows; `conflict` (reason `chore_running`) while it is
 * asked for or running; `forbidden` for one that only a command starts; `invalid` on `staff_name`
 */
export async function requestChore(
  desk: { workstation_id: string },
  input: { chore: string; staff_name: string },
): Promise<{ title: string }> {
  const name = await requireActiveStaff(input.staff_name);
  const chore = await Chore.query().findById(input.chore.replaceAll("\0", ""));
  if (!chore) throw new Refusal("not_found", "There is no such chore. Open the list again.");
  if (chore.cron === null)
    throw new Refusal("forbidden", `"${chore.title}" is started by a command, not from here.`);
  await inTransaction(async (trx) => {
    const [row] = await trx("chore_runs")
      .insert({ chore: chore.name, state: "queued", started_by: name, workstation_id: desk.workstation_id })
      .onConflict()
      .ignore()
      .returning("id");
    if (!row)
      throw new Refusal("conflict", `"${chore.title}" is running already. Wait until it is done.`, {
        reason: "chore_running",
      });
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      { type: "AdminAction", details: { action: "chore-run", chore: chore.name, title: chore.title } },
    );
  });
  return { title: chore.title };
}
