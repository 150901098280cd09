/** Requests that no page could answer sensibly, and errors that nobody expected: a plain sentence, never a stack. */
import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { log } from "../log.server";
import { hostOf } from "./host-of";

const METHODS = "GET, HEAD, POST, OPTIONS";
/** The API has more verbs than pages have, and no is said in JSON there. */
const API = /^\/+api\/+v1(\/|$)/i;
const API_METHODS = `${METHODS}, PUT, PATCH, DELETE`;
/** Names, IPv4 and bracketed IPv6 addresses, with a port or without: nothing that a URL would read otherwise. */
const HOST = /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i;

/** Refuses what is no request for this site (400) and methods that pages do not have (405). */
export const refuseOddRequests: RequestHandler = (req, res, next) => {
  if (!isAddress(hostOf(req) ?? "", req.originalUrl)) {
    req.resume();
    return say(res, 400, "This address cannot be understood. Check it and try again.");
  }
  const methods = isApi(req.path) ? API_METHODS : METHODS;
  if (!methods.split(", ").includes(req.method)) {
    req.resume();
    res.setHeader("Allow", methods);
    return say(
      res,
      405,
      isApi(req.path)
        ? "No address of the API takes this method."
        : "This page can only be opened or sent as a form.",
    );
  }
  next();
};

/** The last resort, for errors outside of Remix. */
export const sayError: ErrorRequestHandler = (error, _req, res, next) => {
  const status = typeof error?.status === "number" && error.status < 500 ? error.status : 500;
  if (status === 500) log.error({ err: error, request: res.locals.requestId }, "A request failed");
  if (res.headersSent) return next(error);
  say(
    res,
    status,
    status === 500
      ? "Something went wrong on our side. Try again in a minute."
      : "This request cannot be understood. Check the address and try again.",
  );
};

/** Is this an address of the API? */
export function isApi(path: string): boolean {
  return API.test(path);
}

/**
 * A `.` or `..` between slashes, also encoded or with a backslash. Browsers resolve it before they ask; here the checks
 * would judge another address than the one that Remix makes of it.
 */
const DOTS = /(^|[/\\])(\.|%2e){1,2}([/\\]|$)/i;

function isAddress(host: string, target: string): boolean {
  if (!target.startsWith("/") || !HOST.test(host) || DOTS.test(target.split(/[?#]/)[0]!)) return false;
  try {
    decodeURI(new URL(`http://here${target}`).pathname);
    return URL.canParse(`http://${host}`);
  } catch {
    return false;
  }
}

/** The API's words for what is refused out here. */
const CODES: Record<number, string> = { 405: "method_not_allowed", 500: "internal" };

function say(res: Response, status: number, sentence: string): void {
  if (isApi(res.req.originalUrl)) {
    res.status(status).json({ error: CODES[status] ?? "invalid", message: sentence, details: {} });
    return;
  }
  res.status(status).type("html").send(`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Error ${status} – Printdesk</title></head>
<body><main><h1>Error ${status}</h1><p>${sentence}</p><p><a href="/">To the start page</a></p></main></body></html>`);
}
