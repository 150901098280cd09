import { callPictures } from "@server/jobs/make-picture.server";
import { announce } from "@server/outbox/enqueue.server";
import { sweepOutbox } from "@server/outbox/work.server";
import { HANDLERS } from "../queues";

/** Sees that every due effect is worked off, with or without the queue. */
export async function sweepOutboxTask(): Promise<void> {
  await callPictures();
  await sweepOutbox(HANDLERS, announce);
}
