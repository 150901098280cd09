/** Reading forms, and saying no in a form's way. */
import "./context";
import { Refusal, type RefusalDetails } from "@server/errors";
import { fieldErrors } from "@server/jobs/schemas";
import type { ReceivedForm } from "@server/files/receive.server";
import type { z } from "zod";

/** Why a form was not accepted: per field where it is about a field, else as a sentence for the whole. */
export interface Refused {
  status: number;
  message: string;
  fields: Record<string, string[]>;
  reason: string;
  details: RefusalDetails;
}

/** How our fields are named. Anything else is nobody's field: form libraries read brackets and `__` as commands. */
const FIELD_NAME = /^[a-z][a-z_]{0,39}$/;
/** More fields than any page has: a material has up to sixty colors with five fields each. */
const FIELDS = 400;

/**
 * The text fields, from a received upload or from the request's body; names that are not ours are left out.
 * @throws Refusal `invalid` when the body is no form
 */
export async function formOf(source: ReceivedForm | Request): Promise<FormData> {
  const form = new FormData();
  let left = FIELDS;
  const take = (name: string, value: unknown) => {
    if (FIELD_NAME.test(name) && typeof value === "string" && left-- > 0) form.append(name, value);
  };
  if ("fields" in source) {
    for (const [name, value] of Object.entries(source.fields))
      for (const one of Array.isArray(value) ? value : [value]) take(name, one);
    return form;
  }
  const sent = await source.formData().catch(() => {
    throw new Refusal("invalid", "The form could not be read. Open the page again and send it once more.");
  });
  for (const [name, value] of sent) take(name, value);
  return form;
}

/** A form as a plain value: a field that comes several times is a list, each of `lists` is one always. */
export function valuesOf(form: FormData, lists: string[] = []): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  for (const name of new Set(form.keys())) {
    const all = form.getAll(name).filter((value): value is string => typeof value === "string");
    values[name] = all.length > 1 || lists.includes(name) ? all : (all[0] ?? "");
  }
  return values;
}

/**
 * Parses a form with a schema.
 * @throws Refusal `invalid` with a message per field
 */
export function parseForm<S extends z.ZodType>(schema: S, values: Record<string, unknown>): z.output<S> {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Refusal("invalid", "Please correct the fields marked below.", {
    fields: fieldErrors(parsed.error),
  });
}

/** A refusal in the shape that pages show; anything that is no refusal is thrown on. */
export function refused(error: unknown): Refused {
  if (!(error instanceof Refusal)) throw error;
  return {
    status: error.status,
    message: error.message,
    fields: error.details.fields ?? {},
    reason: error.details.reason ?? error.code,
    details: error.details,
  };
}

/** The headers that go with a refusal. */
export function refusalHeaders(refusal: Pick<Refused, "details">): HeadersInit {
  const seconds = refusal.details.retryAfterSeconds;
  return seconds ? { "Retry-After": String(seconds) } : {};
}

/** Runs a finder; a refusal becomes the error page with its status and sentence. */
export async function orErrorPage<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Response(error.message, {
      status: error.status,
      headers: refusalHeaders({ details: error.details }),
    });
  }
}
