/**
 * The night shift's part: sums of closed days from their steps. Promises: a reader sees a day's sums and its marks of
 * change as of one moment; a day whose steps changed after its sums were made stays marked until they are made anew.
 */
import { db, inTransaction, type Trx } from "../../db.server";
import { settings } from "../../settings/settings.server";
import { GRAINS, MEASURE_COLUMNS, MEASURE_NAMES } from "./measures";
import { addDays, bucketStart } from "./question";

/** So many days are summed in one transaction. */
const AT_ONCE = 31;
const LOCK = 7_302_607;
const SERIALIZATION_FAILURE = "40001";

/**
 * Closes the days that ended an hour ago or longer, makes the sums of changed days anew, and starts from the first day
 * when the lab's zone has changed. Short transactions, one at a time in the whole lab; safe to run at any moment.
 */
export async function rollUp(): Promise<void> {
  const { time_zone } = await settings();
  for (let more = true; more;)
    more = await inTransaction((trx) => rollUpSome(trx, time_zone)).catch((error: { code?: string }) => {
      // Another worker has just finished what we saw unfinished.
      if (error.code === SERIALIZATION_FAILURE) return true;
      throw error;
    });
  await measureStorage();
}

/** @returns true when there is more to do */
async function rollUpSome(trx: Trx, zone: string): Promise<boolean> {
  await trx.raw("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  const { rows: [held] } = await trx.raw("SELECT pg_try_advisory_xact_lock(?) AS mine", [LOCK]); // prettier-ignore
  if (!held.mine) return false;
  const { rows: [state] } = await trx.raw(
    `SELECT s.zone, to_char(s.through, 'YYYY-MM-DD') AS through,
       to_char((now() - interval '1 hour') AT TIME ZONE :zone, 'YYYY-MM-DD') AS until,
       to_char((SELECT min(first) FROM (SELECT min(at) AS first FROM report_steps UNION ALL SELECT min(timestamp) FROM events) f)
         AT TIME ZONE :zone, 'YYYY-MM-DD') AS first
     FROM report_state s`,
    { zone },
  ); // prettier-ignore
  if (state.zone !== zone) {
    for (const table of ["report_days", "report_waits", "report_staff_days"]) await trx(table).delete();
    await trx("report_state").update({ zone, through: state.first ?? state.until });
    return true;
  }
  const changed = await changedDays(trx, zone, state.through);
  for (const day of changed.days) await sumDays(trx, zone, day, day);
  const to = [addDays(state.through, AT_ONCE), state.until as string].sort()[0]!;
  if (to > state.through) {
    await sumDays(trx, zone, state.through, addDays(to, -1));
    await trx("report_state").update({ through: to, rolled_up_at: trx.fn.now() });
  }
  await sumWeeks(trx, zone, state.through, to, changed.days);
  if (changed.ids.length) await trx("report_changes").whereIn("id", changed.ids).delete();
  await trx("report_state").update({ rolled_up_at: trx.fn.now() });
  return to < state.until || changed.more;
}

/** The closed days that are marked, and the marks that were seen. */
async function changedDays(trx: Trx, zone: string, through: string) {
  const { rows } = await trx.raw<{ rows: { id: number; day: string }[] }>(
    `SELECT id, to_char(at AT TIME ZONE ?, 'YYYY-MM-DD') AS day FROM report_changes ORDER BY at LIMIT 5000`,
    [zone],
  );
  const days = [...new Set(rows.map(({ day }) => day))].slice(0, AT_ONCE);
  const seen = rows.filter(({ day }) => days.includes(day));
  const ids = seen.map(({ id }) => id);
  return {
    days: days.filter((day) => day < through),
    ids,
    more: rows.length > seen.length || rows.length === 5000,
  };
}

/** Makes the sums of a run of days, both ends included, from their steps. */
async function sumDays(trx: Trx, zone: string, from: string, to: string): Promise<void> {
  const bounds = { zone, from, to };
  await trx.raw("DELETE FROM report_days WHERE day BETWEEN :from AND :to", bounds);
  await trx.raw("DELETE FROM report_staff_days WHERE day BETWEEN :from AND :to", bounds);
  const sets = Object.values(GRAINS).map((dims) => `(day, ${dims.join(", ")})`);
  await trx.raw(
    `INSERT INTO report_days (grain, day, staff, printer, discipline, material, course, ${MEASURE_NAMES.join(", ")})
     SELECT CASE WHEN grouping(staff) = 0 THEN 2 WHEN grouping(material) = 0 THEN 1 WHEN grouping(printer) = 0 THEN 4 ELSE 3 END,
       day, coalesce(staff, ''), coalesce(printer, ''), coalesce(discipline, ''), coalesce(material, ''), coalesce(course, ''),
       ${MEASURE_COLUMNS}
     FROM (SELECT *, (at AT TIME ZONE :zone)::date AS day FROM report_steps
           WHERE at >= CAST(:from AS date)::timestamp AT TIME ZONE :zone AND at < (CAST(:to AS date) + 1)::timestamp AT TIME ZONE :zone) AS s
     GROUP BY GROUPING SETS (${sets.join(", ")})
     HAVING grouping(staff) = 1 OR staff <> ''`,
    bounds,
  );
  await trx.raw(
    `INSERT INTO report_staff_days (day, staff, event_type, n)
     SELECT (timestamp AT TIME ZONE :zone)::date, triggered_by, event_type, count(*) FROM events
     WHERE timestamp >= CAST(:from AS date)::timestamp AT TIME ZONE :zone AND timestamp < (CAST(:to AS date) + 1)::timestamp AT TIME ZONE :zone
       AND triggered_by NOT IN ('student','system')
     GROUP BY 1, 2, 3`,
    bounds,
  );
}

/** Counts the waits of the weeks that are whole now and were not, or that have a changed day. */
async function sumWeeks(
  trx: Trx,
  zone: string,
  was: string,
  through: string,
  changed: string[],
): Promise<void> {
  const weeks = new Set(changed.map((day) => bucketStart(day, "week")));
  for (let week = bucketStart(addDays(was, -7), "week"); week < through; week = addDays(week, 7))
    if (addDays(week, 7) > was) weeks.add(week);
  const whole = [...weeks].filter((week) => addDays(week, 7) <= through);
  if (!whole.length) return;
  await trx("report_waits").whereIn("week", whole).delete();
  await trx.raw(
    `INSERT INTO report_waits (week, step, printer, discipline, minutes, n)
     SELECT week, step, coalesce(printer, ''), coalesce(discipline, ''), minutes, count(*) FROM (
       SELECT w.week, s.printer, s.discipline, t.step, report_round(t.minutes) AS minutes
       FROM unnest(CAST(:whole AS date[])) AS w (week) JOIN report_steps s
         ON s.at >= w.week::timestamp AT TIME ZONE :zone AND s.at < (w.week + 7)::timestamp AT TIME ZONE :zone,
       LATERAL (${WAITS}) AS t) AS waits
     GROUP BY GROUPING SETS ((week, step, minutes), (week, step, minutes, printer), (week, step, minutes, discipline))`,
    { zone, whole },
  );
}

/** What a step says about waiting, as rows of step and minutes. A review ends in an approval or a rejection. */
export const WAITS = `
  SELECT CASE WHEN s.step IN ('approved','rejected') THEN 'review' ELSE s.step END AS step, s.minutes
  WHERE s.step IN ('approved','rejected','confirmed','started','completed','picked_up') AND s.minutes IS NOT NULL
  UNION ALL SELECT 'total', s.total_minutes WHERE s.step = 'completed' AND s.total_minutes IS NOT NULL`;

/** Sums up the jobs' files, each file of a job once however many roles it has. */
async function measureStorage(): Promise<void> {
  await db().raw(`
    UPDATE report_state SET storage_at = now(), (storage_bytes, storage_files) = (
      SELECT coalesce(sum(size_bytes), 0), count(*)
      FROM (SELECT job_id, name, max(size_bytes) AS size_bytes FROM job_files GROUP BY job_id, name) AS files)`);
}
