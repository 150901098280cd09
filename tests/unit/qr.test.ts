/** QR codes on tickets: what is drawn is what a scanner reads. */
import { encode } from "uqr";
import { describe, expect, test } from "vitest";
import { qrPath } from "@server/qr";
import { decodeQr } from "../support/qr";

/** The modules that the path paints: runs of one row, as `M x y h n v1 h -n z`. */
function painted({ size, path }: { size: number; path: string }): boolean[][] {
  const rows = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)];
  expect(runs.map(([run]) => run).join("")).toBe(path);
  for (const [, x, y, n, back] of runs) {
    expect(n).toBe(back);
    rows[Number(y)]!.fill(true, Number(x), Number(x) + Number(n));
  }
  return rows;
}

const URLS = [
  "https://print.example.edu/dashboard/jobs/0b5b4f2c-3a53-4a52-9d5a-7f1f0f2f9a10",
  "http://localhost:3000/dashboard/jobs/ffffffff-ffff-4fff-8fff-ffffffffffff",
  "https://a-very-long-name-of-a-department.of-a-university.example.edu/printing/dashboard/jobs/0b5b4f2c-3a53-4a52-9d5a-7f1f0f2f9a10",
  "https://é.example",
];

describe.each(URLS)("%s", (url) => {
  test("is what the painted modules say", () => {
    const { size } = qrPath(url);
    const inner = painted(qrPath(url)).slice(4, size - 4).map((row) => row.slice(4, size - 4)); // prettier-ignore
    expect(inner).toEqual(encode(url, { ecc: "M", border: 0 }).data);
    expect(decodeQr(inner)).toBe(url);
  });

  test("has four light modules all round", () => {
    const { size } = qrPath(url);
    painted(qrPath(url)).forEach((row, y) =>
      row.forEach((dark, x) => {
        if (Math.min(x, y, size - 1 - x, size - 1 - y) < 4) expect(dark).toBe(false);
      }),
    );
  });
});
