/**
 * The timetable: what the night shift does without anyone pressing, and when. One table; the leader copies it into
 * the database, where "Chores" among the administrator's pages shows it with each last run and the next.
 */
import cron, { type ScheduledTask } from "node-cron";
import { startAuditByTheSystem } from "@server/audit/start-audit.server";
import { backupChore } from "@server/backup/backup-chore.server";
import { config } from "@server/config.server";
import { type Actor, SYSTEM } from "@server/events/append.server";
import { describeCheck } from "@server/events/chain";
import { rotateEvents } from "@server/retention/rotate-events.server";
import { verifyLog } from "@server/events/verify.server";
import { beat } from "@server/health/heartbeat.server";
import { sampleWorker, tidySamples } from "@server/health/sample.server";
import { tidyRecords } from "@server/health/tidy.server";
import { addUpCounts } from "@server/jobs/list.server";
import { expireConfirmations } from "@server/jobs/expire.server";
import { remindToCollect, remindToConfirm } from "@server/jobs/remind.server";
import { sweepIfNeeded, sweepStorage, type Swept } from "@server/jobs/sweep.server";
import { log } from "@server/log.server";
import { archiveJobs } from "@server/retention/archive-jobs.server";
import type { RetentionDone } from "@server/retention/each-job.server";
import { pruneJobs } from "@server/retention/prune-jobs.server";
import { settings } from "@server/settings/settings.server";
import type { Chore } from "./chore";
import { Leader } from "./leader";
import { rollUp } from "@server/reports/analytics/roll-up.server";
import { sweepOutboxTask } from "./tasks/sweep-outbox";

/** A row per chore. */
export function timetable(): Chore[] {
  return [
    {
      name: "heartbeat",
      title: "Heartbeat",
      about: "Tells that this worker is alive.",
      when: "*/10 * * * * *",
      everywhere: true,
      run: () => beat("worker"),
    },
    {
      name: "metrics-samples",
      title: "Measures",
      about: "Writes down how database, queue, mail, storage and machine are doing.",
      when: config().METRICS_CRON,
      everywhere: true,
      run: sampleWorker,
    },
    {
      name: "outbox-sweep",
      title: "Outbox sweep",
      about:
        "Sees that every letter and every other effect that is due is done, also while the queue is away.",
      when: config().OUTBOX_SWEEP_CRON,
      run: sweepOutboxTask,
    },
    {
      name: "expired-confirmations",
      title: "Expired confirmations",
      about: "Flags requests whose confirmation link ran out unanswered.",
      when: "*/5 * * * *",
      run: async () => counted(await expireConfirmations(), "link expired", "links expired"),
    },
    {
      name: "confirm-reminders",
      title: "Reminders to confirm",
      about: "Writes to students whose confirmation link runs out soon, once for each link.",
      when: "25 * * * *",
      run: async () => counted(await remindToConfirm(), "letter", "letters"),
    },
    {
      name: "pickup-reminders",
      title: "Reminders to collect",
      about: "Writes to students whose finished print has been waiting for the lab's days.",
      when: "30 9 * * *",
      run: async () => counted(await remindToCollect(), "letter", "letters"),
    },
    {
      name: "kept-counts",
      title: "Kept counts",
      about: "Adds up the counts that the list's tabs show.",
      when: "*/10 * * * *",
      run: addUpCounts,
    },
    {
      name: "report-sums",
      title: "Sums of closed days",
      about: "Adds up the days that are over, so that the analytics read them at once.",
      when: "*/10 * * * *",
      run: async () => {
        await rollUp();
      },
    },
    {
      name: "storage-glance",
      title: "Storage glance",
      about: "Looks for folders that a process killed at work has left, and has them put right.",
      when: "*/1 * * * *",
      run: async () => swept(await sweepIfNeeded()),
    },
    {
      name: "storage-sweep",
      title: "Storage sweep",
      about: "Compares every folder with the database and puts right what a crash has left; old uploads go.",
      when: "17 * * * *",
      run: async () => swept(await sweepStorage()),
    },
    {
      name: "tidy-records",
      title: "Tidy records",
      about: "Forgets form keys, counters, sessions and old runs of chores that have served their time.",
      when: "41 3 * * *",
      run: tidyRecords,
    },
    {
      name: "tidy-samples",
      title: "Tidy measures",
      about: "Forgets measures that are older than the lab keeps them.",
      when: "47 3 * * *",
      run: tidySamples,
    },
    {
      name: "archive",
      title: "Filing away",
      about: "Files finished jobs away that are old enough, where the settings say so.",
      when: "20 3 * * *",
      run: () => retain("archive_automatically", archiveJobs),
    },
    {
      name: "prune",
      title: "Pruning",
      about: "Prunes jobs that were filed away long enough ago, where the settings say so.",
      when: "35 3 * * *",
      run: () => retain("prune_automatically", pruneJobs),
    },
    {
      name: "backup",
      title: "Backup",
      about:
        "Saves database and storage in one set, keeps 14 daily, 8 weekly and 12 monthly ones, and mails the result.",
      when: config().BACKUP_CRON,
      off: config().BACKUP_PATH
        ? undefined
        : "Set BACKUP_PATH to a folder on another disk or machine to have it run.",
      run: (run) => backupChore(run),
    },
    {
      name: "restore-drill",
      title: "Restore drill",
      about:
        "Brings the newest backup back into a throwaway database and compares everything: npm run restore:drill, four times a year.",
      when: null,
      run: async () => "Run npm run restore:drill.",
    },
    {
      name: "event-rotation",
      title: "Rotation of the log",
      about:
        "Moves events that are old enough for their class into dated files; the chain keeps its anchors.",
      when: "10 4 * * *",
      run: async () => {
        const files = await rotateEvents();
        const events = files.reduce((sum, file) => sum + file.events, 0);
        return { result: counted(events, "event", "events") ?? "Nothing is old enough.", facts: { files } };
      },
    },
    {
      name: "log-check",
      title: "Check of the log",
      about: "Walks the whole chain of events and reads every export again.",
      when: "30 4 * * *",
      run: checkLog,
    },
    {
      name: "integrity-audit",
      title: "Integrity audit",
      about: "Starts an audit of the whole storage; its report stands under Health.",
      when: "0 5 * * 0",
      run: async () => {
        await startAuditByTheSystem();
        return "Started; its report stands under Health.";
      },
    },
  ];
}

/** A log that is not whole is a failed chore: nobody must overlook it. */
async function checkLog() {
  const check = await verifyLog();
  const facts = { ...check };
  if (check.gap || check.exports.length) throw Object.assign(new Error(describeCheck(check)), { facts });
  return { result: describeCheck(check), facts };
}

/** Everything that is due, in pieces, as long as there is headway; nothing unless the lab wants it done by night. */
async function retain(
  wanted: "archive_automatically" | "prune_automatically",
  work: (actor: Actor) => Promise<RetentionDone>,
): Promise<string> {
  if (!(await settings())[wanted]) return "Switched off in the settings.";
  for (let sum = 0, refused = 0; ;) {
    const { jobs, left } = await work(SYSTEM);
    const done = jobs.filter(({ outcome }) => outcome === "done").length;
    sum += done;
    refused = jobs.length - done;
    if (left === 0 || done === 0)
      return `${counted(sum, "job", "jobs") ?? "Nothing was due."}${refused ? `, ${refused} refused` : ""}`;
  }
}

const counted = (n: number, one: string, many: string) => (n ? `${n} ${n === 1 ? one : many}` : undefined);

function swept(done: Swept | null): string | undefined {
  if (!done) return undefined;
  const put = done.half_built + done.second_copies + done.put_back + done.undecided;
  const parts = [
    put ? counted(put, "folder put right", "folders put right") : "",
    done.left ? `${done.left} left for the next sweep` : "",
    done.unexplained.length ? `${done.unexplained.length} that nobody explains: run an integrity audit` : "",
  ].filter(Boolean);
  return parts.join(", ") || undefined;
}

/** What keeps the timetable until it is stopped. */
export interface Timetable {
  leader: Leader;
  stop(): Promise<void>;
}

/** Starts the timetable. A chore that fails is logged and comes again; one that runs long is not started twice. */
export function startTimetable(): Timetable {
  const leader = new Leader(async () => ({
    chores: timetable(),
    time_zone: (await settings()).time_zone,
  }));
  const tasks: ScheduledTask[] = timetable()
    .filter((chore) => chore.everywhere && chore.when)
    .map((chore) =>
      cron.schedule(
        chore.when!,
        async () => {
          await (chore.run as () => Promise<unknown>)().catch((err) =>
            log.error({ err, chore: chore.name }, "A chore failed"),
          );
        },
        { noOverlap: true },
      ),
    );
  tasks.push(
    cron.schedule("* * * * * *", () => leader.tick(), { noOverlap: true, suppressMissedWarning: true }),
  );
  return {
    leader,
    async stop() {
      for (const task of tasks) await task.stop();
      await leader.stop();
    },
  };
}
