/** Limits on size and time of what clients send, so that slow or greedy ones cost nobody else anything. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { RequestHandler } from "express";
import { isApi } from "./odd-requests";
import { showRefusal } from "./refuse";

/** Bodies that are not uploads are small forms. */
const BODY_LIMIT = 100 * 1024;
/** A logo may be larger than a form; what it may be at most is said at its field. */
const LOGO = "/admin/settings/logo";
const LOGO_LIMIT = 1024 * 1024;
const HEADER_LIMIT = 16 * 1024;

/**
 * A server that cuts who is slow: headers and whole requests each have their time, looked at every few seconds.
 * @param limits in seconds
 */
export function limitedServer(app: RequestListener, limits: { headers: number; request: number }): Server {
  const server = createServer(
    {
      maxHeaderSize: HEADER_LIMIT,
      // Node looks every half a minute otherwise, and the limits would mean up to that much more.
      connectionsCheckingInterval: Math.min(5_000, limits.headers * 500),
      headersTimeout: limits.headers * 1000,
      requestTimeout: Math.max(limits.request, limits.headers) * 1000,
      keepAliveTimeout: 10_000,
    },
    app,
  );
  server.maxHeadersCount = 100;
  return server;
}

/**
 * Small forms: refused when they are too large or do not say how large they are, cut when they take too long to arrive.
 * Uploads have been received before, under limits of their own.
 * @param seconds from the first look at the request
 */
export function limitForms(seconds: number): RequestHandler {
  return (req, res, next) => {
    if (res.locals.received || ["GET", "HEAD"].includes(req.method)) return next();
    // The API reads its own bodies, to the same limit, and answers in its own form.
    if (!isApi(req.path)) {
      const length = req.headers["content-length"];
      if (length === undefined && req.headers["transfer-encoding"]) showRefusal(req, "no-length");
      else if (Number(length ?? 0) > (req.path.replace(/\.data$/, "") === LOGO ? LOGO_LIMIT : BODY_LIMIT))
        showRefusal(req, "too-large");
    }
    const timer = setTimeout(() => {
      if (!req.complete) req.destroy();
    }, seconds * 1000);
    res.on("close", () => clearTimeout(timer));
    req.on("end", () => clearTimeout(timer));
    next();
  };
}
