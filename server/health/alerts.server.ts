/** Alerts: raised once when something goes wrong, cleared once when it is over, told by letter both times. */
import { BaseModel, db, inTransaction, type Trx } from "../db.server";
import { appendEvent, SYSTEM } from "../events/append.server";
import { announceLater } from "../outbox/enqueue.server";
import { writeEffects } from "../outbox/outbox.server";
import type { Settings } from "../settings/schema";
import { settings } from "../settings/settings.server";
import { webTotals } from "./history.server";
import type { Measures } from "./machine.server";
import { judge, NOTHING_MINUTES, ruleOf, RULES, type Rule, type Severity } from "./rules";

export class AlertRow extends BaseModel {
  static override tableName = "alerts";

  declare id: string;
  declare kind: string;
  declare severity: Severity;
  declare message: string;
  declare raised_at: Date;
  declare cleared_at: Date | null;
  declare acknowledged_at: Date | null;
  declare acknowledged_by: string | null;
}

/** An alert as pages and API show it; times are UTC ISO 8601. */
export interface AlertView {
  id: string;
  kind: string;
  title: string;
  severity: Severity;
  message: string;
  raised_at: string;
  cleared_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
}

/** One process at a time decides; the others have nothing to add. */
const ALERT_LOCK = 7_302_616;

/**
 * Compares the samples of the last minutes with the limits, and raises and clears alerts.
 * @returns how many were raised (or became critical) and cleared now
 */
export async function watchForAlerts(): Promise<{ raised: number; cleared: number }> {
  const lab = await settings();
  const effects: string[] = [];
  const done = { raised: 0, cleared: 0 };
  await inTransaction(async (trx) => {
    const { rows } = await trx.raw<{ rows: [{ mine: boolean }] }>(
      "SELECT pg_try_advisory_xact_lock(?) AS mine",
      [ALERT_LOCK],
    );
    if (!rows[0].mine) return;
    const minutes = await lastMinutes(trx);
    const open = await AlertRow.query(trx).whereNull("cleared_at");
    for (const rule of RULES) {
      const mine = open.find(({ kind }) => kind === rule.kind);
      const values = minutes.map((measures) => rule.value(measures, lab));
      const verdict = judge(rule, values, mine?.severity ?? null, lab);
      if (verdict === "clear") {
        effects.push(...(await clear(trx, mine!, lab)));
        done.cleared++;
      } else if (verdict) {
        effects.push(...(await raise(trx, rule, verdict, rule.say(values[0]!), mine, lab)));
        done.raised++;
      }
    }
  });
  announceLater(effects);
  return done;
}

/** What was measured in each of the last minutes, newest first; an empty one where nothing was. */
async function lastMinutes(trx: Trx): Promise<Measures[]> {
  const { rows } = await trx.raw<{ rows: { ago: number; kind: string; data: Measures }[] }>(
    `SELECT extract(epoch FROM date_trunc('minute', now(), 'UTC') - at)::int / 60 AS ago, kind, data
     FROM metric_samples
     WHERE kind IN ('lab','web') AND at > now() - make_interval(mins => ?) AND at <= now()`,
    [NOTHING_MINUTES],
  );
  return Array.from({ length: NOTHING_MINUTES }, (_, minute) => {
    const then = rows.filter(({ ago }) => ago === minute);
    const shared = then.find(({ kind }) => kind === "lab")?.data ?? {};
    return { ...shared, ...webTotals(then.filter(({ kind }) => kind === "web").map(({ data }) => data)) };
  });
}

async function raise(
  trx: Trx,
  rule: Rule,
  severity: Severity,
  message: string,
  before: AlertRow | undefined,
  lab: Settings,
): Promise<string[]> {
  let id = before?.id;
  if (id) {
    // Worse than it was: whoever took note of the warning has to look again.
    await trx("alerts")
      .where({ id })
      .update({ severity, message, acknowledged_at: null, acknowledged_by: null });
  } else {
    const [row] = await trx("alerts").insert({ kind: rule.kind, severity, message }).returning("id");
    id = row!.id as string;
  }
  await appendEvent(trx, SYSTEM, {
    type: "AlertRaised",
    details: { alert_id: id, alert: rule.kind, severity, title: rule.title },
  });
  return tell(trx, id, severity, lab);
}

async function clear(trx: Trx, alert: AlertRow, lab: Settings): Promise<string[]> {
  await trx("alerts")
    .where({ id: alert.id })
    .update({ cleared_at: trx.raw("greatest(now(), raised_at)") });
  await appendEvent(trx, SYSTEM, {
    type: "AlertCleared",
    details: { alert_id: alert.id, alert: alert.kind, title: titleOf(alert) },
  });
  return tell(trx, alert.id, "cleared", lab);
}

/** The letter about it; each is written once, ever. */
function tell(trx: Trx, alert_id: string, what: Severity | "cleared", lab: Settings): Promise<string[]> {
  if (!lab.admin_email) return Promise.resolve([]);
  return writeEffects(trx, [
    { kind: "alert", payload: { alert_id, what }, dedupe_key: `alert ${alert_id} ${what}` },
  ]);
}

export const titleOf = ({ kind }: Pick<AlertRow, "kind">): string => ruleOf(kind)?.title ?? kind;

/** The alerts that stand, the worst and newest first. */
export async function openAlerts(): Promise<AlertView[]> {
  const rows = await AlertRow.query()
    .whereNull("cleared_at")
    .orderByRaw("severity = 'critical' DESC, raised_at DESC");
  return rows.map(alertView);
}

/** The alerts that ended last. */
export async function pastAlerts(limit = 50): Promise<AlertView[]> {
  const rows = await AlertRow.query().whereNotNull("cleared_at").orderBy("cleared_at", "desc").limit(limit);
  return rows.map(alertView);
}

function alertView(row: AlertRow): AlertView {
  const { id, kind, severity, message, raised_at, cleared_at, acknowledged_at, acknowledged_by } = row;
  return {
    id,
    kind,
    title: titleOf(row),
    severity,
    message,
    raised_at: raised_at.toISOString(),
    cleared_at: cleared_at?.toISOString() ?? null,
    acknowledged_at: acknowledged_at?.toISOString() ?? null,
    acknowledged_by,
  };
}

/** How many alerts nobody has taken note of yet. */
export async function unseenAlerts(): Promise<number> {
  return AlertRow.query(db()).whereNull("cleared_at").whereNull("acknowledged_at").resultSize();
}
