/** The night shift: starts with putting the storage right, then listens to the queue and keeps the timetable. */
import { setTimeout as sleep } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import { closeDb } from "@server/db.server";
import { beat } from "@server/health/heartbeat.server";
import { sweepStorage } from "@server/jobs/sweep.server";
import { log } from "@server/log.server";
import { closeTransport } from "@server/mail/transport.server";
import { listenForQueue } from "./queues";
import { startTimetable } from "./schedule";
import { stepBack } from "./step-back";
import { sweepOutboxTask } from "./tasks/sweep-outbox";

async function start(): Promise<void> {
  stepBack();
  await putRight();
  const server = await listenForQueue();
  const timetable = startTimetable();
  await beat("worker");
  log.info("The worker is on duty");
  void sweepOutboxTask().catch((err) => log.error({ err }, "The first outbox sweep failed"));

  closeWithGrace({ delay: 8_000, logger: false }, async ({ err }) => {
    if (err) log.fatal({ err }, "The worker ends");
    await timetable.stop();
    await new Promise((resolve) => server.close(resolve));
    closeTransport();
    await closeDb();
  });
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
}

/** How often the start looks again, a second apart, while a killed process's last connection is still closing. */
const TRIES = 8;

/** Start is recovery: puts the storage right before anything else. The hourly sweep does what remains. */
async function putRight(): Promise<void> {
  for (let n = 0; n < TRIES; n++) {
    try {
      const { left } = await sweepStorage();
      if (left === 0) return;
    } catch (err) {
      log.error({ err }, "The storage sweep failed; it will be tried again");
    }
    await sleep(1_000);
  }
}

start().catch((err) => {
  log.fatal({ err }, "The worker could not start");
  process.exit(1);
});
