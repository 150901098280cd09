/** Money is whole cents, computed without fractions; compared with exact arithmetic on big integers. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCents, formatGrams, formatHours, priceCents, roundUpToHalfHour } from "@server/jobs/pricing";

/** Half up to a cent, from hundredths of grams and hundredths of cents. */
function reference(hundredthsOfGram: number, hundredthsOfCent: number, minimum: number): number {
  const exact = BigInt(hundredthsOfGram) * BigInt(hundredthsOfCent);
  const cents = exact / 10_000n + (exact % 10_000n >= 5_000n ? 1n : 0n);
  return Number(cents > BigInt(minimum) ? cents : BigInt(minimum));
}

describe("price", () => {
  test("is exact for every weight, rate and minimum that the lab can enter", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (grams, rate, minimum) => {
          const prices = { price_per_gram_cents: rate / 100, minimum_charge_cents: minimum };
          expect(priceCents(grams / 100, prices)).toBe(reference(grams, rate, minimum));
        },
      ),
      { numRuns: 5_000 },
    );
  });

  test("weights just at a half cent go up, just below go down", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (grams) => {
        const rate = { price_per_gram_cents: 0.5, minimum_charge_cents: 0 };
        expect(priceCents(grams, rate)).toBe(Math.floor((grams + 1) / 2));
      }),
    );
    const at = (price_per_gram_cents: number) => ({ price_per_gram_cents, minimum_charge_cents: 0 });
    expect([0.05, 0.15, 0.25, 0.35].map((grams) => priceCents(grams, at(10)))).toEqual([1, 2, 3, 4]);
    expect([0.04, 0.14, 0.24, 0.34].map((grams) => priceCents(grams, at(10)))).toEqual([0, 1, 2, 3]);
    // Exact halves of a cent that a product of binary fractions would miss.
    for (const [grams, rate, cents] of [[6.25, 2.32, 15], [6.25, 9.04, 57], [18.75, 4.56, 86]] as const)
      expect(priceCents(grams, at(rate))).toBe(cents); // prettier-ignore
  });

  test("every exact half cent goes up", () => {
    const odd = fc.integer({ min: 0, max: 400 }).map((n) => 2 * n + 1);
    fc.assert(
      fc.property(odd, odd, (a, b) => {
        const prices = { price_per_gram_cents: (8 * b) / 100, minimum_charge_cents: 0 };
        expect(priceCents((625 * a) / 100, prices)).toBe(reference(625 * a, 8 * b, 0));
      }),
      { numRuns: 1_000 },
    );
  });

  test("never falls below the minimum charge, and leaves it at the right gram", () => {
    const pla = { price_per_gram_cents: 10, minimum_charge_cents: 300 };
    expect([0.1, 1, 29.99, 30, 30.04, 30.05, 30.1].map((grams) => priceCents(grams, pla))).toEqual([
      300, 300, 300, 300, 300, 301, 301,
    ]);
    expect(priceCents(25.5, { price_per_gram_cents: 20, minimum_charge_cents: 300 })).toBe(510);
  });
});

test("print time is rounded up to the half hour, and whole halves stay", () => {
  expect([0.01, 0.5, 0.51, 1, 1.01, 3.25, 3.5, 1999.51].map(roundUpToHalfHour)).toEqual([
    0.5, 0.5, 1, 1, 1.5, 3.5, 3.5, 2000,
  ]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200_000 }), (hundredths) => {
      const halves = Math.floor((hundredths + 49) / 50);
      expect(roundUpToHalfHour(hundredths / 100)).toBe(halves / 2);
    }),
  );
});

test("money reads as dollars with two digits", () => {
  expect([0, 5, 99, 100, 300, 1234, 100_000, 123_456_789, -5, -1234].map(formatCents)).toEqual([
    "$0.00", "$0.05", "$0.99", "$1.00", "$3.00", "$12.34", "$1000.00", "$1234567.89", "-$0.05", "-$12.34",
  ]); // prettier-ignore
});

test("grams and hours read without idle zeros", () => {
  expect([25.5, 25, 0.1, 25.55, 27.299999].map(formatGrams)).toEqual(["25.5 g", "25 g", "0.1 g", "25.55 g", "27.3 g"]); // prettier-ignore
  expect([3.5, 3, 0.5].map(formatHours)).toEqual(["3.5 h", "3 h", "0.5 h"]);
});
