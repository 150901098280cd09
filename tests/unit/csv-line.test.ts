/** R20: a line of CSV keeps every text, and no cell begins as a formula. */
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { csvLine } from "@server/reports/csv-line";

test("whatever stands in a cell comes back, with an apostrophe before what would be a formula", () => {
  const texts = ["", "a,b", 'say "hi"', "two\r\nlines", "'quoted", "1=1", " =1", "0.00", "東京 🙂"];
  const formulas = ["=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"];
  const [row] = parse(csvLine([...texts, ...formulas]), { record_delimiter: "\r\n" }) as [string[]];
  expect(row).toEqual([...texts, ...formulas.map((text) => `'${text}`)]);
});

test("an empty cell has no quotes, an empty text has", () => {
  expect(csvLine([null, "", "x", null])).toBe(',"","x",\r\n');
});
