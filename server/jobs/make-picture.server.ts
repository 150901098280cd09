/** The picture of a job's file, as an effect and as its handler. */
import pLimit from "p-limit";
import { Refusal } from "../errors";
import path from "node:path";
import { absolute, folderOf } from "../files/store.server";
import { log } from "../log.server";
import type { Effect } from "../outbox/effect";
import { announceLater } from "../outbox/enqueue.server";
import type { OutboxRow } from "../outbox/outbox.server";
import { callBack } from "../outbox/work.server";
import { makePicture } from "../parts/picture.server";
import { JobFile } from "./job.server";
import type { Status } from "./states";

/** Asks for the picture of a file with this content, once however many jobs have it. */
export function pictureEffect(jobId: string, sha256: string): Effect {
  return { kind: "picture", job_id: jobId, payload: { sha256 }, dedupe_key: `picture:${sha256}` };
}

/** Pictures are drawn one after the other; a few may wait inside, the rest is put aside and called back by whoever is done. */
const turns = pLimit(1);
const MOST_WAITING = 3;
/**
 * When a picture that was put aside comes back by itself; long before, it is called: by whoever is done, or by the sweep.
 * A pile of ten thousand that comes back every quarter of an hour is eleven a second to be sent away again.
 */
const ASIDE_SECONDS = 6 * 3600;

/**
 * The handler of `picture` rows: finds a job that has this file now, wherever it lies.
 * @throws Refusal when the storage refuses; `retryAfterSeconds` on the error when too many are waiting
 */
export async function makeJobPicture(row: OutboxRow): Promise<void | "overtaken"> {
  if (turns.pendingCount >= MOST_WAITING)
    throw Object.assign(new Error("Other pictures are being drawn."), { retryAfterSeconds: ASIDE_SECONDS });
  try {
    return await inTurn(row);
  } finally {
    await callNext().catch((err) => log.warn({ err }, "No picture could be called back"));
  }
}

/** Calls the picture back that waits longest. */
async function callNext(): Promise<void> {
  announceLater(await callBack("picture"));
}

/** Calls one back if none is being drawn here: whoever should have done so is gone. */
export async function callPictures(): Promise<void> {
  if (turns.activeCount + turns.pendingCount === 0) await callNext();
}

function inTurn(row: OutboxRow): Promise<void | "overtaken"> {
  const sha256 = row.payload.sha256 ?? "";
  return turns(async () => {
    const file = await JobFile.query()
      .join("jobs", "jobs.id", "job_files.job_id")
      .where("job_files.sha256", sha256)
      .orderBy("job_files.first_seen_at", "desc")
      .select("job_files.*", "jobs.status", "jobs.stem")
      .first();
    if (!file) return "overtaken";
    const { status, stem, name } = file as JobFile & { status: Status; stem: string };
    try {
      await makePicture(sha256, path.join(absolute(folderOf(status, stem)), name), name);
    } catch (error) {
      // The sentence of a refusal is for the person at the form; here it is the reason to try again.
      throw error instanceof Refusal ? new Error(error.message, { cause: error }) : error;
    }
  });
}
