/**
 * Reads an uploaded model before anything is promised: a broken or hostile file is refused here, in a thread
 * with limits, and what the file tells is kept for everyone who sends the same bytes.
 */
import os from "node:os";
import pLimit from "p-limit";
import { Refusal } from "../errors";
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

/**
 * @returns the report; null when our own reader failed, which must not cost the student the request
 * @throws Refusal `invalid` on the field `file` with what is wrong; `unavailable` when too many are waiting
 */
export async function examineUpload(file: StagedFile): Promise<MeshReport | null> {
  const known = await findPart(file.sha256);
  if (known?.report) return known.report;
  if (turns.pendingCount >= MOST_WAITING)
    throw new Refusal(
      "unavailable",
      "Many models are being checked at this moment. Please send the form again in a minute.",
      { reason: "busy", retryAfterSeconds: 30 },
    );
  try {
    return await turns(() => measureInThread(file.path, LIMITS));
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
