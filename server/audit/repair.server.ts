/**
 * What all repairs share. Promises: only what an audit reported is repaired; it is looked at once more right
 * before, alone with the files; what is not so any more is told and marked resolved, and nothing is changed;
 * repair, event and mark are one.
 */
import { raw } from "objection";
import type { Trx } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { storedSegments } from "../files/set-aside.server";
import type { Desk } from "../jobs/lock.server";
import { log } from "../log.server";
import { requireActiveStaff } from "../staff/staff.server";
import { AuditFinding } from "./audit.server";
import type { Kind, Suspect } from "./kinds";
import { alone, BUSY, lookAgain } from "./look-again.server";

/** Who repairs, and why; the API does not ask for a reason, the pages do where something is lost. */
export interface RepairInput {
  staff_name: string;
  reason?: string;
}

/** What became of a repair: done, or not needed any more. */
export interface Repaired {
  outcome: "done" | "gone";
  path: string;
  /** For people. */
  message: string;
}

/** What a repair does to one finding. */
export interface Work {
  /** What stands in the report afterwards: "deleted", "moved to Pending/…". */
  how: string;
  event: { type: string; job_id?: string | null; details: Record<string, unknown> };
  /** Takes back what was done on the disk, when the transaction fails. */
  undo?: () => Promise<void>;
  /** What remains to be done after the commit. */
  after?: () => Promise<void>;
  /** The finding is not over: a part of it remains. */
  partly?: boolean;
  /** Everything about the place of the job's folder is over with it. */
  wholePlace?: boolean;
}

/**
 * Repairs one finding.
 * @param work is called with what is there now; it may refuse, and then nothing has changed
 * @throws Refusal `conflict` (reason `busy`) while somebody moves these files; `invalid` on `staff_name`; and
 * whatever `work` throws
 */
export async function repair(
  desk: Desk,
  input: RepairInput,
  finding: AuditFinding,
  work: (now: Suspect, trx: Trx) => Promise<Work>,
): Promise<Repaired> {
  const name = await requireActiveStaff(input.staff_name);
  const { path } = finding;
  if (finding.resolved_at) return { outcome: "gone", path, message: alreadyDone(finding) };
  let did: Work | undefined;
  try {
    const result = await alone(finding, 20, async (trx): Promise<Repaired | typeof BUSY> => {
      const now = await lookAgain(trx, finding);
      if (now === BUSY) return BUSY;
      if (!now) {
        await resolve(trx, finding, name, "not so any more");
        return {
          outcome: "gone",
          path,
          message: `${path}: the problem is gone already. Nothing was changed.`,
        };
      }
      did = await work(now, trx);
      await appendEvent(
        trx,
        { name, workstation_id: desk.workstation_id },
        {
          ...did.event,
          details: {
            ...did.event.details,
            audit_id: finding.audit_id,
            ...(input.reason && { reason: input.reason }),
          },
        },
      );
      if (!did.partly) await resolve(trx, finding, name, did.how);
      if (did.wholePlace && finding.job_id) await resolvePlace(trx, finding.job_id, name, did.how);
      return { outcome: "done", path, message: `${path}: ${did.how}.` };
    });
    if (result === BUSY)
      throw new Refusal(
        "conflict",
        "Somebody is changing this job at this moment, so nothing was done. Try again.",
        { reason: "busy" },
      );
    await did?.after?.().catch((err) => log.warn({ err, path }, "A repair left something for the sweep"));
    return result;
  } catch (error) {
    await did?.undo?.().catch((err) => log.error({ err, path }, "A repair could not be taken back"));
    throw error;
  }
}

/** The same finding may stand in several reports. */
async function resolve(trx: Trx, finding: AuditFinding, by: string, how: string): Promise<void> {
  await AuditFinding.query(trx)
    .where({ kind: finding.kind, path: finding.path })
    .whereNull("resolved_at")
    .patch({ resolved_at: raw("now()"), resolved_by: by, resolved_how: how });
}

async function resolvePlace(trx: Trx, job_id: string, by: string, how: string): Promise<void> {
  await AuditFinding.query(trx)
    .where({ job_id })
    .whereRaw("(details->>'elsewhere' IS NOT NULL OR details @> '{\"only_copy\": true}')")
    .whereNull("resolved_at")
    .patch({ resolved_at: raw("now()"), resolved_by: by, resolved_how: how });
}

function alreadyDone({ path, resolved_by, resolved_how }: AuditFinding): string {
  return `${path}: ${resolved_by} has seen to this already (${resolved_how}). Nothing was changed.`;
}

/**
 * The newest finding of a kind about a path, or about the folder around it.
 * @throws Refusal `invalid` for a path that cannot be one of ours; `not_found` when no audit reported it
 */
export async function reportedPath(kind: Kind, filePath: string): Promise<AuditFinding> {
  const segments = storedSegments(filePath);
  const around = segments.map((_, n) => segments.slice(0, n + 1).join("/")).slice(1);
  return required(
    await AuditFinding.query()
      .where({ kind })
      .whereIn("path", around)
      .whereNotNull("confirmed_at")
      .orderByRaw("resolved_at IS NULL DESC, found_at DESC, length(path) DESC")
      .first(),
    filePath,
  );
}

/**
 * The newest finding about a job that fits.
 * @throws Refusal `not_found` when no audit reported one
 */
export async function reportedJob(
  jobId: string,
  fits: (finding: AuditFinding) => boolean,
): Promise<AuditFinding> {
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(jobId);
  const findings = uuid
    ? await AuditFinding.query()
        .where({ job_id: jobId })
        .whereNotNull("confirmed_at")
        .orderByRaw("resolved_at IS NULL DESC, found_at DESC")
        .limit(100)
    : [];
  return required(findings.find(fits), `job ${jobId}`);
}

function required(finding: AuditFinding | undefined, what: string): AuditFinding {
  if (finding) return finding;
  throw new Refusal(
    "not_found",
    `No audit has reported this about ${what.slice(0, 300)}. Run an audit, then repair what it finds.`,
    { reason: "not_reported" },
  );
}
