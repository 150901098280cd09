/** One line per request: id, method, path, status, duration. No query, no body, no cookie. */
import { randomUUID } from "node:crypto";
import type { RequestHandler } from "express";
import { log } from "../log.server";

/** Secrets in paths: what comes after these is not written down. */
const SECRET_PATHS = /^\/+((?:api\/+v1\/+)?(?:confirm|track))\/+[^/]+/i;

export const requestLog: RequestHandler = (req, res, next) => {
  const id = randomUUID();
  const start = process.hrtime.bigint();
  // As it arrived: a refused request is shown another page.
  const { method } = req;
  const path = req.path.replace(SECRET_PATHS, "/$1/[hidden]");
  res.locals.requestId = id;
  res.setHeader("X-Request-Id", id);
  res.on("close", () => {
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    const line = { request: id, method, path, status: res.statusCode, ms: Math.round(ms * 10) / 10 };
    if (!res.writableFinished) log.info({ ...line, aborted: true }, "request");
    else if (res.statusCode >= 500) log.error(line, "request");
    else log.info(line, "request");
  });
  next();
};
