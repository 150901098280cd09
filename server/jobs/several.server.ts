/**
 * One attributed action for several jobs. Promises: each job is done by its own verb, one after the other, with
 * its own lock, version, form key and event; one that is refused stops no other; the same form has one effect,
 * and what became of each job is kept with the form's key, so that its answer can be read again.
 */
import { db, inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { isUuid } from "../ids";
import { log } from "../log.server";
import { requireActiveStaff } from "../staff/staff.server";
import { asCards, type JobCard } from "./card.server";
import { claimFormKey, formKeyFor } from "../form-keys.server";
import { Job } from "./job.server";
import { type Desk, releaseLock, takeLock } from "./lock.server";
import type { Guard, SeveralInput } from "./schemas";
import { type SeenJob, severalObstacle, type SeveralStep } from "./several";
import type { Status } from "./states";
import { markComplete, markPrinting, reviewJob } from "./steps.server";

const VERBS: Record<
  SeveralStep,
  (desk: Desk, jobId: string, staff_name: string, guard: Guard) => Promise<unknown>
> = {
  review: (desk, id, staff_name, guard) => reviewJob(desk, id, { staff_name, reviewed: true }, guard),
  "mark-printing": (desk, id, staff_name, guard) => markPrinting(desk, id, { staff_name }, guard),
  "mark-complete": (desk, id, staff_name, guard) => markComplete(desk, id, { staff_name }, guard),
};

/** What became of one job. */
interface Outcome extends SeenJob {
  short_id: number | null;
  outcome: "waiting" | "done" | "refused";
  /** Why it was refused. */
  sentence?: string;
}

interface Answer {
  action: SeveralStep;
  staff_name: string;
  finished: boolean;
  jobs: Outcome[];
}

/** A chosen job, and why it cannot be among them, if it cannot. */
export interface ChosenJob extends JobCard {
  obstacle: string | null;
}

/** The chosen jobs as they are now, in the order given; what does not exist is left out. @param ids UUIDs */
export async function chosenJobs(name: SeveralStep, ids: string[]): Promise<ChosenJob[]> {
  const rows = new Map((await Job.query().findByIds(ids)).map((job) => [job.id, job]));
  const cards = await asCards(ids.flatMap((id) => rows.get(id) ?? []));
  return cards.map((job) => ({ ...job, obstacle: severalObstacle(name, job) }));
}

/**
 * Does one step to each of the jobs. A form sent again changes nothing more; when the process died over it,
 * a minute later it goes on where it stopped.
 * @returns when all of them have been tried, or at once when the same form is at work already
 * @throws Refusal `invalid` (an inactive name, or the key of another form)
 */
export async function doSeveral(desk: Desk, input: SeveralInput): Promise<void> {
  const { form_key: key, action } = input;
  const staff_name = await requireActiveStaff(input.staff_name);
  const answer = (await begin(input, staff_name)) ?? (await takeUp(key));
  if (!answer) return;
  for (const job of answer.jobs) {
    if (job.outcome !== "waiting") continue;
    Object.assign(job, await tryOne(desk, action, staff_name, key, job));
    await note(key, answer);
  }
  await note(key, { ...answer, finished: true });
}

/** Claims the form. @returns what is to be done, or null when it was sent before */
async function begin(
  { job: jobs, form_key, action }: SeveralInput,
  staff_name: string,
): Promise<Answer | null> {
  const ids = jobs.map(({ id }) => id);
  const numbers = new Map((await Job.query().findByIds(ids)).map((job) => [job.id, job.short_id]));
  return inTransaction(async (trx) => {
    const input = { action, staff_name, jobs };
    if (!(await claimFormKey(trx, { guard: { form_key }, step: "several", input }))) return null;
    const answer: Answer = {
      action,
      staff_name,
      finished: false,
      jobs: jobs.map((job) => ({ ...job, short_id: numbers.get(job.id) ?? null, outcome: "waiting" })),
    };
    await trx("form_keys")
      .where({ key: form_key })
      .update({ answer: stamped(answer) });
    return answer;
  });
}

/** Takes over a form that nobody has worked at for a minute. Each job's own key keeps it from being done twice. */
async function takeUp(key: string): Promise<Answer | null> {
  const [row] = (await db()("form_keys")
    .where({ key, action: "several" })
    .whereRaw("NOT (answer->>'finished')::boolean")
    .whereRaw("(answer->>'at')::timestamptz < now() - interval '1 minute'")
    .update({ answer: db().raw("jsonb_set(answer, '{at}', to_jsonb(now()))") })
    .returning("answer")) as { answer: Answer }[];
  return row?.answer ?? null;
}

async function tryOne(
  desk: Desk,
  action: SeveralStep,
  staff_name: string,
  key: string,
  { id, version }: SeenJob,
): Promise<Pick<Outcome, "outcome" | "sentence">> {
  let lock_key: string | undefined;
  try {
    ({ lock_key } = await takeLock(desk, id, { staff_name, withScript: true }));
    await VERBS[action](desk, id, staff_name, { version, lock_key, form_key: formKeyFor(key, id) });
    return { outcome: "done" };
  } catch (error) {
    if (error instanceof Refusal) return { outcome: "refused", sentence: error.message };
    log.error({ err: error, job: id }, "One of several jobs failed");
    return { outcome: "refused", sentence: "The server could not do it. Look at the job, then try again." };
  } finally {
    // The verb gives the lock back when it is done; it stays when it was refused.
    if (lock_key)
      await releaseLock(desk, id, lock_key).catch((err) =>
        log.warn({ err, job: id }, "A lock stays until it ends"),
      );
  }
}

async function note(key: string, answer: Answer): Promise<void> {
  await db()("form_keys")
    .where({ key })
    .update({ answer: stamped(answer) });
}

/** The answer with the database's time, by which it is seen whether somebody is still at work. */
function stamped(answer: Answer) {
  return db().raw("?::jsonb || jsonb_build_object('at', now())", [JSON.stringify(answer)]);
}

/** What became of one job, with who it is and how it stands now; nulls when it is gone. */
export interface ReportedJob extends Outcome {
  student_name: string | null;
  status: Status | null;
}

/** What became of the jobs of one form. */
export interface SeveralReport extends Omit<Answer, "jobs"> {
  jobs: ReportedJob[];
}

/** @param key the form's key @throws Refusal `not_found` when there is no such form, or no longer */
export async function severalReport(key: string): Promise<SeveralReport> {
  const row = isUuid(key)
    ? ((await db()("form_keys").where({ key, action: "several" }).first("answer")) as {
        answer: Answer | null;
      })
    : undefined;
  if (!row?.answer)
    throw new Refusal(
      "not_found",
      "What became of these jobs is not kept any more. Look at the jobs themselves.",
    );
  const { action, staff_name, finished, jobs } = row.answer;
  const rows = new Map((await Job.query().findByIds(jobs.map(({ id }) => id))).map((job) => [job.id, job]));
  return {
    action,
    staff_name,
    finished,
    jobs: jobs.map((job) => {
      const now = rows.get(job.id);
      return { ...job, student_name: now?.student_name ?? null, status: now?.status ?? null };
    }),
  };
}
