/** "Admin Data Management": filing away and pruning, one run a call. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { AttributedSchema, ReasonSchema } from "@server/jobs/schemas";
import { MOST_AT_ONCE, RETENTION, type Retention } from "@server/retention/kinds";
import { retentionReport, runRetention } from "@server/retention/run-retention.server";
import { settings } from "@server/settings/settings.server";
import { type Call, endpoint } from "./endpoint";
import { administering } from "./limits";

const BodySchema = z.strictObject({
  staff_name: AttributedSchema.shape.staff_name,
  retention_days: z.int({ error: "Give a whole number from 1 to 3650." }).min(1).max(3650).optional(),
  reason: ReasonSchema.shape.reason.optional(),
});
const count = z.int().min(0);
const rest = {
  jobs_refused: count.describe("Jobs that somebody holds, or whose storage refused."),
  jobs_left: count.describe("Still due. Call again."),
};

async function run(kind: Retention, { desk, body }: Call<unknown, z.output<typeof BodySchema>>) {
  const days = body.retention_days ?? (await settings())[RETENTION[kind].days];
  const form_key = randomUUID();
  await runRetention(desk, kind, {
    staff_name: body.staff_name,
    reason: body.reason ?? `Due after ${days} days`,
    days,
    form_key,
    seen_at: new Date().toISOString(),
    // Whoever calls this by its name means it.
    confirmed: "yes",
  });
  const { jobs, left } = await retentionReport(form_key);
  const done = jobs.filter(({ outcome }) => outcome === "done").length;
  return { done, rest: { jobs_refused: jobs.length - done, jobs_left: left } };
}

const common = {
  method: "POST",
  tag: "Administration",
  auth: "admin",
  body: BodySchema,
  limit: administering,
  status: 200,
} as const;

export const retentionEndpoints = [
  endpoint({
    ...common,
    path: "admin/archive",
    summary: "File away what has been picked up or rejected for long enough",
    about: `At most ${MOST_AT_ONCE} jobs with each call.`,
    answer: z.object({ message: z.string(), jobs_archived: count, ...rest }),
    run: async (call) => {
      const { done, rest } = await run("archive", call);
      return { message: "Archival process completed", jobs_archived: done, ...rest };
    },
  }),
  endpoint({
    ...common,
    path: "admin/prune",
    summary: "Prune what has been archived for long enough",
    about: `Cannot be undone: the files, the notes and the student's name, address and class are deleted; what was printed, its cost and its payments stay. At most ${MOST_AT_ONCE} jobs with each call.`,
    answer: z.object({ message: z.string(), jobs_deleted: count, ...rest }),
    run: async (call) => {
      const { done, rest } = await run("prune", call);
      return { message: "Pruning process completed", jobs_deleted: done, ...rest };
    },
  }),
];
