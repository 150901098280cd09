/** A run as staff start it: attributed, with a reason, once for each form; its result can be read again. */
import { z } from "zod";
import { db, inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { isUuid } from "../ids";
import { claimFormKey } from "../form-keys.server";
import { ReasonSchema } from "../jobs/schemas";
import { requireActiveStaff } from "../staff/staff.server";
import { archiveJobs } from "./archive-jobs.server";
import type { RetainedJob } from "./each-job.server";
import { RETENTION, type Retention } from "./kinds";
import { pruneJobs } from "./prune-jobs.server";

const VERBS = { archive: archiveJobs, prune: pruneJobs };

/** What the form says. `seen_at`: when the list was shown; what has become due since waits for another run. */
export const RetentionSchema = ReasonSchema.extend({
  form_key: z.uuid({ error: "Open this page again: the form is not complete." }),
  seen_at: z.iso.datetime({ error: "Open this page again: the form is not complete." }),
  confirmed: z.string().optional(),
});

export interface RetentionReport {
  kind: Retention;
  staff_name: string;
  reason: string;
  started_at: string;
  /** `running` may also be a run that was killed; after some minutes it is. */
  state: "running" | "stopped" | "finished";
  jobs: RetainedJob[];
  left: number;
}

type Answer = Omit<RetentionReport, "state"> & { finished: boolean; at?: string };

/**
 * Works through what is due. The same form again starts nothing more.
 * @param input.days days to go by instead of the setting's
 * @throws Refusal `invalid` on `staff_name`, `reason`, or on `confirmed` when what cannot be undone was not confirmed
 */
export async function runRetention(
  desk: { workstation_id: string },
  kind: Retention,
  input: z.output<typeof RetentionSchema> & { days?: number },
): Promise<void> {
  const name = await requireActiveStaff(input.staff_name);
  if (RETENTION[kind].destructive && input.confirmed !== "yes")
    throw new Refusal("invalid", "Nothing was done yet.", {
      fields: { confirmed: ["Tick the box: what is pruned cannot be brought back."] },
    });
  const { form_key: key, reason, seen_at, days } = input;
  const answer: Answer = {
    kind,
    staff_name: name,
    reason,
    started_at: new Date().toISOString(),
    finished: false,
    jobs: [],
    left: 0,
  };
  const fresh = await inTransaction(async (trx) => {
    const claim = { guard: { form_key: key }, step: "retention", input: { kind, name, reason } };
    if (!(await claimFormKey(trx, claim))) return false;
    await trx("form_keys")
      .where({ key })
      .update({ answer: JSON.stringify(answer) });
    return true;
  });
  if (!fresh) return;
  const actor = { name, workstation_id: desk.workstation_id };
  const { left } = await VERBS[kind](actor, {
    reason,
    days,
    at: new Date(seen_at),
    onEach: async (job) => {
      answer.jobs.push(job);
      await note(key, answer);
    },
  });
  await note(key, { ...answer, left, finished: true });
}

async function note(key: string, answer: Answer): Promise<void> {
  await db()("form_keys")
    .where({ key })
    .update({ answer: JSON.stringify({ ...answer, at: new Date().toISOString() }) });
}

/** A run that has not moved for so long has been killed. */
const STOPPED_AFTER_MS = 60_000;

/** @param key the form's key @throws Refusal `not_found` when there is no such run, or no longer */
export async function retentionReport(key: string): Promise<RetentionReport> {
  const row = isUuid(key)
    ? ((await db()("form_keys").where({ key, action: "retention" }).first("answer")) as { answer: Answer | null })
    : undefined; // prettier-ignore
  if (!row?.answer)
    throw new Refusal(
      "not_found",
      "The result of this run is not kept any more. The log has each job's event.",
    );
  const { finished, at, ...report } = row.answer;
  const quiet = Date.now() - Date.parse(at ?? report.started_at) > STOPPED_AFTER_MS;
  return { ...report, state: finished ? "finished" : quiet ? "stopped" : "running" };
}
