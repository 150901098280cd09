/** While the database is away, every kind of answer says so: 503, and when to come back. */
import type { RequestHandler } from "express";

/** Seconds after which a visitor may try again. */
const COME_BACK_SECONDS = 10;

/** Turns the failed answer of a request whose load context says `unavailable` into an honest 503. */
export const honestUnavailable: RequestHandler = (_req, res, next) => {
  const writeHead = res.writeHead.bind(res) as (status: number, ...rest: unknown[]) => typeof res;
  res.writeHead = ((status: number, ...rest: unknown[]) => {
    if (status < 500 || !res.locals.context?.unavailable) return writeHead(status, ...rest);
    if (!res.headersSent) res.setHeader("Retry-After", String(COME_BACK_SECONDS));
    res.statusMessage = "";
    return writeHead(503, ...rest);
  }) as typeof res.writeHead;
  next();
};
