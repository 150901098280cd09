/** The night shift: starts with putting the storage right, then listens to the queue and keeps the timetable. */
import closeWithGrace from "close-with-grace";
import { closeDb } from "@server/db.server";
import { beat } from "@server/health/heartbeat.server";
import { sweepStorage } from "@server/jobs/sweep.server";
import { log } from "@server/log.server";
import { closeTransport } from "@server/mail/transport.server";
import { listenForQueue } from "./queues";
import { startTimetable } from "./schedule";
import { sweepOutboxTask } from "./tasks/sweep-outbox";

async function start(): Promise<void> {
  await sweepStorage().catch((err) => log.error({ err }, "The storage sweep failed; it will be tried again"));
  const server = await listenForQueue();
  const chores = startTimetable();
  await beat("worker");
  log.info("The worker is on duty");
  void sweepOutboxTask().catch((err) => log.error({ err }, "The first outbox sweep failed"));

  closeWithGrace({ delay: 8_000, logger: false }, async ({ err }) => {
    if (err) log.fatal({ err }, "The worker ends");
    for (const chore of chores) await chore.stop();
    await new Promise((resolve) => server.close(resolve));
    closeTransport();
    await closeDb();
  });
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
}

start().catch((err) => {
  log.fatal({ err }, "The worker could not start");
  process.exit(1);
});
