/** What all decisions about a job share: their rows are made from the table of states. */
import { z } from "zod";
import { type Desk, ownLockKey } from "@server/jobs/lock.server";
import type { Guard } from "@server/jobs/schemas";
import { STATUSES, step, type StepName } from "@server/jobs/states";
import { JobSchema } from "@server/reports/job-object";
import { jobObject } from "@server/reports/job-object.server";
import { type Endpoint, endpoint, type Refusals } from "./endpoint";
import { jobIdOf } from "./job-id";
import { lockKey } from "./locks";

interface Decision<S extends z.ZodObject> extends Partial<
  Pick<Endpoint, "auth" | "summary" | "about" | "method" | "path" | "status" | "answer" | "tag" | "limit">
> {
  step: StepName;
  schema: S;
  refuses?: Refusals;
  run: (desk: Desk, jobId: string, input: z.output<S>, guard: Guard) => Promise<unknown>;
  /** What the answer is, when it is not the job. */
  say?: (jobId: string, input: z.output<S>) => Promise<unknown>;
}

const guarded = {
  version: z
    .int()
    .positive()
    .optional()
    .describe("The job's version that was looked at: a newer one refuses the call."),
  lock_key: lockKey.describe("The hold that this is done with; without it the one that the token has."),
};

/** One step of the table of states as a row of the table of endpoints. */
export function decision<S extends z.ZodObject>(told: Decision<S>): Endpoint {
  const row = step(told.step);
  const schema = told.schema.safeExtend(guarded).strict();
  const refuses: Record<number, string[]> = { 403: [], 409: ["stale"] };
  if (row.lock) refuses[403]!.push("no_lock");
  if (row.lock) refuses[409]!.push("locked");
  if (row.from.length < STATUSES.length) refuses[403]!.push("status");
  if (row.withinRevertWindow) refuses[403]!.push("too_late");
  for (const [status, codes] of Object.entries(told.refuses ?? {}))
    refuses[Number(status)] = [...(refuses[Number(status)] ?? []), ...codes!];
  return endpoint({
    method: told.method ?? "POST",
    path: told.path ?? `jobs/{job_id}/${told.step}`,
    tag: told.tag ?? "Decisions",
    summary: told.summary ?? row.label,
    about: [row.hint, told.about].filter(Boolean).join(" "),
    auth: told.auth ?? "workstation",
    body: schema,
    status: told.status ?? 200,
    answer: told.status === 204 ? undefined : (told.answer ?? JobSchema),
    idempotent: true,
    refuses,
    limit: told.limit,
    run: async (call) => {
      const id = jobIdOf(call);
      const { version, lock_key, ...input } = call.body as Guard & Record<string, unknown>;
      const key = lock_key ?? (await ownLockKey(call.desk, id));
      await told.run(call.desk, id, input as z.output<S>, {
        version,
        lock_key: key,
        form_key: call.form_key,
      });
      return told.say ? told.say(id, input as z.output<S>) : told.status === 204 ? undefined : jobObject(id);
    },
  });
}
