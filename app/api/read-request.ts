/** What a request says, checked against its row: parameters, query, body or form, idempotency key. */
import { createHash } from "node:crypto";
import type { AppLoadContext } from "@remix-run/node";
import { z } from "zod";
import { config } from "@server/config.server";
import { Refusal } from "@server/errors";
import { fieldErrors } from "@server/jobs/schemas";
import { type Call, type Endpoint, paramsOf } from "./endpoint";
import { HttpNo } from "./answers";
import { MOST_BYTES, parseJson, readBody, unstorable } from "./read-json";

const NOTHING = z.strictObject({});

/** The row's path matched against an address's segments: the values of its `{…}`, or null. */
export function matchPath(path: string, segments: readonly string[]): Record<string, string> | null {
  const wanted = path.split("/");
  if (wanted.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [n, part] of wanted.entries()) {
    const [name] = paramsOf(part);
    if (name === undefined) {
      if (part !== segments[n]) return null;
    } else if (segments[n] === "") return null;
    else params[name] = segments[n]!;
  }
  return params;
}

/** The query as its schema reads it. @throws Refusal `invalid` */
export function queryOf(url: URL, row: Endpoint): unknown {
  const given: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(given, name)) throw invalid({ [name]: ["Say this once only."] });
    // Not by assignment, which a parameter called __proto__ would turn into something else.
    Object.defineProperty(given, name, { value, enumerable: true });
  }
  return parsed(row.query ?? NOTHING, given, "parameter");
}

/** The text fields of a form, once each. @throws Refusal `invalid` and as the reception refused it */
export function formOf(
  { received }: Pick<AppLoadContext, "received">,
  row: Endpoint,
): { body: unknown; file: Call["file"] } {
  if (received?.refusal) throw received.refusal;
  for (const [name, value] of Object.entries(received?.fields ?? {}))
    if (Array.isArray(value)) throw invalid({ [name]: ["Say this once only."] });
  const body = parsed(row.form!, received?.fields ?? {}, "field");
  if (!received?.file) throw invalid({ file: ["Choose the file with your model."] });
  return { body, file: received.file };
}

/**
 * The JSON body as its schema reads it; none counts as `{}`.
 * @throws HttpNo 408, 413, 415; Refusal `invalid`
 */
export async function bodyOf(request: Request, row: Endpoint): Promise<unknown> {
  const announced = Number(request.headers.get("Content-Length") ?? 0);
  const type = request.headers.get("Content-Type");
  const { bytes, ended, timedOut } = await readBody(request.body, config().UPLOAD_IDLE_SECONDS * 1000);
  // What is not read to its end stands in the way of the next request on this connection.
  const close = ended ? undefined : { Connection: "close" };
  if (timedOut) throw new HttpNo(408, "timeout", "The body took too long to arrive. Send it again.", close);
  if (announced > MOST_BYTES || bytes.byteLength > MOST_BYTES)
    throw new HttpNo(413, "too_large", `A body may have at most ${MOST_BYTES / 1024} kB.`, close);
  if (bytes.byteLength === 0) return parsed(row.body ?? NOTHING, {}, "field");
  if (!isJson(type) || request.headers.has("Content-Encoding"))
    throw new HttpNo(415, "media_type", "Send the body as application/json, in UTF-8 and not compressed.");
  return parsed(row.body ?? NOTHING, parseJson(bytes), "field");
}

/** Is this the type of a form with a file? */
export function isForm(type: string | null): boolean {
  return /^multipart\/form-data\s*;/i.test(type ?? "");
}

function isJson(type: string | null): boolean {
  const [essence = "", ...parameters] = (type ?? "").toLowerCase().split(";");
  if (essence.trim() !== "application/json") return false;
  const charset = parameters.find((one) => one.trim().startsWith("charset="));
  return !charset || /^charset="?utf-8"?$/.test(charset.trim());
}

/**
 * The form key of an `Idempotency-Key`, one per caller and key.
 * @param caller the workstation, or for public calls nobody: whoever knows the key and the whole request is the same
 * @throws Refusal `invalid`
 */
export function formKeyOf(request: Request, row: Endpoint, caller: string): string | undefined {
  const key = request.headers.get("Idempotency-Key");
  if (key === null || !row.idempotent) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw invalid({ "Idempotency-Key": ["Use 1 to 255 visible ASCII characters, for example a UUID."] });
  const hex = createHash("sha256").update(`${caller}\n${key}`).digest("hex");
  // A UUID of our own making (version 8), because that is what forms' keys are.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function parsed(schema: z.ZodType, value: unknown, what: "field" | "parameter"): unknown {
  const result = schema.safeParse(value);
  if (!result.success) throw refusal(result.error, what);
  const bad = Object.entries(value as object).find((entry) => unstorable(entry));
  if (bad) throw invalid({ [bad[0]]: ["Remove the characters that are none (NUL, or half a character)."] });
  return result.data;
}

function refusal(error: z.ZodError, what: string): Refusal {
  const unknown = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [],
  );
  if (unknown.length === 0) return invalid(fieldErrors(error));
  return new Refusal("invalid", `Unknown ${what}s: ${unknown.join(", ").slice(0, 500)}.`, {
    fields: Object.fromEntries(unknown.map((name) => [name, [`Unknown ${what}.`]])),
  });
}

function invalid(fields: Record<string, string[]>): Refusal {
  return new Refusal("invalid", "Some fields are missing or wrong.", { fields });
}
