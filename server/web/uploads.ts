/** Takes uploads off the wire before Remix sees the request, whose own parsing would halve the speed. */
import type { IncomingMessage } from "node:http";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { RequestHandler } from "express";
import type { Config } from "../config.server";
import { Crowd } from "../crowd";
import { Refusal } from "../errors";
import { discardStaged, receiveUpload, type ReceivedForm } from "../files/receive.server";
import { log } from "../log.server";
import { Timing } from "../timing";

/** Requests whose body is a form with a file. */
const UPLOAD_PATHS = new Set(["/submit", "/submit.data", "/api/v1/submit"]);

/**
 * Puts the received form on `res.locals.received`, and on `res.locals.timing` how long that took. Whatever the page does not keep is removed when the
 * answer has gone.
 */
export function receiveUploads(config: Config): RequestHandler {
  let underWay = 0;
  const crowd = new Crowd(2);
  const stagingDir = path.resolve(config.STORAGE_PATH, ".incoming");
  return async (req, res, next) => {
    if (req.method !== "POST" || !UPLOAD_PATHS.has(req.path.toLowerCase().replace(/\/+$/, ""))) return next();
    if (underWay >= config.UPLOADS_AT_ONCE) {
      await readAway(req, config);
      res.locals.received = refusedForm(crowd.sendAway("Too many uploads are arriving at this moment."));
      return next();
    }
    underWay++;
    const timing = new Timing();
    res.locals.timing = timing;
    let received: ReceivedForm | undefined;
    res.on("close", () => {
      if (received?.file) void discardStaged(received.file);
    });
    try {
      // Not the root: when the share is away, an upload must not land where it should be mounted.
      await mkdir(stagingDir).catch(() => undefined);
      received = await receiveUpload(req, {
        stagingDir,
        maxFileBytes: config.MAX_FILE_SIZE_MB * 1024 * 1024,
        timeoutMs: config.UPLOAD_TIMEOUT_SECONDS * 1000,
        idleMs: config.UPLOAD_IDLE_SECONDS * 1000,
      });
      if (received.refusal?.details.reason === "timeout") res.setHeader("Connection", "close");
      res.locals.received = received;
      // The sender may have gone while the last bytes were written.
      if (res.closed && received.file) void discardStaged(received.file);
    } catch (error) {
      if (!(error instanceof Refusal)) log.error({ err: error }, "An upload failed");
      res.locals.received = refusedForm(
        error instanceof Refusal
          ? error
          : new Refusal("unavailable", "The upload could not be taken. Please try again."),
      );
    } finally {
      underWay--;
      timing.ended("receive");
    }
    next();
  };
}

/** A body that is refused is read on up to this many times the largest file. */
const READ_ON = 4;

/**
 * Reads a refused body to its end before it is answered: else whoever closes the connection after one request, as many
 * proxies do, is cut while it still sends, and never reads the answer.
 */
function readAway(
  req: IncomingMessage,
  limits: Pick<Config, "MAX_FILE_SIZE_MB" | "UPLOAD_IDLE_SECONDS">,
): Promise<void> {
  return new Promise((resolve) => {
    let left = limits.MAX_FILE_SIZE_MB * 1024 * 1024 * READ_ON;
    const done = () => {
      clearTimeout(timer);
      req.off("data", count).off("end", done).off("close", done);
      req.resume();
      resolve();
    };
    const count = (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) done();
    };
    const timer = setTimeout(done, limits.UPLOAD_IDLE_SECONDS * 1000);
    req.on("data", count).on("end", done).on("close", done);
  });
}

function refusedForm(refusal: Refusal): ReceivedForm {
  return { fields: {}, file: null, refusal };
}
