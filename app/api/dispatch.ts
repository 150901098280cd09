/**
 * From a request below `/api/v1/` to an endpoint's verb, and from what it says to JSON: one table, one form of error,
 * one place that asks who is calling and writes down what became of it.
 */
import { hasAdminLock } from "@server/sessions/admin-lock.server";
import type { AppLoadContext } from "@remix-run/node";
import { isDatabaseAway, Refusal } from "@server/errors";
import { limitCalls } from "@server/limits.server";
import { log } from "@server/log.server";
import { noteRequest } from "@server/request-context.server";
import { sessionOfBearer } from "@server/sessions/bearer.server";
import { answered, HttpNo, noOf, refused } from "./answers";
import { type Call, type Endpoint, methodsOf, paramsOf } from "./endpoint";
import { bodyOf, formKeyOf, formOf, isForm, matchPath, queryOf } from "./read-request";
import { readBody } from "./read-json";
import { ENDPOINTS } from "./table";

/** Where the API lives. */
const BASE = /^\/api\/v1(\/|$)/i;
/** How long a body that nobody wants is read away, milliseconds. */
const DRAIN_MS = 2_000;

/** Answers a request. */
export async function dispatch(request: Request, context: AppLoadContext): Promise<Response> {
  const started = performance.now();
  const seen: Record<string, unknown> = { request: context.requestId };
  let wanted = request.body !== null && !context.received;
  let answer: Response;
  try {
    const { row, params, here } = find(request);
    seen.endpoint = `${request.method} ${here[0]?.path ?? "unknown"}`;
    noteRequest({ route: `/api/v1/${here[0]?.path ?? "(unknown)"}` });
    if (request.method === "OPTIONS" && here.length)
      return new Response(null, { status: 204, headers: { Allow: methodsOf(here).join(", ") } });
    if (here.length === 0) throw new Refusal("not_found", "There is no such endpoint.");
    if (!row) throw notAllowed(here);
    seen.job = params.job_id?.slice(0, 36);
    if (row.auth === "public") delete seen.job;
    const desk = row.auth === "public" ? null : await sessionOfBearer(request.headers.get("Authorization"));
    seen.workstation = desk?.workstation_id;
    if (desk) noteRequest({ workstation: desk.workstation_id });
    if (row.auth !== "public" && !desk) throw new Refusal("unauthenticated", "Invalid or expired token");
    if (row.auth === "admin" && !desk!.admin) throw new Refusal("forbidden", "Insufficient permissions");
    if (row.auth === "admin" && hasAdminLock() && !desk!.admin_until)
      throw new Refusal("forbidden", "The administration is locked with a passphrase. Use its pages.", {
        reason: "admin_locked",
      });
    if (row.limit) await limitCalls(row.limit.name, desk?.workstation_id ?? context.ip, row.limit);
    const query = queryOf(new URL(request.url), row);
    const form_key = formKeyOf(request, row, desk?.workstation_id ?? "");
    let body: unknown = {};
    let file: Call["file"] | undefined;
    if (row.form) {
      if (!isForm(request.headers.get("Content-Type")))
        throw new HttpNo(415, "media_type", "Send the form as multipart/form-data.");
      ({ body, file } = formOf(context, row));
    } else if (row.method !== "GET") {
      wanted = false;
      body = await bodyOf(request, row);
    }
    const { staff_name } = body as { staff_name?: unknown };
    if (typeof staff_name === "string") seen.staff = staff_name.slice(0, 100);
    const call = {
      params,
      query,
      body,
      desk: desk!,
      ip: context.ip,
      form_key,
      file: file!,
      request,
      context,
    };
    answer = answered(row, await row.run(call as unknown as Call<never, never>), request);
    log.info({ ...seen, status: answer.status, ms: since(started) }, "An endpoint was used");
  } catch (error) {
    const no = noOf(error);
    if (no.status === 503 && isDatabaseAway(error)) context.unavailable = true;
    const said = { ...seen, status: no.status, reason: no.error, ms: since(started) };
    if (no.status >= 500 && !(error instanceof Refusal))
      log.error({ err: error, ...said }, "An endpoint failed");
    else log.info(said, "An endpoint was refused");
    answer = refused(no);
  }
  // A body that was refused unread would stand in the way of the next request on this connection.
  if (wanted && !(await readBody(request.body, DRAIN_MS)).ended) answer.headers.set("Connection", "close");
  return answer;
}

/** The row for a request, and all rows of its address. */
function find(request: Request): {
  row?: Endpoint;
  params: Record<string, string>;
  here: Endpoint[];
} {
  const path = new URL(request.url).pathname.replace(BASE, "").replace(/\/+$/, "");
  let segments: string[];
  try {
    segments = path.split("/").map(decodeURIComponent);
  } catch {
    return { params: {}, here: [] };
  }
  if (segments.some((segment) => segment.includes("\0"))) return { params: {}, here: [] };
  const matching = ENDPOINTS.filter((row) => matchPath(row.path, segments));
  // A path that is named counts before one with a {…} in its place.
  const least = Math.min(...matching.map((row) => paramsOf(row.path).length));
  const here = matching.filter((row) => paramsOf(row.path).length === least);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const row = here.find((one) => one.method === method);
  const allowed = row && methodsOf(here).includes(request.method);
  return { row: allowed ? row : undefined, params: row ? matchPath(row.path, segments)! : {}, here };
}

function notAllowed(here: readonly Endpoint[]): HttpNo {
  const allow = methodsOf(here).join(", ");
  return new HttpNo(405, "method_not_allowed", `This endpoint takes ${allow}.`, { Allow: allow });
}

const since = (started: number) => Math.round((performance.now() - started) * 10) / 10;
