/**
 * Reads an uploaded model before anything is promised: a broken or hostile file is refused here, in a thread
 * with limits, and what the file tells is kept for everyone who sends the same bytes.
 */
import os from "node:os";
import pLimit from "p-limit";
import { Crowd } from "../crowd";
import type { StagedFile } from "../files/receive.server";
import { log } from "../log.server";
import { refuseFile } from "../mesh/mesh";
import type { MeshReport } from "../mesh/report";
import { ThreadError } from "../mesh/thread.server";
import { measureInThread } from "../mesh/thumbnail.server";
import { findPart } from "./part.server";

/** A model that takes longer than this on a busy machine is too detailed to be printed anyway. */
const LIMITS = { milliseconds: 30_000, growthMb: 768 };
/** Pages must go on while models are read: one processor stays free for them. */
const turns = pLimit(Math.max(1, os.availableParallelism() - 1));
/** Longer queues than this are no service; the student is told when to come back. */
const MOST_WAITING = 40;
const crowd = new Crowd(2);
/** How often each of the models in the queue is being handed in at this moment. */
const places = new Map<string, number>();
/** What is being measured: the same bytes, sent several times at once, are measured once. */
const underWay = new Map<string, Promise<MeshReport>>();

/**
 * Keeps a place in the queue of models to be examined; equal models share one. Asked for before anything is counted
 * against the student: whoever is sent away for our sake must be able to come back.
 * @returns gives the place back; call it once, whatever happens
 * @throws Refusal `unavailable` (reason `busy`) with `retryAfterSeconds`
 */
export function keepPlace(sha256: string): () => void {
  const others = places.get(sha256) ?? 0;
  if (others === 0 && places.size > MOST_WAITING)
    throw crowd.sendAway("Many models are being checked at this moment.");
  places.set(sha256, others + 1);
  return () => {
    const left = places.get(sha256)! - 1;
    if (left === 0) places.delete(sha256);
    else places.set(sha256, left);
  };
}

/**
 * @returns the report; null when our own reader failed, which must not cost the student the request
 * @throws Refusal `invalid` on the field `file` with what is wrong
 */
export async function examineUpload(file: StagedFile): Promise<MeshReport | null> {
  const known = await findPart(file.sha256);
  if (known?.report) return known.report;
  try {
    // Whoever sent it first may have gone, and the file with them: then it is read from this one.
    const others = await underWay.get(file.sha256)?.catch(() => null);
    if (others) return others;
    const mine = turns(() => measureInThread(file.path, LIMITS));
    underWay.set(file.sha256, mine);
    return await mine.finally(() => {
      if (underWay.get(file.sha256) === mine) underWay.delete(file.sha256);
    });
  } catch (error) {
    if (!(error instanceof ThreadError)) throw error;
    if (error.reason !== "crash")
      throw refuseFile(
        error.reason === "timeout" ? "too_slow" : "too_detailed",
        "The model is too detailed to be read here. Reduce its detail (“decimate” or a coarser export) and choose the new file.",
      );
    log.error({ err: error, sha256: file.sha256 }, "A model could not be measured; it was taken in without");
    return null;
  }
}
