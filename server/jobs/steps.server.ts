/** The plain steps: who did it is all they need, or a reason beside it. */
import { invalidField } from "../errors";
import { cancelEffects } from "../outbox/outbox.server";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { advance, type Change, type Deciding } from "./advance.server";
import { retireTokens } from "./confirm-token.server";
import type { Job } from "./job.server";
import { letter } from "./letters";
import type { Desk } from "./lock.server";
import { brokenPreconditions } from "./preconditions";
import { standingOf } from "./preconditions.server";
import type { Guard } from "./schemas";
import type { Status, StepName } from "./states";

interface Attributed {
  staff_name: string;
}
interface Reasoned extends Attributed {
  reason: string;
}

/** One step of a member of staff at a workstation. */
async function staffStep<I extends Attributed>(
  step: StepName,
  desk: Desk,
  jobId: string,
  input: I,
  guard: Guard,
  decide: (deciding: Deciding) => Promise<Change>,
): Promise<Job> {
  const name = await requireActiveStaff(input.staff_name);
  return advance(
    { name, workstation_id: desk.workstation_id },
    { job_id: jobId, step, guard, desk, input },
    decide,
  );
}

/** Clears the NEW mark, or puts it back. @throws Refusal as `advance` */
export function reviewJob(
  desk: Desk,
  jobId: string,
  input: Attributed & { reviewed: boolean },
  guard: Guard,
) {
  return staffStep("review", desk, jobId, input, guard, async ({ now }) => ({
    patch: { staff_viewed_at: input.reviewed ? now : null },
    details: { reviewed: input.reviewed },
  }));
}

/** The print has been started. @throws Refusal as `advance` */
export function markPrinting(desk: Desk, jobId: string, input: Attributed, guard: Guard) {
  return staffStep("mark-printing", desk, jobId, input, guard, async () => ({}));
}

/** The print is done; the student's letter waits a few minutes, so that a slip can be reverted unseen. @throws Refusal as `advance` */
export function markComplete(desk: Desk, jobId: string, input: Attributed, guard: Guard) {
  return staffStep("mark-complete", desk, jobId, input, guard, async ({ trx, job }) => {
    const { completion_mail_delay_minutes } = await settings(trx);
    return {
      effects: [
        letter("completion", jobId, `v${job.version + 1}`, {
          delay_seconds: completion_mail_delay_minutes * 60,
        }),
      ],
    };
  });
}

/** The print failed: back to the queue at the same price. @throws Refusal as `advance` */
export function markFailed(desk: Desk, jobId: string, input: Reasoned, guard: Guard) {
  return staffStep("mark-failed", desk, jobId, input, guard, async () => ({
    details: { reason: input.reason },
  }));
}

/** Not done after all: takes the letter back, or sends a correction when it has gone out. @throws Refusal as `advance` */
export function revertCompletion(desk: Desk, jobId: string, input: Attributed, guard: Guard) {
  return staffStep("revert-completion", desk, jobId, input, guard, (deciding) =>
    takeBackCompletion(deciding),
  );
}

/** Cancels a completion letter that has not gone out; a correction follows one that may have. */
async function takeBackCompletion({ trx, job }: Deciding): Promise<Change> {
  const letters = await cancelEffects(trx, {
    kind: "mail",
    job_id: job.id,
    payload: { letter: "completion" },
    // An earlier completion has had its own letter and its own correction.
    since: job.status_since,
  });
  return {
    details: { completion_mail: letters.too_late ? "corrected" : "withheld" },
    effects: letters.too_late ? [letter("correction", job.id, `v${job.version + 1}`)] : [],
  };
}

/** Confirms for a student who did so by word of mouth. @throws Refusal as `advance` */
export function forceConfirm(desk: Desk, jobId: string, input: Reasoned, guard: Guard) {
  return staffStep("force-confirm", desk, jobId, input, guard, async ({ trx, job, now }) => {
    await retireTokens(trx, job.id, now);
    return {
      patch: { student_confirmed: true, student_confirmed_at: now },
      details: { reason: input.reason },
    };
  });
}

/** Puts a job into any other status; the event says which of its preconditions that skipped. @throws Refusal as `advance`; `invalid` on `new_status` when it is the same */
export function changeStatus(
  desk: Desk,
  jobId: string,
  input: Reasoned & { new_status: Status },
  guard: Guard,
): Promise<Job> {
  return staffStep("change-status", desk, jobId, input, guard, async (deciding) => {
    const { trx, job, now } = deciding;
    if (input.new_status === job.status) throw sameStatus();
    // A link that asks for a decision already overridden would only mislead.
    if (job.status === "PENDING") await retireTokens(trx, job.id, now);
    const takenBack = job.status === "COMPLETED" ? await takeBackCompletion(deciding) : {};
    const broken = brokenPreconditions(await standingOf(job, trx), input.new_status);
    return {
      to: input.new_status,
      effects: takenBack.effects,
      details: {
        ...takenBack.details,
        action: "change-status",
        reason: input.reason,
        ...(broken.length ? { broken } : {}),
      },
    };
  });
}

function sameStatus() {
  return invalidField("new_status", "The job is in this status already. Choose another one.");
}
