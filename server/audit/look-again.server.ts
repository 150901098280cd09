/** The second look: one finding, alone with the files of its job. Before it is reported, and before it is repaired. */
import { setTimeout as sleep } from "node:timers/promises";
import { config } from "../config.server";
import { inTransaction, type Trx } from "../db.server";
import { tryHoldFiles } from "../jobs/guard.server";
import { Job, JobFile } from "../jobs/job.server";
import { STATUS, STATUSES } from "../jobs/states";
import type { Suspect } from "./kinds";
import { lookAtEntries, lookAtJob } from "./look.server";

type Pointer = Pick<Suspect, "kind" | "path" | "job_id">;

/** Somebody is moving these files at this moment. */
export const BUSY = Symbol("busy");

/**
 * Seconds between a suspicion and the second look, and after a move before the old folder counts as left behind:
 * between its commit and the emptying of the old folder a move holds nothing for a moment.
 */
export const settleSeconds = () => config().AUDIT_SETTLE_SECONDS;

/**
 * Holds the files that a finding is about, as a move does, and works in one transaction.
 * @param tries how often to ask, a tenth of a second apart
 * @returns what the work returns, or `BUSY` when somebody else kept holding them
 */
export async function alone<T>(
  finding: Pointer,
  tries: number,
  work: (trx: Trx) => Promise<T>,
): Promise<T | typeof BUSY> {
  for (let n = 0; ; n++) {
    const result = await inTransaction(async (trx): Promise<T | typeof BUSY> => {
      if (!(await tryHoldFiles(trx, finding.job_id ?? `path ${finding.path}`))) return BUSY;
      return work(trx);
    });
    if (result !== BUSY || n + 1 >= tries) return result;
    await sleep(100);
  }
}

/** Is it still so? What is there now, null, or `BUSY` when its job has only just been moved. The caller holds the files. */
export async function lookAgain(trx: Trx, finding: Pointer): Promise<Suspect | null | typeof BUSY> {
  const same = (suspect: Suspect) => suspect.kind === finding.kind && suspect.path === finding.path;
  if (finding.kind === "orphaned_file" || finding.kind === "stale_file") {
    const [folder, name] = finding.path.split("/");
    const status = STATUSES.find((s) => STATUS[s].folder === folder);
    if (!status || !name) return null;
    if (finding.kind === "stale_file" && finding.job_id && (await justMoved(trx, finding.job_id)))
      return BUSY;
    return (await lookAtEntries(status, [name], trx)).find(same) ?? null;
  }
  const job = finding.job_id ? await Job.query(trx).findById(finding.job_id).forUpdate() : undefined;
  if (!job) return null;
  const files = await JobFile.query(trx).where("job_id", job.id);
  return (await lookAtJob(job, files, finding.path)).find(same) ?? null;
}

async function justMoved(trx: Trx, jobId: string): Promise<boolean> {
  const row = await trx("jobs")
    .where({ id: jobId })
    .whereRaw("status_since > clock_timestamp() - make_interval(secs => ?)", [settleSeconds()])
    .first("id");
  return row !== undefined;
}
