import path from "node:path";
import type { ChoreRun, Outcome } from "../chores/chore.server";
import { reportRun } from "../chores/report-letter.server";
import { config } from "../config.server";
import { makeBackup, outcomeOf } from "./backup.server";

/** Where backups go: the configured folder, else one that at least survives a mistake. */
export function backupFolder(): string {
  return config().BACKUP_PATH ?? path.join(config().DATA_DIR, "backups");
}

/** The chore: one backup, and a letter about it, however it ended. */
export async function backupChore(run: ChoreRun, options?: { read_all?: boolean }): Promise<Outcome> {
  try {
    return outcomeOf(await makeBackup(backupFolder(), options));
  } finally {
    await reportRun(run);
  }
}
