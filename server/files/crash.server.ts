/**
 * Named points at which a test can pull the plug. `CRASH_AT=name` (or `crashAt`) kills the process there with
 * SIGKILL, the way a power cut would; without it, and always in production, nothing happens.
 */

/** Building a job's folder beside its place, the same for a new job and for a move. */
const FOLDER = [
  "folder:before",
  "folder:made",
  "folder:filled",
  "folder:before-fsync",
  "folder:before-rename",
  "folder:before-parent-fsync",
] as const;

/**
 * Every point, in the order in which it is passed, by what has become of the commit there: not asked for, sent
 * without an answer, done. The fault tests go through this table.
 */
export const CRASH_POINTS = {
  submission: {
    before: [
      "receive:mid-stream",
      "receive:before-fsync",
      "receive:after-hash",
      ...FOLDER,
      "submit:after-rename",
      "submit:before-commit",
    ],
    sent: ["submit:commit-sent"],
    after: ["submit:after-commit", "submit:before-wake-up"],
  },
  transition: {
    before: [
      "advance:before-intent",
      "advance:decided",
      ...FOLDER.slice(0, 2),
      "move:mid-copy",
      ...FOLDER.slice(2),
      "advance:before-update",
      "advance:before-commit",
    ],
    sent: ["advance:commit-sent"],
    after: [
      "advance:after-commit",
      "move:before-source-delete",
      "move:mid-source-delete",
      "move:before-metadata-delete",
      "move:before-source-folder-delete",
      "advance:before-wake-up",
    ],
  },
  deletion: {
    before: ["delete:before-mark", "delete:marked", "delete:before-commit"],
    sent: ["delete:commit-sent"],
    after: ["delete:after-commit", "remove:set-aside", "remove:half-done"],
  },
  pruning: {
    before: ["prune:before-mark", "prune:marked", "prune:before-commit"],
    sent: ["prune:commit-sent"],
    after: ["prune:after-commit", "remove:set-aside", "remove:half-done"],
  },
  audit: { before: [], sent: [], after: ["audit:some-jobs"] },
  rotation: { before: ["rotate:exported", "rotate:deleted"], sent: [], after: [] },
  backup: {
    before: ["backup:dumped", "backup:half-the-files", "backup:before-manifest"],
    sent: [],
    after: ["backup:before-pruning"],
  },
} as const;

type Table = typeof CRASH_POINTS;
export type CrashPoint = Table[keyof Table][keyof Table["submission"]][number];

const production = process.env.APP_ENV === "production";
let target = production ? undefined : process.env.CRASH_AT;

/** Tests only: the point at which this process dies. */
export function crashAt(name: CrashPoint | undefined): void {
  target = production ? undefined : name;
}

/** Dies here when the test asked for it. */
export function crashPoint(name: CrashPoint): void {
  if (target === name) process.kill(process.pid, "SIGKILL");
}

/**
 * Dies a moment later: when what the caller is about to send has left the house and no answer has been read. (Everything
 * that is only waiting for a promise runs before the next turn of the loop.)
 */
export function crashOnceSent(name: CrashPoint): void {
  if (target === name) setImmediate(() => process.kill(process.pid, "SIGKILL"));
}
