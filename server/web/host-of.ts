/** Under which name a request came: what a proxy says counts from trusted ones only. */
import type { Request } from "express";

/** @returns name and port as in the `Host` header; undefined when the request names none, or more than one */
export function hostOf(req: Request): string | undefined {
  const trusted = req.app.get("trust proxy fn") as ((address: string, hop: number) => boolean) | undefined;
  const forwarded = trusted?.(req.socket.remoteAddress ?? "", 0) ? req.get("x-forwarded-host") : undefined;
  const named = req.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  return named > 1 ? undefined : (forwarded ?? req.get("host"));
}
