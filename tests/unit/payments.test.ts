/** Money at the counter: number patterns, kinds, how far a price is from its estimate, the ledger's address, the receipt. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CheckoutSchema } from "@server/jobs/schemas";
import { frameOf, renderHtml, renderText } from "@server/mail/letter";
import { paymentReceipt } from "@server/mail/payment-receipt";
import { deviationPercent, deviationText, needsReason } from "@server/payments/deviation";
import { kindNamed, paymentKinds } from "@server/payments/kinds";
import { ledgerHref, readLedgerQuery } from "@server/payments/ledger";
import { readListQuery } from "@server/jobs/list";
import { dayIn, isDay } from "@server/time";
import { matchesPattern, patternExample } from "@server/payments/number-pattern";
import { SettingsSchema } from "@server/settings/schema";

describe("patterns of transaction numbers", () => {
  test.each([
    ["", "anything at all", true],
    ["TC######", "TC123456", true],
    ["TC######", "tc123456", true],
    ["TC######", " TC123456 ", true],
    ["TC######", "TC12345", false],
    ["TC######", "TC1234567", false],
    ["TC######", "TX123456", false],
    ["##-@@", "12-ab", true],
    ["##-@@", "12-a1", false],
    ["##-@@", "12-é1", false],
    ["#@", "1é", true],
    ["INV-*", "INV-", true],
    ["INV-*", "INV-2026/17", true],
    ["INV-*", "IN-2026", false],
    ["*-##", "a-b-12", true],
    ["*-##", "a-b-1", false],
    ["?#", "x1", true],
    ["?#", "1", false],
    ["\\##", "#7", true],
    ["\\##", "17", false],
    ["a.c", "abc", false],
    ["(a+)+$", "aaaa", false],
    ["#", "٣", false],
  ])("%j and %j: %s", (pattern, number, fits) => {
    expect(matchesPattern(number, pattern)).toBe(fits);
  });

  test("the example fits its own pattern, whatever the pattern is", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (pattern) => {
        fc.pre(pattern.trim() === pattern);
        const example = patternExample(pattern);
        fc.pre(example.trim() === example);
        expect(matchesPattern(example, pattern)).toBe(true);
      }),
    );
    expect(patternExample("TC######-@@")).toBe("TC123456-AB");
    expect(patternExample("Order \\# ###")).toBe("Order # 123");
  });

  test("no pattern makes it think for long: steps grow with the length, not with the ways to read it", () => {
    const evil = "*a".repeat(30);
    // A backtracking matcher would need more steps than there are atoms.
    expect(matchesPattern("a".repeat(49) + "b", evil)).toBe(false);
    expect(matchesPattern("a".repeat(50), evil)).toBe(true);
    expect(matchesPattern("b".repeat(50), "*".repeat(60) + "c")).toBe(false);
  });
});

describe("kinds of payment", () => {
  const lab = SettingsSchema.parse({
    payment_number_pattern: "TC*",
    payment_kinds: ["Card", "Check: ####", "card: ##", "Grant code:", "tiger-cash"],
  });
  test("the main system first, then the lab's own; a name counts once", () => {
    expect(paymentKinds(lab)).toEqual([
      { name: "Tiger-Cash", pattern: "TC*" },
      { name: "Card", pattern: "" },
      { name: "Check", pattern: "####" },
      { name: "Grant code", pattern: "" },
    ]);
  });
  test("found by name, in capitals or not; none named is the main one", () => {
    const kinds = paymentKinds(lab);
    expect(kindNamed(kinds, "CHECK")?.name).toBe("Check");
    expect(kindNamed(kinds, undefined)?.name).toBe("Tiger-Cash");
    expect(kindNamed(kinds, "")?.name).toBe("Tiger-Cash");
    expect(kindNamed(kinds, "Cash")).toBeUndefined();
  });
  test("a line is a name, or a name and a pattern", () => {
    for (const line of ["", ":###", "x".repeat(41), `Card:${"#".repeat(61)}`])
      expect(SettingsSchema.safeParse({ payment_kinds: [line] }).success, line).toBe(false);
  });
});

describe("how far a price is from its estimate", () => {
  test.each([
    [1000, 1000, false, 0],
    [1250, 1000, false, 25],
    [1251, 1000, true, 26],
    [750, 1000, false, -25],
    [749, 1000, true, -26],
    [300, 0, false, null],
    [300, null, false, null],
  ])("%d against %s", (price, estimate, reason, percent) => {
    expect(needsReason(price, estimate, 25)).toBe(reason);
    expect(deviationPercent(price, estimate)).toBe(percent);
  });
  test("a limit of 0 asks about every difference", () => {
    expect(needsReason(1001, 1000, 0)).toBe(true);
    expect(needsReason(1000, 1000, 0)).toBe(false);
  });
  test("in words", () => {
    expect(deviationText(1300, 1000)).toBe("30 % more than the estimate");
    expect(deviationText(700, 1000)).toBe("30 % less than the estimate");
    expect(deviationText(1000, 1000)).toBeNull();
    expect(deviationText(1000, null)).toBeNull();
  });
});

describe("the payment form with other jobs of the visit", () => {
  const a = "6f6f7e0a-0000-4000-8000-000000000001";
  const b = "6f6f7e0a-0000-4000-8000-000000000002";
  const form = { staff_name: "Jane Doe", grams: "10", txn_no: "T1", picked_up_by: "Ada" };
  test("each weight belongs to the job beside it; an empty one stays", () => {
    const read = CheckoutSchema.parse({ ...form, also: [`${a}.3`, `${b}.7`], also_grams: ["", " 12,5 "] });
    expect(read.also).toEqual([{ id: b, version: 7, grams: 12.5 }]);
    expect(CheckoutSchema.parse(form).also).toEqual([]);
  });
  test("a weight that is none is said at that field", () => {
    const read = CheckoutSchema.safeParse({ ...form, also: [`${a}.3`], also_grams: ["a lot"] });
    expect(read.error?.issues.map(({ path }) => path)).toEqual([["also_grams"]]);
    expect(CheckoutSchema.safeParse({ ...form, also: ["nonsense"], also_grams: ["1"] }).success).toBe(false);
  });
});

describe("the ledger's address", () => {
  const read = (text: string) => readLedgerQuery(new URLSearchParams(text), "2026-11-24");
  test("says nothing: this month; says something: that", () => {
    expect(read("")).toMatchObject({ from: "2026-11-01", to: "", page: 1 });
    expect(read("from=&to=")).toMatchObject({ from: "", to: "" });
    expect(read("search=TC1")).toMatchObject({ from: "", search: "TC1" });
    expect(read("from=2026-02-30&to=2026-02-28&page=-4")).toMatchObject({
      from: "",
      to: "2026-02-28",
      page: 1,
    });
    expect(read("kind=Card")).toMatchObject({ from: "2026-11-01", kind: "Card" });
  });
  test("is read as it is written", () => {
    const query = { from: "2026-01-01", to: "", staff: "Jané D", kind: "Card & co", search: "#12", page: 3 };
    expect(read(ledgerHref(query).split("?")[1]!)).toEqual(query);
  });
  test("days of the calendar, and the lab's day now", () => {
    expect([isDay("2024-02-29"), isDay("2026-02-29"), isDay("2026-2-1"), isDay("")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    // The year 0 is none to PostgreSQL: neither the ledger nor the list asks for it.
    expect([isDay("0000-01-01"), isDay("0001-01-01")]).toEqual([false, true]);
    expect(read("from=0000-01-01&to=0000-12-31")).toMatchObject({ from: "", to: "" });
    expect(readListQuery(new URLSearchParams("from=0000-01-01&to=0000-12-31"))).toMatchObject({ from: "", to: "" }); // prettier-ignore
    const night = new Date("2026-11-25T03:00:00Z");
    expect(dayIn(night, "America/Chicago")).toBe("2026-11-24");
    expect(dayIn(night, "Asia/Kathmandu")).toBe("2026-11-25");
  });
});

test("R21: the receipt tells each print, the sum and the number, and what people typed stays text", () => {
  const letter = paymentReceipt({
    number: 1007,
    student_name: "Ada <b>Lovelace</b>",
    issued_at: new Date("2026-11-01T06:30:00Z"),
    payment_system: "Tiger-Cash",
    txn_no: "TC1\r\nBcc: x",
    picked_up_by: "A friend",
    lines: [
      { short_id: 1042, file: "gear.stl", grams: 27.35, price_cents: 300 },
      { short_id: 1043, file: "<script>.stl", grams: 82.5, price_cents: 825 },
    ],
  }, SettingsSchema.parse({ time_zone: "America/Chicago" })); // prettier-ignore
  const frame = frameOf(SettingsSchema.parse({}));
  const text = renderText(letter, frame);
  expect(letter.subject).toBe("Receipt 1007: $11.25 for your 3D prints");
  for (const part of [
    "Request 1042, gear.stl: 27.35 g, $3.00",
    "$11.25",
    "TC1 Bcc: x",
    "Nov 1, 2026, 01:30 (Chicago time)",
    "A friend",
  ])
    // prettier-ignore
    expect(text).toContain(part);
  const html = renderHtml(letter, frame);
  expect(html).not.toContain("<script>.stl");
  expect(html).toContain("&lt;script&gt;.stl");
});
