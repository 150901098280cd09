/** Refusals from before Remix sees the request, as pages that keep the layout. */
import type { Request } from "express";

/** Why a request is not let through to its page; `app/routes/refused.tsx` has the words. */
export type Why = "cross-site" | "too-large" | "no-length";

/** Turns the request into one for the page that says why it was refused. The body is read away, never used. */
export function showRefusal(req: Request, why: Why): void {
  req.resume();
  req.method = "GET";
  req.url = req.originalUrl = `/refused?why=${why}`;
}
