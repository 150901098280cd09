/** Security headers, derived from the scheme under which people reach us. */
import { randomBytes } from "node:crypto";
import type { RequestHandler } from "express";
import helmet, { type HelmetOptions } from "helmet";

/**
 * The development mailbox and the administrator's desk show a letter's HTML in a frame. It is mail, so it may be
 * styled, and nothing else: no script, no form, nothing from elsewhere, no origin.
 */
const LETTER = /^\/(dev\/mailbox\/[^/]+\/html|admin\/(letters|outbox)\/[^/]+\/preview)$/;
const LETTER_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'unsafe-inline'"],
  imgSrc: ["data:"],
  frameAncestors: ["'self'"],
  sandbox: [],
};

/**
 * @param publicUrl decides about everything that only works over TLS: a lab on plain http keeps working
 * @param development Vite's client needs a socket and its own inline styles
 */
export function securityHeaders(publicUrl: string, development: boolean): RequestHandler[] {
  const secure = publicUrl.startsWith("https:");
  const transport = {
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // Not helmet's no-referrer: with it a form without JavaScript would be posted with "Origin: null".
    referrerPolicy: { policy: "same-origin" },
    crossOriginOpenerPolicy: secure ? { policy: "same-origin" } : false,
    originAgentCluster: secure,
  } satisfies HelmetOptions;
  const page = helmet({
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
        workerSrc: ["'self'"],
        styleSrc: development ? ["'self'", "'unsafe-inline'"] : ["'self'"],
        scriptSrc: [
          "'self'",
          (_req, res) => `'nonce-${(res as never as { locals: { nonce: string } }).locals.nonce}'`,
        ],
        scriptSrcAttr: ["'none'"],
        ...(secure ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    ...transport,
    xFrameOptions: { action: "deny" },
  });
  const letter = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: LETTER_POLICY },
    ...transport,
    xFrameOptions: { action: "sameorigin" },
  });
  return [
    (_req, res, next) => {
      res.locals.nonce = randomBytes(16).toString("base64");
      next();
    },
    (req, res, next) => (LETTER.test(req.path) ? letter : page)(req, res, next),
  ];
}
