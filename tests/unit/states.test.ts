/** The table of states against the specification, written out a second time by hand. */
import { describe, expect, test } from "vitest";
import {
  ACTIVE_STATUSES,
  allows,
  isStatus,
  STATUS,
  STATUSES,
  step,
  STEP_NAMES,
  STEPS,
  stepsFrom,
  type StepName,
} from "@server/jobs/states";

const U = "UPLOADED", P = "PENDING", R = "READYTOPRINT", G = "PRINTING", C = "COMPLETED", D = "PAIDPICKEDUP", X = "REJECTED", A = "ARCHIVED"; // prettier-ignore
const ALL = [U, P, R, G, C, D, X, A];

/** step: [from, to (= stays, * chosen, - deleted), who, lock, event] */
const EXPECTED: Record<StepName, [string[], string, string, boolean, string]> = {
  review: [[U, P, R, G, C, D, X], "=", "staff", true, "JobReviewed"],
  approve: [[U], P, "staff", true, "JobApproved"],
  reject: [[U], X, "staff", true, "JobRejected"],
  confirm: [[P], R, "student", false, "JobConfirmed"],
  decline: [[P], X, "student", false, "JobDeclined"],
  "force-confirm": [[P], R, "staff", true, "JobForceConfirmed"],
  "resend-confirmation": [[P], "=", "student", false, "ConfirmationResent"],
  "mark-printing": [[R], G, "staff", true, "JobPrinting"],
  "mark-failed": [[G], R, "staff", true, "PrintFailed"],
  "mark-complete": [[G], C, "staff", true, "JobCompleted"],
  payment: [[C], D, "staff", true, "PaymentRecorded"],
  "mark-picked-up": [[C], D, "staff", true, "JobPickedUp"],
  "revert-completion": [[C], G, "staff", true, "StatusReverted"],
  "revert-pickup": [[D], C, "staff", true, "StatusReverted"],
  "correct-payment": [[D, A], "=", "staff", true, "PaymentCorrected"],
  "void-payment": [[D, A], "=", "staff", true, "PaymentVoided"],
  "change-status": [ALL, "*", "staff", true, "AdminAction"],
  archive: [[D, X], A, "system", false, "JobArchived"],
  delete: [[U, P], "-", "staff", true, "JobDeleted"],
  notes: [ALL, "=", "staff", true, "NoteAdded"],
  "resend-email": [[P, X, C], "=", "staff", true, "EmailResent"],
};

test("statuses, folders and labels are the specification's, in its order", () => {
  expect(STATUSES.map((s) => [s, STATUS[s].folder, STATUS[s].label, STATUS[s].description])).toEqual([
    ["UPLOADED", "Uploaded", "Uploaded", "Student submission received"],
    ["PENDING", "Pending", "Pending", "Awaiting student confirmation"],
    ["READYTOPRINT", "ReadyToPrint", "Ready to Print", "Approved and confirmed"],
    ["PRINTING", "Printing", "Printing", "Currently being printed"],
    ["COMPLETED", "Completed", "Completed", "Print finished"],
    ["PAIDPICKEDUP", "PaidPickedUp", "Paid & Picked Up", "Final state"],
    ["REJECTED", "Rejected", "Rejected", "Job rejected by staff"],
    ["ARCHIVED", "Archived", "Archived", "Archived for retention"],
  ]);
  expect(ACTIVE_STATUSES).toEqual([U, P, R]);
});

test("the table knows exactly these steps", () => {
  expect([...STEP_NAMES].sort()).toEqual(Object.keys(EXPECTED).sort());
});

describe.each(STEP_NAMES)("%s", (name) => {
  const [from, to, by, lock, event] = EXPECTED[name];
  test.each(STATUSES)("from %s", (status) => {
    expect(allows(name, status)).toBe(from.includes(status));
    expect(stepsFrom(status).includes(name)).toBe(by === "staff" && from.includes(status));
  });
  test("leads where it should, by whom it should, with its event", () => {
    const row = step(name);
    const written = row.to === null ? "=" : row.to === "chosen" ? "*" : row.to === "deleted" ? "-" : row.to;
    expect([[...row.from].sort(), written, row.by, row.lock, row.event]).toEqual([
      [...from].sort(),
      to,
      by,
      lock,
      event,
    ]);
    expect(row.label).toMatch(/^[A-Z]/);
    expect(row.hint).toMatch(/\.$/);
  });
});

test("only the overrides are flagged, only the reverts have a time limit", () => {
  const having = (key: "override" | "withinRevertWindow") => STEP_NAMES.filter((name) => step(name)[key]);
  expect(having("override").sort()).toEqual(["change-status", "force-confirm", "mark-failed"]);
  expect(having("withinRevertWindow").sort()).toEqual(["revert-completion", "revert-pickup"]);
});

test("every decision of staff needs the lock; students and the system have none to hold", () => {
  for (const name of STEP_NAMES) expect([name, STEPS[name].lock]).toEqual([name, STEPS[name].by === "staff"]);
});

test("each status offers its likely next step first, and dangerous ones last", () => {
  const first = Object.fromEntries(STATUSES.map((status) => [status, stepsFrom(status)[0]]));
  expect(first).toMatchObject({
    UPLOADED: "approve",
    READYTOPRINT: "mark-printing",
    PRINTING: "mark-complete",
    COMPLETED: "payment",
  });
  for (const status of STATUSES) {
    const tones = stepsFrom(status).map((name) => step(name).tone);
    expect(tones).toEqual([...tones].sort((a, b) => "pnd".indexOf(a[0]!) - "pnd".indexOf(b[0]!)));
  }
});

test("no status is a dead end, and ARCHIVED is left by an override only", () => {
  for (const status of STATUSES)
    expect(STEP_NAMES.some((name) => allows(name, status) && step(name).to !== null)).toBe(true);
  expect(STEP_NAMES.filter((name) => allows(name, A) && step(name).to !== null)).toEqual(["change-status"]);
});

test("a status is a word of the list and nothing else", () => {
  expect(STATUSES.every(isStatus)).toBe(true);
  for (const other of ["uploaded", "", "toString", "__proto__", null, undefined, 1, ["UPLOADED"]])
    expect(isStatus(other)).toBe(false);
});
