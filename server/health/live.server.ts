/** How everything is at this moment: measured now where that is quick, else the last sample's word. */
import { db } from "../db.server";
import { settings } from "../settings/settings.server";
import { openAlerts } from "./alerts.server";
import { backupCard, cardsOf, type ChoreNote, type HealthCard } from "./cards";
import { lastSamples } from "./history.server";
import { measureLab } from "./lab.server";
import type { Measures } from "./machine.server";

/** What was measured, shared parts and web processes together. */
export async function measuresNow(): Promise<Measures> {
  const [now, { lab, web }] = await Promise.all([measureLab(), lastSamples()]);
  // The load of a moment says little, and what lies on the disk takes time to count: there the last sample stands.
  const kept = Object.entries(lab).filter(([key]) => key === "cpu_percent" || key.startsWith("storage_"));
  return { ...now, ...Object.fromEntries(kept), storage_ok: now.storage_ok!, ...web };
}

/** The cards of the health page. */
export async function liveHealth(): Promise<{ cards: HealthCard[]; measures: Measures }> {
  const [measures, open, lab, backup, drill] = await Promise.all([
    measuresNow(),
    openAlerts(),
    settings(),
    lastChore("backup"),
    lastChore("restore-drill"),
  ]);
  const now = new Date();
  return {
    cards: [
      ...cardsOf(
        measures,
        lab,
        now,
        open.map(({ kind }) => kind),
      ),
      backupCard(backup, drill, now),
    ],
    measures,
  };
}

/** How the last run of a chore that came to an end did; null when none has. */
export async function lastChore(name: string): Promise<ChoreNote | null> {
  const { rows } = await db().raw<{ rows: [{ there: boolean }] }>(
    "SELECT to_regclass('chore_runs') IS NOT NULL AS there",
  );
  if (!rows[0].there) return null;
  const row = await db()("chore_runs")
    .where("chore", name)
    .whereNotNull("finished_at")
    .orderBy("finished_at", "desc")
    .first("state", "finished_at", "result");
  return row ? { state: row.state, at: row.finished_at.toISOString(), result: row.result ?? "" } : null;
}
