/** Security headers, derived from the scheme under which people reach us. */
import { randomBytes } from "node:crypto";
import type { RequestHandler } from "express";
import helmet from "helmet";

/**
 * @param publicUrl decides about everything that only works over TLS: a lab on plain http keeps working
 * @param development Vite's client needs a socket and its own inline styles
 */
export function securityHeaders(publicUrl: string, development: boolean): RequestHandler[] {
  const secure = publicUrl.startsWith("https:");
  return [
    (_req, res, next) => {
      res.locals.nonce = randomBytes(16).toString("base64");
      next();
    },
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          baseUri: ["'none'"],
          objectSrc: ["'none'"],
          frameAncestors: ["'none'"],
          frameSrc: ["'self'"],
          formAction: ["'self'"],
          imgSrc: ["'self'", "data:", "blob:"],
          fontSrc: ["'self'"],
          connectSrc: development ? ["'self'", "ws:"] : ["'self'"],
          workerSrc: ["'self'", "blob:"],
          styleSrc: development ? ["'self'", "'unsafe-inline'"] : ["'self'"],
          scriptSrc: [
            "'self'",
            (_req, res) => `'nonce-${(res as never as { locals: { nonce: string } }).locals.nonce}'`,
          ],
          scriptSrcAttr: ["'none'"],
          ...(secure ? { upgradeInsecureRequests: [] } : {}),
        },
      },
      strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
      // Not helmet's no-referrer: with it a form without JavaScript would be posted with "Origin: null".
      referrerPolicy: { policy: "same-origin" },
      crossOriginOpenerPolicy: secure ? { policy: "same-origin" } : false,
      originAgentCluster: secure,
      xFrameOptions: { action: "deny" },
    }),
  ];
}
