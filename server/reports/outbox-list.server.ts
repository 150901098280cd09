/** Everything in the outbox, newest first, and one row of it. Read-only. */
import { db } from "../db.server";
import { Refusal } from "../errors";
import { isUuid } from "../ids";
import { lettersToResend } from "../jobs/resend-email.server";
import { Job } from "../jobs/job.server";
import { OutboxRow, type OutboxState } from "../outbox/outbox.server";
import { OUTBOX_STATE_NAMES } from "../outbox/states";
import { settings } from "../settings/settings.server";

/** An effect as the list shows it. Times are UTC ISO 8601. */
export interface OutboxItem {
  id: string;
  kind: string;
  letter: string | null;
  state: OutboxState;
  attempts: number;
  last_error: string | null;
  created_at: string;
  /** When it is tried next, or was to be tried. */
  next_at: string;
  done_at: string | null;
  job: { id: string; short_id: number } | null;
  /** Of a test letter: where it goes. */
  to: string | null;
}

export interface OutboxList {
  items: OutboxItem[];
  /** How many there are of each state, of the kind asked for. */
  counts: Record<OutboxState, number>;
  kinds: string[];
  page: number;
  pages: number;
}

const ON_A_PAGE = 25;
/** Nobody turns more pages than this; an older effect is found at its job. */
const MOST_PAGES = 200;

/** @param asked.state @param asked.kind only those; all when null */
export async function outboxList(asked: {
  state: OutboxState | null;
  kind: string | null;
  page: number;
}): Promise<OutboxList> {
  const { state, kind } = asked;
  const rows = () => {
    const query = OutboxRow.query();
    if (kind) void query.where("kind", kind);
    return query;
  };
  const [counted, kinds] = await Promise.all([
    rows().select("state").count("* AS n").groupBy("state") as unknown as Promise<{ state: OutboxState; n: number }[]>, // prettier-ignore
    db()("outbox").distinct("kind").orderBy("kind") as Promise<{ kind: string }[]>,
  ]);
  const counts = Object.fromEntries(
    OUTBOX_STATE_NAMES.map((name) => [name, Number(counted.find((row) => row.state === name)?.n ?? 0)]),
  ) as Record<OutboxState, number>;
  const many = state ? counts[state] : Object.values(counts).reduce((sum, n) => sum + n, 0);
  const pages = Math.min(MOST_PAGES, Math.max(1, Math.ceil(many / ON_A_PAGE)));
  const page = Math.min(Math.max(1, asked.page), pages);
  const query = rows();
  if (state) void query.where("state", state);
  const found = await query
    .orderBy([
      { column: "created_at", order: "desc" },
      { column: "id", order: "desc" },
    ])
    .offset((page - 1) * ON_A_PAGE)
    .limit(ON_A_PAGE);
  return { items: await asItems(found), counts, kinds: kinds.map((row) => row.kind), page, pages };
}

async function asItems(rows: OutboxRow[]): Promise<OutboxItem[]> {
  const ids = rows.flatMap(({ job_id }) => job_id ?? []);
  const jobs = new Map((await Job.query().findByIds(ids).select("id", "short_id")).map((job) => [job.id, job])); // prettier-ignore
  return rows.map((row) => {
    const job = row.job_id ? jobs.get(row.job_id) : undefined;
    return {
      id: row.id,
      kind: row.kind,
      letter: row.payload.letter ?? null,
      state: row.state,
      attempts: row.attempts,
      last_error: row.last_error,
      created_at: row.created_at.toISOString(),
      next_at: row.next_at.toISOString(),
      done_at: row.done_at?.toISOString() ?? null,
      job: job ? { id: job.id, short_id: job.short_id } : null,
      to: row.payload.to ?? null,
    };
  });
}

/** One effect, and whether its letter can be sent again. */
export interface OutboxItemPage extends OutboxItem {
  /** Absent when this letter cannot be sent again for the job as it is. `again_at`: when it can, if not yet. */
  resend: { again_at: string | null } | null;
}

/** @throws Refusal `not_found` */
export async function outboxItem(id: string): Promise<OutboxItemPage> {
  const row = isUuid(id) ? await OutboxRow.query().findById(id) : undefined;
  if (!row) throw new Refusal("not_found", "There is nothing like this in the outbox.");
  const [item] = await asItems([row]);
  return { ...item!, resend: row.kind === "mail" && row.job_id ? await resend(row) : null };
}

/** The same wait that `resendEmail` keeps. */
async function resend(row: OutboxRow): Promise<OutboxItemPage["resend"]> {
  const job = await Job.query().findById(row.job_id!);
  const name = row.payload.letter ?? "";
  if (!job || job.pruned_at || !(lettersToResend(job) as string[]).includes(name)) return null;
  const { staff_resend_cooldown_minutes } = await settings();
  const last = await db()("outbox")
    .where({ job_id: job.id, kind: "mail" })
    .whereRaw("payload @> ?::jsonb", [JSON.stringify({ letter: name })])
    .max("created_at AS at")
    .first();
  const again = (last?.at as Date).getTime() + staff_resend_cooldown_minutes * 60_000;
  return { again_at: again > Date.now() ? new Date(again).toISOString() : null };
}
