/** How the API answers: JSON, a file, or no in its one form of error. */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { createReadableStreamFromReadable } from "@remix-run/node";
import { z } from "zod";
import { isDatabaseAway, Refusal } from "@server/errors";
import { Reply, type Endpoint } from "./endpoint";

/** The one form of error. */
export const ErrorSchema = z
  .object({
    error: z.string().describe("A stable word for programs."),
    message: z.string().describe("A sentence for people: what is wrong, and what to do."),
    details: z
      .looseObject({
        fields: z
          .record(z.string(), z.array(z.string()))
          .optional()
          .describe("What is wrong with which field."),
      })
      .describe("More for programs: who holds the lock and until when, which job is there already …"),
  })
  .meta({ id: "Error" });

/** How the API says no. */
export interface No {
  status: number;
  error: string;
  message: string;
  details: Record<string, unknown>;
  headers: Record<string, string>;
}

/** A no that only HTTP knows. */
export class HttpNo extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** What went wrong, in the API's words. */
export function noOf(error: unknown): No {
  if (error instanceof HttpNo) {
    const { status, message, headers } = error;
    return { status, error: error.error, message, details: {}, headers };
  }
  if (error instanceof Refusal) {
    const { retryAfterSeconds, reference, ...details } = error.details;
    // Public calls name a job by its reference and call that `job_id`.
    if (reference !== undefined) details.job_id = reference;
    const reused = details.reason === "form_reused";
    return {
      status: error.status,
      error: reused ? "idempotency_key_reused" : (details.reason ?? error.code),
      message: reused ? REUSED : error.message,
      details: reused ? {} : details,
      headers: {
        ...(retryAfterSeconds ? { "Retry-After": String(retryAfterSeconds) } : {}),
        ...(error.code === "unauthenticated" ? { "WWW-Authenticate": "Bearer" } : {}),
      },
    };
  }
  if (isDatabaseAway(error))
    return {
      status: 503,
      error: "unavailable",
      message: "The database cannot be reached right now. Try again in a few seconds.",
      details: {},
      headers: { "Retry-After": "10" },
    };
  return {
    status: 500,
    error: "internal",
    message: "Something went wrong on our side. Nothing was changed.",
    details: {},
    headers: {},
  };
}

const REUSED =
  "This Idempotency-Key came before with another request. Nothing was done; use a new key for a new request.";

/** A no, written down. */
export function refused({ status, error, message, details, headers }: No): Response {
  return json({ error, message, details }, status, headers);
}

/** What a row's verb gave, written down. */
export function answered(row: Endpoint, given: unknown, request: Request): Response {
  if (given instanceof Response) return given;
  const { body, more } = given instanceof Reply ? given : new Reply(given);
  const status = more.status ?? row.status;
  if (isStream(body))
    return new Response(createReadableStreamFromReadable(body), {
      status,
      headers: { "Cache-Control": "private, no-store", ...more.headers },
    });
  if (status === 204) return new Response(null, { status, headers: { "Cache-Control": "no-store" } });
  const answer = json(body, status, more.headers);
  return row.etag && status === 200 ? tagged(answer, body, row.etag, request) : answer;
}

/** The same as before is not sent again. */
function tagged(answer: Response, body: unknown, cacheControl: string, request: Request): Response {
  const etag = `W/"${createHash("sha256").update(JSON.stringify(body)).digest("base64url").slice(0, 27)}"`;
  answer.headers.set("ETag", etag);
  answer.headers.set("Cache-Control", cacheControl);
  const known = (request.headers.get("If-None-Match") ?? "").split(",").map((one) => one.trim());
  if (!known.includes("*") && !known.some((one) => one.replace(/^(W\/)?/, "W/") === etag)) return answer;
  answer.headers.delete("Content-Type");
  return new Response(null, { status: 304, headers: answer.headers });
}

export function json(value: unknown, status: number, headers: Record<string, string> = {}): Response {
  return Response.json(value, { status, headers: { "Cache-Control": "no-store", ...headers } });
}

function isStream(body: unknown): body is Readable {
  return typeof body === "object" && body !== null && "pipe" in body && "destroy" in body;
}

/** One page of a list, with where the others are. */
export interface Page {
  page: number;
  limit: number;
  pages: number;
}

/** `?page=` and `?limit=`, as every list takes them. */
export const paging = {
  page: z.coerce.number({ error: "Use a whole number from 1." }).int().min(1).max(1_000_000).default(1),
  limit: z.coerce
    .number({ error: "Use a whole number from 1 to 100." })
    .int()
    .min(1)
    .max(100)
    .default(50)
    .describe("Entries on a page."),
};

/** What every list says beside its entries. */
export const PageFields = {
  page: z.int().min(1),
  limit: z.int().min(1),
  pages: z.int().min(1).describe("How many pages there are."),
};

/** A list's body with its `Link` header (RFC 8288): first, prev, next, last. */
export function pageOf<T extends Page>(body: T, request: Request): Reply {
  const at = (page: number, rel: string) => {
    const url = new URL(request.url);
    url.searchParams.set("page", String(page));
    url.searchParams.set("limit", String(body.limit));
    return `<${url.pathname}${url.search}>; rel="${rel}"`;
  };
  const { page, pages } = body;
  const links = [at(1, "first"), at(pages, "last")];
  if (page > 1) links.push(at(Math.min(page - 1, pages), "prev"));
  if (page < pages) links.push(at(page + 1, "next"));
  return new Reply(body, { headers: { Link: links.join(", ") } });
}
