/** The timetable: what the night shift does without anyone pressing, and when. */
import cron, { type ScheduledTask } from "node-cron";
import { config } from "@server/config.server";
import { beat } from "@server/health/heartbeat.server";
import { tidyRecords } from "@server/health/tidy.server";
import { addUpCounts } from "@server/jobs/list.server";
import { expireConfirmations } from "@server/jobs/expire.server";
import { sweepIfNeeded, sweepStorage } from "@server/jobs/sweep.server";
import { log } from "@server/log.server";
import { rollUp } from "@server/reports/analytics/roll-up.server";
import { sweepOutboxTask } from "./tasks/sweep-outbox";

interface Chore {
  name: string;
  /** Cron expression, with seconds where there are six fields. */
  when: string;
  run: () => Promise<unknown>;
}

/** A row per chore. */
export function timetable(): Chore[] {
  return [
    { name: "heartbeat", when: "*/10 * * * * *", run: () => beat("worker") },
    { name: "outbox sweep", when: config().OUTBOX_SWEEP_CRON, run: sweepOutboxTask },
    { name: "expired confirmations", when: "*/5 * * * *", run: expireConfirmations },
    { name: "kept counts", when: "*/10 * * * *", run: addUpCounts },
    { name: "report sums", when: "*/10 * * * *", run: rollUp },
    { name: "tidy records", when: "41 3 * * *", run: tidyRecords },
    { name: "storage glance", when: "*/1 * * * *", run: sweepIfNeeded },
    { name: "storage sweep", when: "17 * * * *", run: sweepStorage },
  ];
}

/** Starts the timetable. A chore that fails is logged and comes again; one that runs long is not started twice. */
export function startTimetable(): ScheduledTask[] {
  return timetable().map(({ name, when, run }) => {
    let running = false;
    return cron.schedule(when, async () => {
      if (running) return;
      running = true;
      try {
        await run();
      } catch (err) {
        log.error({ err, chore: name }, "A chore failed");
      } finally {
        running = false;
      }
    });
  });
}
