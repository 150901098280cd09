/**
 * The API in a test without sockets: requests go to the dispatcher as Express would hand them over, and every answer is
 * held against the OpenAPI document on its way back.
 */
import { randomUUID } from "node:crypto";
import type { AppLoadContext } from "@remix-run/node";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { isFile } from "~/api/endpoint";
import { describeApi } from "~/api/openapi";
import { dispatch } from "~/api/dispatch";
import { matchPath } from "~/api/read-request";
import { ENDPOINTS } from "~/api/table";
import { discardStaged, type ReceivedForm } from "@server/files/receive.server";
import { bearerFor } from "@server/sessions/bearer.server";
import { stageFile } from "./desk";

/** One call. `body` is written as JSON unless it is text, bytes or a stream; `form` goes as a form with a file. */
export interface Ask {
  method: string;
  /** Below `/api/v1/`, with its query. */
  path: string;
  token?: string;
  body?: unknown;
  form?: Record<string, string | string[]>;
  file?: { content: Buffer; name?: string } | null;
  headers?: Record<string, string>;
  ip?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else the bytes. */
  body: never;
  /** The `error` of a refusal. */
  code: string;
}

/** Where the requests of a test come from, unless it says so. */
export const ADDRESS = "198.51.100.20";

/** Asks, and checks what is answered against the document. */
export async function ask({
  method,
  path,
  token,
  body,
  form,
  file,
  headers = {},
  ip = ADDRESS,
}: Ask): Promise<Answer> {
  const sent = new Headers(headers);
  if (token) sent.set("Authorization", `Bearer ${token}`);
  let received: ReceivedForm | undefined;
  let payload: BodyInit | undefined;
  if (form) {
    if (!sent.has("Content-Type")) sent.set("Content-Type", "multipart/form-data; boundary=x");
    received = {
      fields: form,
      file: file ? stageFile(file.content, file.name ?? "cube.stl") : null,
      refusal: null,
    };
  } else if (body !== undefined) {
    const raw = typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
    payload = raw ? (body as BodyInit) : JSON.stringify(body);
    if (!sent.has("Content-Type")) sent.set("Content-Type", "application/json");
  }
  const request = new Request(`http://here/api/v1/${path}`, {
    method,
    headers: sent,
    body: payload,
    ...(payload instanceof ReadableStream ? { duplex: "half" } : {}),
  } as RequestInit);
  const response = await answerTo(request, { ip, received });
  if (received?.file) await discardStaged(received.file);
  return checked(method, path, response);
}

/** The dispatcher's answer to a request as it is. */
export function answerTo(
  request: Request,
  more: { ip?: string; received?: ReceivedForm } = {},
): Promise<Response> {
  const { ip = ADDRESS, received } = more;
  return dispatch(request, { nonce: "", requestId: randomUUID(), ip, received } as AppLoadContext);
}

/** Reads an answer and holds it against the document. @throws Error when the document does not say so */
export async function checked(method: string, path: string, response: Response): Promise<Answer> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = /^application\/json\b/.test(response.headers.get("Content-Type") ?? "");
  const body = (isJson ? JSON.parse(bytes.toString("utf8")) : bytes) as never;
  const { status, headers } = response;
  const code = isJson ? String((body as { error?: string }).error ?? "") : "";
  // As the dispatcher reads it: a path with ".." in it is another one.
  const pathname = new URL(`http://here/api/v1/${path}`).pathname.replace(/^\/api\/v1\/?|\/+$/g, "");
  const row =
    ENDPOINTS.find((one) => one.method === method && one.path === pathname) ??
    ENDPOINTS.find((one) => one.method === method && matchPath(one.path, pathname.split("/")));
  if (row && ![405, 500].includes(status)) {
    const described = documentOf().paths[`/${row.path}`]![method.toLowerCase()]!.responses[status];
    const fault = !described
      ? "the document does not know this status"
      : isJson
        ? faultIn(row.path, method, status, body)
        : status === 204 || status === 304 || isFile(row)
          ? null
          : "this is no JSON";
    if (fault)
      throw new Error(
        `${method} ${row.path} answered ${status}: ${fault}\n${bytes.toString("utf8").slice(0, 1500)}`,
      );
  }
  return { status, headers, body, code };
}

interface Described {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
}
let described: Described | undefined;
export function documentOf(): Described {
  return (described ??= describeApi(ENDPOINTS) as unknown as Described);
}

let ajv: Ajv2020 | undefined;
const validators = new Map<string, ValidateFunction>();

function faultIn(path: string, method: string, status: number, body: unknown): string | null {
  if (!ajv) {
    ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(documentOf() as object, "api");
  }
  const at = [
    "paths",
    `/${path}`,
    method.toLowerCase(),
    "responses",
    String(status),
    "content",
    "application/json",
    "schema",
  ]
    .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
    .join("/");
  let validate = validators.get(at);
  if (!validate) validators.set(at, (validate = ajv.compile({ $ref: `api#/${at}` })));
  return validate(body) ? null : ajv.errorsText(validate.errors);
}

/** A token of a workstation of the lab. */
export async function tokenFor(workstation: "front" | "back" | "office" = "front"): Promise<string> {
  const { token } = await bearerFor(
    { workstation_id: workstation, password: `${workstation}-pass` },
    randomUUID(),
  );
  return token;
}
