/**
 * From a request below `/api/v1/` to an endpoint's verb, and from what it says to JSON: one table, one form of error
 * (`{ error, message, details }`), one place that asks who is calling.
 */
import { hasAdminLock } from "@server/sessions/admin-lock.server";
import { Refusal, isDatabaseAway } from "@server/errors";
import { fieldErrors } from "@server/jobs/schemas";
import { log } from "@server/log.server";
import { sessionOfBearer } from "@server/sessions/bearer.server";
import type { AppLoadContext } from "@remix-run/node";
import { auditEndpoints } from "./audit";
import { authEndpoints } from "./auth";
import type { Call, Endpoint } from "./endpoint";

/** Every endpoint there is. */
export const ENDPOINTS: readonly Endpoint[] = [...authEndpoints, ...auditEndpoints];

/** Answers a request. @param path below `/api/v1/` */
export async function dispatch(request: Request, path: string, context: AppLoadContext): Promise<Response> {
  const here = ENDPOINTS.filter((row) => row.path === path.replace(/\/+$/, ""));
  const row = here.find(({ method }) => method === request.method);
  const said = { request: context.requestId, endpoint: `${request.method} ${row?.path ?? "unknown"}` };
  let workstation: string | undefined;
  try {
    if (here.length === 0) throw new Refusal("not_found", "There is no such endpoint.");
    if (!row) return notAllowed(here);
    const desk = row.auth === "public" ? null : await sessionOfBearer(request.headers.get("Authorization"));
    workstation = desk?.workstation_id;
    if (row.auth !== "public" && !desk) throw new Refusal("unauthenticated", "Invalid or expired token");
    if (row.auth === "admin" && !desk!.admin) throw new Refusal("forbidden", "Insufficient permissions");
    if (row.auth === "admin" && hasAdminLock() && !desk!.admin_until)
      throw new Refusal("forbidden", "The administration is locked with a passphrase. Use its pages.", {
        reason: "admin_locked",
      });
    const call = { body: await bodyOf(request, row), desk: desk!, ip: context.ip } as Call<never>;
    const answer = await row.run(call);
    log.info({ ...said, workstation, status: row.status }, "An endpoint was used");
    return json(answer, row.status);
  } catch (error) {
    const no = noOf(error);
    if (no.status === 503 && isDatabaseAway(error)) context.unavailable = true;
    if (no.status >= 500) log.error({ err: error, ...said, workstation }, "An endpoint failed");
    else log.info({ ...said, workstation, status: no.status, reason: no.error }, "An endpoint was refused");
    return refused(no);
  }
}

/** How the API says no. */
interface No {
  status: number;
  error: string;
  message: string;
  details: Record<string, unknown>;
  retryAfterSeconds?: number;
}

/** A no that only HTTP knows. */
class HttpNo extends Error {
  constructor(readonly no: No) {
    super(no.message);
  }
}

function noOf(error: unknown): No {
  if (error instanceof HttpNo) return error.no;
  if (error instanceof Refusal) {
    const { retryAfterSeconds, reason, ...details } = error.details;
    return {
      status: error.status,
      error: reason ?? error.code,
      message: error.message,
      details,
      retryAfterSeconds,
    };
  }
  return isDatabaseAway(error)
    ? {
        status: 503,
        error: "unavailable",
        message: "The database cannot be reached right now. Try again in a few seconds.",
        details: {},
        retryAfterSeconds: 10,
      }
    : {
        status: 500,
        error: "internal",
        message: "Something went wrong on our side. Nothing was changed.",
        details: {},
      };
}

/** The body as its schema reads it. */
async function bodyOf(request: Request, { body }: Endpoint): Promise<unknown> {
  if (!body) return undefined;
  if (!/^application\/json\b/i.test(request.headers.get("Content-Type") ?? ""))
    throw new HttpNo({
      status: 415,
      error: "media_type",
      message: "Send the body as application/json.",
      details: {},
    });
  const sent: unknown = await request.json().catch(() => {
    throw new Refusal("invalid", "The body is no JSON.", { reason: "json" });
  });
  const parsed = body.safeParse(sent);
  if (parsed.success) return parsed.data;
  const unknown = parsed.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys : [],
  );
  throw new Refusal(
    "invalid",
    unknown.length ? `Unknown fields: ${unknown.join(", ")}.` : "Some fields are missing or wrong.",
    { fields: unknown.length ? Object.fromEntries(unknown.map((name) => [name, ["Unknown field."]])) : fieldErrors(parsed.error) }, // prettier-ignore
  );
}

function refused({ status, error, message, details, retryAfterSeconds }: No): Response {
  const answer = json({ error, message, details }, status);
  if (retryAfterSeconds) answer.headers.set("Retry-After", String(retryAfterSeconds));
  return answer;
}

function notAllowed(here: readonly Endpoint[]): Response {
  const allow = [...here.map(({ method }) => method)].join(", ");
  const answer = json(
    { error: "method_not_allowed", message: `This endpoint takes ${allow}.`, details: {} },
    405,
  );
  answer.headers.set("Allow", allow);
  return answer;
}

function json(value: unknown, status: number): Response {
  return Response.json(value, { status, headers: { "Cache-Control": "no-store" } });
}
