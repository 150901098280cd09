import { describe, expect, test } from "vitest";
import {
  addDays,
  bucketOf,
  bucketsOf,
  bucketStart,
  daysOf,
  MOST_DAYS,
  questionParams,
  readQuestion,
  termAt,
  termsFrom,
} from "@server/reports/analytics/question";
import { dayIn, formatDay, formatMinutes } from "@server/time";

const TERMS = termsFrom(["Fall 08-20", "Spring 01-10", "Summer 06-01", "nonsense"]);
const read = (address: string, today = "2026-11-24") =>
  readQuestion(new URLSearchParams(address), today, TERMS);

describe("what the analytics are asked", () => {
  test("thirty days that end today, unless told otherwise", () => {
    expect(read("")).toEqual({
      period: "30",
      from: "2026-10-26",
      to: "2026-11-24",
      printer: "",
      discipline: "",
      staff: "",
    });
    expect(daysOf(read("period=7"))).toBe(7);
    // As the API says it.
    expect(read("days=90&printer=all&discipline=all")).toMatchObject({
      period: "90",
      from: "2026-08-27",
      printer: "",
    });
  });

  test("days of one's own, in any order, that exist, two years at most", () => {
    expect(read("period=custom&from=2026-03-01&to=2026-02-01")).toMatchObject({
      from: "2026-02-01",
      to: "2026-03-01",
    });
    expect(read("from=2026-11-01")).toMatchObject({ period: "custom", from: "2026-11-01", to: "2026-11-24" });
    expect(read("period=custom&from=2026-02-30&to=2026-03-01")).toMatchObject({
      from: "2026-03-01",
      to: "2026-03-01",
    });
    const long = read("period=custom&from=2001-01-01&to=2026-11-24");
    expect([long.to, daysOf(long)]).toEqual(["2026-11-24", MOST_DAYS]);
    expect(daysOf(read("period=9999"))).toBe(MOST_DAYS);
    for (const odd of ["period=custom", "period=-3", "period=%00", "period=custom&from=x", "days=1e9"])
      expect(daysOf(read(odd)), odd).toBe(30);
  });

  test("terms, across the turn of the year too", () => {
    expect(read("period=term")).toMatchObject({ from: "2026-08-20", to: "2026-11-24" });
    expect(read("period=last-term")).toMatchObject({ from: "2026-06-01", to: "2026-08-19" });
    expect(read("period=term", "2027-01-05")).toMatchObject({ from: "2026-08-20", to: "2027-01-05" });
    expect(termAt("2027-01-10", TERMS)).toEqual({
      name: "Spring 2027",
      from: "2027-01-10",
      to: "2027-05-31",
    });
    expect(termAt("2027-01-10", [])).toBeNull();
    expect(readQuestion(new URLSearchParams("period=term"), "2026-11-24", [])).toMatchObject({
      period: "30",
    });
  });

  test("goes into the address and comes back the same", () => {
    for (const address of [
      "period=90&printer=prusa_xl&discipline=Art&staff=Jane+Doe",
      "period=custom&from=2026-01-01&to=2026-02-01",
      "period=term",
    ])
      expect(read(questionParams(read(address)).toString())).toEqual(read(address));
    expect(questionParams(read("period=7&printer=all")).toString()).toBe("period=7");
  });

  test("what no name can be is left out", () => {
    expect(read(`staff=${"x".repeat(101)}&printer=%00`)).toMatchObject({ staff: "", printer: "" });
  });
});

describe("the points of a chart", () => {
  test("are days, weeks from Monday, or months, and cover the period without a gap", () => {
    expect(
      [92, 93, 371, 372].map((days) => bucketOf({ from: addDays("2026-11-24", 1 - days), to: "2026-11-24" })),
    ).toEqual(["day", "week", "week", "month"]);
    expect(bucketStart("2026-11-29", "week")).toBe("2026-11-23");
    expect(bucketStart("2026-11-23", "week")).toBe("2026-11-23");
    expect(bucketsOf({ from: "2025-12-30", to: "2026-02-01" }, "month")).toEqual([
      "2025-12-01",
      "2026-01-01",
      "2026-02-01",
    ]);
    expect(bucketsOf({ from: "2026-02-27", to: "2026-03-02" }, "day")).toEqual(["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]); // prettier-ignore
    expect(bucketsOf({ from: "2026-11-01", to: "2026-11-24" }, "week")).toEqual(["2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"]); // prettier-ignore
  });
});

test("days and waits in words", () => {
  expect(dayIn("2026-11-24T05:30:00Z", "America/Chicago")).toBe("2026-11-23");
  expect(dayIn("2026-11-24T05:30:00Z", "Asia/Kathmandu")).toBe("2026-11-24");
  expect([formatDay("2026-03-01"), formatDay("2026-03-01", false)]).toEqual(["Mar 1, 2026", "Mar 1"]);
  expect([0, 45, 60, 200, 1440, 3240].map(formatMinutes)).toEqual([
    "0 min",
    "45 min",
    "1 h",
    "3 h 20 min",
    "1 d",
    "2 d 6 h",
  ]);
});
