/** One line per request: id, method, path, status, duration, workstation. No query, no body, no cookie. Also counts it. */
import { randomUUID } from "node:crypto";
import type { RequestHandler } from "express";
import { log } from "../log.server";
import { countRequest } from "../metrics.server";
import { type RequestFacts, withRequest } from "../request-context.server";

/** Secrets in paths: what comes after these is not written down. */
const SECRET_PATHS = /^\/+((?:api\/+v1\/+)?(?:confirm|track))\/+[^/]+/i;
/** Methods that are counted by their name; anything else is one. */
const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * @param nameOf the pattern of an address's route
 */
export function requestLog(nameOf: (path: string) => string): RequestHandler {
  return (req, res, next) => {
    const facts: RequestFacts = { request: randomUUID() };
    const start = process.hrtime.bigint();
    // As it arrived: a refused request is shown another page.
    const { method, path: asked } = req;
    res.locals.requestId = facts.request;
    res.setHeader("X-Request-Id", facts.request);
    res.on("close", () => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      const line = {
        request: facts.request,
        method,
        path: asked.replace(SECRET_PATHS, "/$1/[hidden]").slice(0, 300),
        status: res.statusCode,
        ms: Math.round(seconds * 10_000) / 10,
        workstation: facts.workstation,
      };
      // A visitor who went away has no answer whose time could be told.
      if (!res.writableFinished) log.info({ ...line, aborted: true }, "request");
      else {
        const name = METHODS.has(method) ? method : "OTHER";
        countRequest(`${name} ${facts.route ?? nameOf(asked)}`, res.statusCode, seconds);
        if (res.statusCode >= 500) log.error(line, "request");
        else log.info(line, "request");
      }
    });
    if (method === "GET" || method === "HEAD") facts.read = new Map();
    withRequest(facts, next);
  };
}
