/** Times are shown in the lab's zone, whatever zone the machine is in. */
import { expect, test } from "vitest";
import { ageBand, formatAge, formatDateTime, formatTime } from "@server/time";

const CHICAGO = "America/Chicago";

test("the clock goes back on 2026-11-01: the hour after one o'clock comes twice", () => {
  const shown = ["05:59", "06:00", "06:59", "07:00", "07:59", "08:00"].map((utc) =>
    formatDateTime(`2026-11-01T${utc}:00Z`, CHICAGO),
  );
  expect(shown).toEqual([
    "Nov 1, 2026, 00:59",
    "Nov 1, 2026, 01:00",
    "Nov 1, 2026, 01:59",
    "Nov 1, 2026, 01:00",
    "Nov 1, 2026, 01:59",
    "Nov 1, 2026, 02:00",
  ]);
});

test("the clock goes forward on 2026-03-08: two o'clock does not exist", () => {
  expect(formatTime("2026-03-08T07:59:00Z", CHICAGO)).toBe("01:59");
  expect(formatTime("2026-03-08T08:00:00Z", CHICAGO)).toBe("03:00");
});

test("a day ends at the lab's midnight, which reads 00:00", () => {
  expect(formatDateTime("2026-11-24T05:59:59Z", CHICAGO)).toBe("Nov 23, 2026, 23:59");
  expect(formatDateTime("2026-11-24T06:00:00Z", CHICAGO)).toBe("Nov 24, 2026, 00:00");
  expect(formatDateTime(new Date(Date.UTC(2026, 0, 1)), "Pacific/Kiritimati")).toBe("Jan 1, 2026, 14:00");
  expect(formatTime("2026-06-01T12:00:00Z", "America/St_Johns")).toBe("09:30");
});

test("ages, at their edges", () => {
  const now = new Date("2026-11-01T12:00:00Z");
  const ago = (seconds: number) => formatAge(new Date(now.getTime() - seconds * 1000), now);
  expect([-60, 0, 59, 60, 3599, 3600, 11_400, 86_399, 86_400, 187_200].map(ago)).toEqual([
    "just now",
    "just now",
    "just now",
    "1m ago",
    "59m ago",
    "1h 0m ago",
    "3h 10m ago",
    "23h 59m ago",
    "1d 0h ago",
    "2d 4h ago",
  ]);
});

test("ages count hours that passed, not hours on the wall: over the change of clocks too", () => {
  // 26 hours on the wall would be 25; a day and an hour have passed.
  expect(formatAge("2026-10-31T17:00:00Z", "2026-11-01T18:00:00Z")).toBe("1d 1h ago");
});

test("the four bands change at 24, 48 and 72 hours", () => {
  const now = "2026-11-04T00:00:00Z";
  const band = (hours: number) => ageBand(new Date(Date.parse(now) - hours * 3_600_000), now);
  expect([0, 23.99, 24, 47.99, 48, 71.99, 72, 1000].map(band)).toEqual([
    "fresh", "fresh", "day", "day", "two-days", "two-days", "late", "late",
  ]); // prettier-ignore
});
