/** Cross-site request forgery: a request that changes something must come from our own pages. */
import type { RequestHandler } from "express";
import { hostOf } from "./host-of";
import { showRefusal } from "./refuse";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const API = /^\/api\//i;

/**
 * Refuses unsafe requests from elsewhere with 403, before any body is read. Browsers say where a request
 * comes from (`Sec-Fetch-Site`; older ones `Origin`). Programs have the API.
 */
export function sameOriginOnly(publicUrl: string): RequestHandler {
  const home = new URL(publicUrl).origin;
  return (req, _res, next) => {
    // The API takes no cookie, so there is nothing that a foreign page could make a browser lend it.
    if (SAFE.has(req.method) || API.test(req.path)) return next();
    const site = req.headers["sec-fetch-site"];
    const origin = req.headers.origin;
    const host = hostOf(req);
    const ours = origin !== undefined && (origin === home || sameHost(origin, host));
    const allowed = site ? site === "same-origin" || site === "none" || ours : ours;
    if (allowed && (origin === undefined || ours)) return next();
    showRefusal(req, "cross-site");
    next();
  };
}

function sameHost(origin: string, host: string | undefined): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
