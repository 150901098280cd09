/** Which backups are kept. Pure: no I/O. */

export const KEEP = { daily: 14, weekly: 8, monthly: 12 } as const;
/** Whatever was made so shortly before the newest stays, also several of a day: one by hand before an upgrade, say. */
const ALL_WITHIN_MS = 36 * 3_600_000;

/** The name of a set made at this time, in UTC: "2026-11-24T030000Z". */
export function setName(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(":", "")}Z`;
}

/** When a set of this name was made, or null when it is no set's name. */
export function setTime(name: string): Date | null {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(name);
  if (!parts) return null;
  const time = new Date(`${parts[1]}T${parts[2]}:${parts[3]}:${parts[4]}Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Monday's date of the week, so that a week is one text whatever the year does. */
function weekOf(time: Date): string {
  const monday = new Date(time);
  monday.setUTCDate(time.getUTCDate() - ((time.getUTCDay() + 6) % 7));
  return monday.toISOString().slice(0, 10);
}

/**
 * The sets to keep: of each of the last days, weeks and months that have one, the newest; and all of the last day and
 * a half. A name that is no set's is nobody's to delete and is kept too.
 */
export function setsToKeep(names: string[], keep = KEEP): Set<string> {
  const sets = names
    .flatMap((name) => {
      const time = setTime(name);
      return time ? [{ name, time }] : [];
    })
    .sort((a, b) => b.time.getTime() - a.time.getTime());
  const kept = new Set(names.filter((name) => setTime(name) === null));
  const periods: [number, (time: Date) => string][] = [
    [keep.daily, (time) => time.toISOString().slice(0, 10)],
    [keep.weekly, weekOf],
    [keep.monthly, (time) => time.toISOString().slice(0, 7)],
  ];
  for (const [count, periodOf] of periods) {
    const seen = new Set<string>();
    for (const { name, time } of sets) {
      const period = periodOf(time);
      if (seen.has(period)) continue;
      if (seen.size === count) break;
      seen.add(period);
      kept.add(name);
    }
  }
  for (const { name, time } of sets)
    if (sets[0]!.time.getTime() - time.getTime() < ALL_WITHIN_MS) kept.add(name);
  return kept;
}
