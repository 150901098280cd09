/** What one row of the table of endpoints says. */
import type { z } from "zod";
import type { WorkstationSessionView } from "~/http/session.server";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What an endpoint's verb is given. */
export interface Call<Body> {
  body: Body;
  /** What stands behind the question mark. */
  query: URLSearchParams;
  /** Of a protected endpoint; the public ones never look. */
  desk: WorkstationSessionView;
  ip: string;
}

export interface Endpoint<S extends z.ZodType = z.ZodType> {
  method: Method;
  /** Below `/api/v1/`. */
  path: string;
  /** Nobody, any workstation, or one that may administer. */
  auth: "public" | "workstation" | "admin";
  /** The JSON body; unknown fields are refused by name. */
  body?: S;
  /** Status of success. */
  status: number;
  /** Another status, where it depends on the answer. */
  statusOf?: (answer: unknown) => number;
  run: (call: Call<z.output<S>>) => Promise<unknown>;
}

/** A row, with the types of its body and its verb kept together. */
export function endpoint<S extends z.ZodType>(row: Endpoint<S>): Endpoint {
  return row as unknown as Endpoint;
}
