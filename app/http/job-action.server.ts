/**
 * The mechanics that all decisions about a job share, with and without JavaScript: a POST takes the lock and
 * leads to the form; the form carries version, lock and its own key; a refusal keeps what was typed; success
 * ends in one sentence on the job's page.
 */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import type { z } from "zod";
import { heldLock, jobToDecide, requireJobId } from "@server/jobs/decision.server";
import { type Desk, type HeldLock, releaseLock, takeLock } from "@server/jobs/lock.server";
import { type Guard, GuardSchema } from "@server/jobs/schemas";
import { STATUS, type Status } from "@server/jobs/states";
import { settings } from "@server/settings/settings.server";
import { activeStaff } from "@server/staff/staff.server";
import type { DecisionOutcome, DecisionView, Held, InPlace, Typed } from "~/components/decision";
import { markRefused, wasRefused } from "~/components/page-title";
import { ADMIN_ACTIONS, type ActionName } from "~/components/staff-steps";
import { flash } from "./flash.server";
import { formOf, orErrorPage, parseForm, refusalHeaders, refused, valuesOf } from "./form.server";
import { requireAdmin, requireWorkstation, type WorkstationSessionView } from "./session.server";

/** Who asks, for an action that not every workstation may do. */
function requireDesk(request: Request, name: ActionName): Promise<WorkstationSessionView> {
  return ADMIN_ACTIONS.includes(name) ? requireAdmin(request) : requireWorkstation(request);
}

const held = (lock: HeldLock | null): Held | null =>
  lock && { lock_key: lock.lock_key, locked_until: lock.locked_until.toISOString() };

/** The loader's part: the job, the names, and the hold that the address claims. */
export async function openDecision(
  { request, params, context }: LoaderFunctionArgs,
  name: ActionName,
): Promise<DecisionView> {
  const session = await requireDesk(request, name);
  const job = await orErrorPage(jobToDecide(params.id!, name));
  const key = new URL(request.url).searchParams.get("lock") ?? "";
  const [lock, { new_staff_days }] = await Promise.all([heldLock(session, job.id, key), settings()]);
  return {
    name,
    session: { workstation_name: session.workstation_name, admin: session.admin },
    job,
    staff: await activeStaff(new_staff_days),
    held: held(lock),
    form_key: crypto.randomUUID(),
    failed: wasRefused(context),
  };
}

/** What one decision adds to the mechanics. */
export interface Decision<S extends z.ZodType, R = unknown> {
  name: ActionName;
  schema: S;
  /** Fields that may come several times. */
  lists?: string[];
  run: (desk: Desk, jobId: string, input: z.output<S>, guard: Guard) => Promise<R>;
  /** The sentence after success. */
  done: (input: z.output<S>, shortId: number, result: R) => string;
  /** Where success leads; the job's page when not given. */
  next?: string;
}

/** The action's part: `intent` says start, cancel, again, price (shows it before anything is decided) or submit. */
export async function decide<S extends z.ZodType, R>(
  { request, params, context }: ActionFunctionArgs,
  decision: Decision<S, R>,
) {
  const { name, lists } = decision;
  const desk = await requireDesk(request, name);
  const { id, short_id } = await orErrorPage(jobOf(params.id!, name));
  const page = `/dashboard/jobs/${id}`;
  const form = await orErrorPage(formOf(request));
  const { intent, version, lock_key, form_key, script, in_place, ...typed } = valuesOf(form, lists);
  const guard: Guard = {
    // A page always says which state it was made for; without a sound answer it counts as stale.
    version: GuardSchema.shape.version.safeParse(version).data ?? 0,
    lock_key: GuardSchema.shape.lock_key.safeParse(lock_key).data,
    form_key: GuardSchema.shape.form_key.safeParse(form_key).data,
  };
  const key = guard.lock_key ?? "";
  const answer = (outcome: Partial<DecisionOutcome>, init: { status: number; headers?: HeadersInit }) => {
    if (init.status >= 400) markRefused(context);
    return data({ ...NOTHING, typed, ...outcome } satisfies DecisionOutcome, init);
  };
  const take = () => takeLock(desk, id, { withScript: script === "1" });
  // A dialog stays where it is and is told; a page is sent on.
  const sent = async (to: string, said: InPlace, text?: string) =>
    in_place === "1" ? data(said) : redirect(to, text === undefined ? { status: 303 } : await done(text));
  try {
    if (intent === "cancel") {
      await releaseLock(desk, id, key);
      return sent(page, { kind: "closed" });
    }
    if (intent === "start") {
      const { lock_key } = await heldOrTaken(desk, id, key, take);
      return sent(`${page}/${name}?lock=${lock_key}`, { kind: "opened", lock_key });
    }
    if (intent === "price")
      return answer(
        {
          kind: "priced",
          held: held(await heldOrTaken(desk, id, key, take)),
          version: guard.version ?? null,
        },
        { status: 200 },
      );
    if (intent === "again")
      return answer({ kind: "again", held: held(await heldOrTaken(desk, id, key, take)) }, { status: 200 });
    const input = parseForm(decision.schema, typed);
    const result = await decision.run(desk, id, input, guard);
    const text = doneBefore(result, guard) ?? decision.done(input, short_id, result);
    return sent(decision.next ?? page, { kind: "done", text }, text);
  } catch (error) {
    const refusal = refused(error);
    const { status, message, fields, reason, details } = refusal;
    const init = { status, headers: refusalHeaders(refusal) };
    if (status === 404 && reason === "deleted" && name === "delete")
      return sent("/dashboard", { kind: "done", text: message }, message);
    if (status === 404 && in_place === "1") return data<InPlace>({ kind: "gone", text: message });
    if (status === 404) throw new Response(message, init);
    if (reason === "no_lock") return retake(guard.version);
    // What this form said the first time is done, so that the job is not what the page shows.
    if (reason === "form_reused") return answer({ kind: "stale", message: SENT_BEFORE }, init);
    if (reason === "locked") return answer({ kind: "locked", message, ...holder(details) }, init);
    // A dead page must not keep others away.
    if (status === 403 || status === 429 || reason === "stale") await releaseLock(desk, id, key);
    if (reason === "stale") return answer({ kind: "stale", message }, init);
    if (status === 403 || status === 429) return answer({ kind: "refused", message }, init);
    // Nothing was decided yet, so a hold that ran out meanwhile may simply be taken again.
    const lock = name === "force-unlock" ? null : await heldOrTaken(desk, id, key, take).catch(() => null);
    return answer(
      { kind: "invalid", message, fields, held: held(lock), version: guard.version ?? null },
      init,
    );
  }

  /** The hold ran out while somebody was typing: if nobody took it meanwhile, they have it again. */
  async function retake(seen: number | undefined) {
    try {
      const lock = held(await take());
      const message = "Your hold had ended; you have it again, check and press once more.";
      return answer({ kind: "retaken", message, held: lock, version: seen ?? null }, { status: 403 });
    } catch (error) {
      const { status, message, details } = refused(error);
      return answer({ kind: "locked", message, ...holder(details) }, { status });
    }
  }
}

const NOTHING: DecisionOutcome = {
  kind: "invalid",
  message: "",
  fields: {},
  typed: {} as Typed,
  held: null,
  version: null,
  locked_by: null,
  locked_until: null,
};

const SENT_BEFORE =
  "This form was sent before, and what it said then is done. What you changed in it since is not. Look at the job again before you decide.";

/** A deletion that is sent again finds no job, but its verb still knows the form. */
async function jobOf(id: string, name: ActionName): Promise<{ id: string; short_id: number }> {
  return jobToDecide(id, name).catch((error: unknown) => {
    if (name === "delete" && refused(error).status === 404) return { id: requireJobId(id), short_id: 0 };
    throw error;
  });
}

/** Of a form that is sent again, the sentence of then may be untrue by now: a first post leaves the next version. */
function doneBefore(result: unknown, { version }: Guard): string | null {
  const { jobs, ...one } = (result ?? {}) as { jobs?: unknown[] };
  const job = (jobs?.[0] ?? one) as { version?: number; status?: Status };
  if (version === undefined || !job.status || !job.version || job.version <= version + 1) return null;
  return `This form was sent before, and nothing was done again. The job has changed since; it is ${STATUS[job.status].label} now.`;
}

/** Pressed twice, or once more after a reload: the same hold. */
async function heldOrTaken(desk: Desk, id: string, key: string, take: () => Promise<HeldLock>) {
  return (await heldLock(desk, id, key)) ?? (await take());
}

const holder = (details: Record<string, unknown>) => ({
  locked_by: typeof details.locked_by === "string" ? details.locked_by : null,
  locked_until: typeof details.locked_until === "string" ? details.locked_until : null,
});

/** A redirect's options that carry the visible result. */
async function done(text: string) {
  return { status: 303, headers: { "Set-Cookie": await flash({ tone: "success", text }) } };
}

/** Pages with a lock or a form key are for one use; a list of jobs is of now. */
export const noStore = ({
  loaderHeaders,
  actionHeaders,
}: {
  loaderHeaders: Headers;
  actionHeaders: Headers;
}) => new Headers([["Cache-Control", "no-store"], ...loaderHeaders, ...actionHeaders]);
