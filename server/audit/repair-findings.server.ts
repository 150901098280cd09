/** Repairs as the report offers them: one finding, or all that a repair fits. */
import { isDatabaseAway, Refusal } from "../errors";
import type { Desk } from "../jobs/lock.server";
import { acceptChangedFile } from "./accept-file.server";
import { Audit, AuditFinding } from "./audit.server";
import { deleteOrphanedFile } from "./delete-orphaned-file.server";
import { deleteStaleFile } from "./delete-stale-file.server";
import { repairInBulk, type RepairName, repairsFor } from "./kinds";
import { repairLocation } from "./repair-location.server";
import { repairMetadata } from "./repair-metadata.server";
import type { Repaired, RepairInput } from "./repair.server";
import { restoreJob } from "./restore-job.server";

type Verb = (desk: Desk, input: RepairInput, finding: AuditFinding) => Promise<Repaired>;

const VERBS: Record<RepairName, Verb> = {
  "delete-orphaned": (desk, input, { path }) => deleteOrphanedFile(desk, { ...input, file_path: path }),
  "restore-job": (desk, input, { path }) => restoreJob(desk, { ...input, file_path: path }),
  "delete-stale": (desk, input, { path }) => deleteStaleFile(desk, { ...input, file_path: path }),
  "accept-file": (desk, input, { path }) => acceptChangedFile(desk, { ...input, file_path: path }),
  "repair-location": (desk, input, { job_id }) => repairLocation(desk, { ...input, job_id: job_id! }),
  "repair-metadata": (desk, input, { job_id }) => repairMetadata(desk, { ...input, job_id: job_id! }),
};

/** How many findings one press repairs; the page says how many are left. */
export const MOST_AT_ONCE = 100;

/** What became of one of several. */
export interface RepairedItem extends Omit<Repaired, "outcome"> {
  outcome: Repaired["outcome"] | "refused";
}

/**
 * Repairs one finding.
 * @throws Refusal `not_found`; `forbidden` when the finding does not offer this repair; and as the repair itself
 */
export async function repairFinding(
  desk: Desk,
  input: RepairInput & { finding_id: string; how: RepairName },
): Promise<Repaired> {
  const finding = await AuditFinding.query().findById(input.finding_id);
  if (!finding?.confirmed_at) throw new Refusal("not_found", "The audit's report has no such finding.");
  if (!repairsFor(finding).includes(input.how))
    throw new Refusal("forbidden", "This finding cannot be repaired that way.", { reason: "not_offered" });
  return VERBS[input.how](desk, input, finding);
}

/** The open findings of the last finished audit that a repair may be done for at once. */
export async function findingsFor(how: RepairName): Promise<AuditFinding[]> {
  const audit = await Audit.query().where("state", "done").orderBy("finished_at", "desc").first();
  if (!audit) return [];
  const open = await AuditFinding.query()
    .where({ audit_id: audit.id })
    .whereNull("resolved_at")
    .orderBy(["kind", "path"])
    .limit(20_000);
  return open.filter((finding) => repairInBulk(how, finding));
}

/**
 * Repairs all findings of the last audit that a repair fits, at most `MOST_AT_ONCE`. Each is looked at again and
 * repaired by itself; a refusal of one does not keep the others.
 * @returns what became of each, and how many are left for another press
 * @throws Refusal `invalid` on `staff_name`
 */
export async function repairAll(
  desk: Desk,
  input: RepairInput & { how: RepairName },
): Promise<{ results: RepairedItem[]; left: number }> {
  const fitting = await findingsFor(input.how);
  const results: RepairedItem[] = [];
  for (const finding of fitting.slice(0, MOST_AT_ONCE)) {
    try {
      results.push(await VERBS[input.how](desk, input, finding));
    } catch (error) {
      if (!(error instanceof Refusal) || isDatabaseAway(error) || error.details.fields?.staff_name)
        throw error;
      results.push({ outcome: "refused", path: finding.path, message: `${finding.path}: ${error.message}` });
    }
  }
  return { results, left: Math.max(0, fitting.length - MOST_AT_ONCE) };
}
