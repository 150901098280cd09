/**
 * What one row of the table of endpoints says. Routing, validation, limits, the OpenAPI document, its page and the
 * tests all read it; nothing else knows what an endpoint takes and gives.
 */
import "~/http/context";
import type { AppLoadContext } from "@remix-run/node";
import type { z } from "zod";
import type { StagedFile } from "@server/files/receive.server";
import type { Guard } from "@server/jobs/schemas";
import type { WorkstationSessionView } from "@server/sessions/session.server";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** The chapters of the document, in its order. */
export const TAGS = {
  Authentication: "A workstation proves itself and gets a token.",
  "Student submission": "Public calls. `job_id` is the opaque reference from mails and answers.",
  Jobs: "Lists and single requests, as staff see them.",
  Locks: "One person decides about a job at a time.",
  Decisions: "The steps in a job's life. Each needs the lock, and gives it back when it succeeds.",
  Payments: "At the counter: the price by the scale, one receipt for a visit, and what was wrong put right.",
  Files: "What lies in a job's folder.",
  Overrides: "Corrections beside the usual way, flagged in the log.",
  Catalog: "What the lab prints with, and for how much.",
  Reports: "What the lab took in and what it did, in figures.",
  Staff: "The names that actions are attributed to.",
  Administration: "The lab's settings, and what becomes of finished jobs.",
  "System health": "Is everything up, and does the storage agree with the database?",
  Description: "This API, described.",
} as const;
export type Tag = keyof typeof TAGS;

/** What an endpoint's verb is given. */
export interface Call<Query = Record<string, never>, Body = Record<string, never>> {
  /** The values of the path's `{…}`, decoded. */
  params: Record<string, string>;
  query: Query;
  body: Body;
  /** Of a protected endpoint; the public ones never look. */
  desk: WorkstationSessionView;
  ip: string;
  /** Made of the `Idempotency-Key`, when there was one. */
  form_key?: string;
  /** Of an endpoint that takes a form with a file. */
  file: StagedFile;
  request: Request;
  /** Of the connection: says when a long answer may go on. */
  context: Pick<AppLoadContext, "drained">;
}

/** Statuses of refusals, each with the words that `error` may be. */
export type Refusals = Partial<Record<number, readonly string[]>>;

export interface Endpoint<Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  method: Method;
  /** Below `/api/v1/`, with `{name}` for what varies. */
  path: string;
  tag: Tag;
  /** A few words. */
  summary: string;
  /** What the words leave out: Markdown, one paragraph. */
  about?: string;
  /** Nobody, any workstation, or one that may administer. */
  auth: "public" | "workstation" | "admin";
  /** The address's parameters; unknown ones are refused by name. */
  query?: Q;
  /** The JSON body; unknown fields are refused by name. */
  body?: B;
  /** The text fields of a form with a file, instead of `body`; the file's field is `file`. */
  form?: B;
  /** Status of success. */
  status: number;
  /** What success says: a schema, or the type of a file. None with 204. */
  answer?: z.ZodType | string;
  /** A second answer that is no refusal. */
  other?: { status: number; answer: z.ZodType; when: string };
  /** Refusals of its own; those that follow from the rest of the row are added by `refusalsOf`. */
  refuses?: Refusals;
  /** How often a caller may ask: an address, or on protected endpoints a workstation. */
  limit?: { name: string; points: number; seconds: number };
  /** Takes an `Idempotency-Key`. */
  idempotent?: boolean;
  /** Answers with an `ETag`, and with 304 when it still holds; the value is its `Cache-Control`. */
  etag?: string;
  /** Answers also while the database is away. */
  offline?: boolean;
  /** Gives what `answer` describes, or a `Reply` when headers or another status go with it. */
  run: (call: Call<z.output<Q>, z.output<B>>) => Promise<unknown>;
}

/** An answer that is more than its body. */
export class Reply {
  constructor(
    /** To be written as JSON, or a stream of bytes with its `Content-Type` among the headers. */
    readonly body: unknown,
    readonly more: { status?: number; headers?: Record<string, string> } = {},
  ) {}
}

/** A row, with the types of its query, its body and its verb kept together. */
export function endpoint<Q extends z.ZodType, B extends z.ZodType>(row: Endpoint<Q, B>): Endpoint {
  return row as unknown as Endpoint;
}

/** The names of the `{…}` in a path. */
export function paramsOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}

/** Is success a file? */
export function isFile(row: Endpoint): row is Endpoint & { answer: string } {
  return typeof row.answer === "string";
}

/** Which methods an address takes. A file is not looked at by HEAD: who fetched it is in the log. */
export function methodsOf(rows: readonly Endpoint[]): string[] {
  const head = rows.some((row) => row.method === "GET" && !isFile(row));
  return [...rows.map(({ method }) => method), ...(head ? ["HEAD"] : []), "OPTIONS"];
}

/** All refusals of a row: its own, and those that follow from what it takes and who may ask. */
export function refusalsOf(row: Endpoint): Record<number, string[]> {
  const found: Record<number, string[]> = {};
  const add = (status: number, ...codes: string[]) =>
    (found[status] = [...new Set([...(found[status] ?? []), ...codes])]);
  add(400, "invalid");
  if (row.method !== "GET") {
    if (!row.form) add(400, "malformed_json");
    if (!row.form) add(408, "timeout");
    add(413, "too_large");
    add(415, "media_type");
  }
  if (row.idempotent) add(400, "idempotency_key_reused");
  if (row.auth !== "public") add(401, "unauthenticated");
  if (row.auth === "admin") add(403, "forbidden", "admin_locked");
  if (paramsOf(row.path).length) add(404, "not_found");
  if (row.limit) add(429, "too_many");
  if (!row.offline) add(503, "unavailable");
  for (const [status, codes] of Object.entries(row.refuses ?? {})) add(Number(status), ...codes!);
  return found;
}

/** A guard as the verbs take it, from the fields of a body. */
export function guardOf(
  { version, lock_key }: { version?: number; lock_key?: string },
  form_key?: string,
): Guard {
  return { version, lock_key, form_key };
}
