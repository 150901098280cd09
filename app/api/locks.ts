/** Taking, keeping and giving back a job. */
import { z } from "zod";
import { extendLock, ownLockKey, releaseLock, takeLock } from "@server/jobs/lock.server";
import { jobToDecide } from "@server/jobs/decision.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { At } from "@server/reports/job-object";
import { requireActiveStaff } from "@server/staff/staff.server";
import { endpoint } from "./endpoint";
import { jobIdOf } from "./job-id";

/** The hold that is meant. */
export const lockKey = z.uuid({ error: "Give the lock_key that the lock was taken with." }).optional();

const held = AttributedSchema.safeExtend({ lock_key: lockKey }).strict();
const UNTIL = { message: z.string(), lock_key: z.uuid(), locked_until: At };

export const lockEndpoints = [
  endpoint({
    method: "POST",
    path: "jobs/{job_id}/lock",
    tag: "Locks",
    summary: "Take a job, to decide about it",
    about:
      "For five minutes (a setting); `extend` keeps it. The answer's `lock_key` tells this hold from another one of the same token; calls without a `lock_key` use the hold that their token has.",
    auth: "workstation",
    body: AttributedSchema.strict(),
    status: 200,
    answer: z.object(UNTIL),
    refuses: { 409: ["locked"] },
    run: async (call) => {
      const id = jobIdOf(call);
      const staff_name = await requireActiveStaff(call.body.staff_name);
      const lock = await takeLock(call.desk, id, { staff_name, withScript: true });
      return said("Job locked successfully", lock);
    },
  }),
  endpoint({
    method: "POST",
    path: "jobs/{job_id}/extend",
    tag: "Locks",
    summary: "Keep a job (heartbeat)",
    auth: "workstation",
    body: held,
    status: 200,
    answer: z.object(UNTIL),
    refuses: { 403: ["no_lock"], 409: ["locked"] },
    run: async (call) => {
      const id = jobIdOf(call);
      const staff_name = await requireActiveStaff(call.body.staff_name);
      const key = call.body.lock_key ?? (await ownLockKey(call.desk, id)) ?? NONE;
      return said("Lock extended successfully", await extendLock(call.desk, id, key, staff_name));
    },
  }),
  endpoint({
    method: "POST",
    path: "jobs/{job_id}/unlock",
    tag: "Locks",
    summary: "Give a job back",
    about: "Does nothing when it is not held any more, or by somebody else.",
    auth: "workstation",
    body: held,
    status: 200,
    answer: z.object({ message: z.string() }),
    run: async (call) => {
      const id = jobIdOf(call);
      await requireActiveStaff(call.body.staff_name);
      await jobToDecide(id, "review");
      const key = call.body.lock_key ?? (await ownLockKey(call.desk, id));
      if (key) await releaseLock(call.desk, id, key);
      return { message: "Job unlocked successfully." };
    },
  }),
];

/** A key that nobody has. */
const NONE = "00000000-0000-0000-0000-000000000000";

function said(message: string, lock: { lock_key: string; locked_until: Date }) {
  return { message, lock_key: lock.lock_key, locked_until: lock.locked_until.toISOString() };
}
