/** What a change of status by hand skips is said, for every status. */
import { expect, test } from "vitest";
import { brokenPreconditions, type Standing } from "@server/jobs/preconditions";
import { STATUSES } from "@server/jobs/states";

const fresh: Standing = {
  status: "UPLOADED",
  has_price: false,
  confirmed: false,
  paid: false,
  file_there: true,
  has_reasons: false,
};
const done: Standing = { ...fresh, status: "COMPLETED", has_price: true, confirmed: true };
const said = (job: Standing, to: (typeof STATUSES)[number]) => brokenPreconditions(job, to).join(" ");

test("a fresh request lacks everything for the later statuses", () => {
  expect(said(fresh, "PENDING")).toMatch(/no price.*no link to confirm/s);
  for (const to of ["READYTOPRINT", "PRINTING", "COMPLETED", "PAIDPICKEDUP"] as const)
    expect(said(fresh, to)).toMatch(/no price.*has not confirmed/s);
  expect(said(fresh, "PAIDPICKEDUP")).toContain("No payment is recorded.");
  expect(said(fresh, "REJECTED")).toContain("No reason for a rejection");
  expect(said(fresh, "ARCHIVED")).toContain("not finished");
});

test("what is met is not complained of", () => {
  expect(brokenPreconditions(done, "UPLOADED")).toEqual([]);
  expect(brokenPreconditions(done, "PRINTING")).toEqual([]);
  expect(brokenPreconditions({ ...done, paid: true }, "PAIDPICKEDUP")).toEqual([]);
  expect(brokenPreconditions({ ...done, status: "PAIDPICKEDUP", paid: true }, "ARCHIVED")).toEqual([]);
  expect(brokenPreconditions({ ...fresh, has_reasons: true }, "REJECTED")).toEqual([]);
});

test("a valid payment and a missing file are told wherever they matter", () => {
  expect(said({ ...done, paid: true }, "PRINTING")).toContain("payment stays valid");
  for (const to of STATUSES) expect(said({ ...done, file_there: false }, to)).toContain("file is missing");
});
