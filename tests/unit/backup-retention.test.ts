/** R32: which backups are kept, and that none is dropped too early. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { setName, setsToKeep, setTime } from "@server/backup/retention";

const DAY = 86_400_000;
const NOW = new Date("2026-11-24T03:00:00Z");
const daily = (days: number, from = NOW) =>
  Array.from({ length: days }, (_, n) => setName(new Date(from.getTime() - n * DAY)));

test("a name tells its time, and nothing else is a name", () => {
  expect(setName(NOW)).toBe("2026-11-24T030000Z");
  expect(setTime("2026-11-24T030000Z")).toEqual(NOW);
  for (const name of ["", "latest", "2026-11-24", "../2026-11-24T030000Z", "2026-13-24T030000Z"])
    expect(setTime(name)).toBeNull();
});

test("after two years of nightly backups: 14 days, 8 weeks, 12 months", () => {
  const kept = setsToKeep(daily(730));
  const times = [...kept].map((name) => setTime(name)!.getTime()).sort((a, b) => b - a);
  expect(times.slice(0, 14)).toEqual(Array.from({ length: 14 }, (_, n) => NOW.getTime() - n * DAY));
  const weeks = new Set(times.map((t) => Math.floor((t / DAY + 3) / 7)));
  expect(weeks.size).toBeGreaterThanOrEqual(8);
  const months = new Set(times.map((t) => new Date(t).toISOString().slice(0, 7)));
  expect([...months]).toHaveLength(12);
  // Nothing needless: some days are both a week's and a month's.
  expect(kept.size).toBeLessThanOrEqual(14 + 8 + 12);
  expect(Math.min(...times)).toBeGreaterThan(NOW.getTime() - 366 * DAY);
});

test("of several on one day the newest is kept, and all of them while they are fresh", () => {
  const names = ["2026-11-24T010000Z", "2026-11-24T030000Z", "2026-11-24T020000Z"];
  expect([...setsToKeep(names)].sort()).toEqual([...names].sort());
  const later = "2026-11-26T030000Z";
  expect([...setsToKeep([...names, later])].sort()).toEqual(["2026-11-24T030000Z", later]);
});

test("after a long pause the old ones are still there: days count that have a set", () => {
  const old = daily(20, new Date("2025-01-20T03:00:00Z"));
  const kept = setsToKeep([...old, setName(NOW)]);
  expect(kept.has(setName(NOW))).toBe(true);
  expect([...kept].filter((name) => name.startsWith("2025")).length).toBeGreaterThanOrEqual(13);
});

test("whatever there is: the newest stays, foreign names stay, and pruning twice changes nothing", () => {
  const time = fc.date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(
      fc.array(time.map(setName), { maxLength: 200 }),
      fc.array(fc.constantFrom("notes", "a b")),
      (sets, foreign) => {
        // prettier-ignore
        const kept = setsToKeep([...sets, ...foreign]);
        for (const name of foreign) expect(kept.has(name)).toBe(true);
        const newest = [...sets].sort().at(-1);
        if (newest) expect(kept.has(newest)).toBe(true);
        expect([...setsToKeep([...kept])].sort()).toEqual([...kept].sort());
      },
    ),
  );
});
