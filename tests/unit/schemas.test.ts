/** What forms and the API may say: each limit at its edge. */
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import {
  ApproveSchema,
  ChangeStatusSchema,
  fieldErrors,
  GuardSchema,
  NoteSchema,
  PaymentSchema,
  PickedUpSchema,
  REJECT_REASONS,
  ReasonSchema,
  RejectSchema,
  ResendSchema,
  ReviewSchema,
  SubmitSchema,
} from "@server/jobs/schemas";
import { fill } from "@server/placeholders";
import { CONSENT_TEXT } from "@server/settings/texts";
import { STATUSES } from "@server/jobs/states";

const submission = {
  student_name: "Ada Lovelace",
  student_email: "ada@example.edu",
  discipline: "Engineering",
  class_number: "N/A",
  print_method: "Filament",
  color: "blue",
  printer: "prusa_mk4s",
  acknowledged_minimum_charge: "yes",
};
const approval = {
  staff_name: "Jane Doe",
  weight_g: "25.5",
  time_hours: "3.25",
  authoritative_filename: "cube.stl",
};
const payment = { staff_name: "Jane Doe", grams: "27", txn_no: "T-1", picked_up_by: "Ada Lovelace" };

/** The fields that a schema complains about. */
function wrong(schema: z.ZodType, value: unknown): string[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : Object.keys(fieldErrors(parsed.error));
}
const submit = (field: string, value: unknown) => wrong(SubmitSchema, { ...submission, [field]: value });

/** NUL, bell, backspace, tab, line feed, vertical tab, return, escape, delete, C1, separators, direction marks. */
const CONTROLS = [
  0x00, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0d, 0x1b, 0x7f, 0x85, 0x9f, 0x200e, 0x200f, 0x2028, 0x2029, 0x202e, 0x2066,
  0x2069,
].map((code) => String.fromCharCode(code)); // prettier-ignore

describe("submission", () => {
  test("a plain one passes, trimmed", () => {
    expect(wrong(SubmitSchema, submission)).toEqual([]);
    expect(SubmitSchema.parse({ ...submission, student_name: "  Ada Lovelace " })).toMatchObject({
      student_name: "Ada Lovelace",
      acknowledged_minimum_charge: true,
      material: "",
      another_copy: false,
    });
  });

  test.each([
    ["student_name", 2, 100],
    ["discipline", 1, 50],
    ["class_number", 1, 50],
    ["color", 1, 64],
    ["printer", 1, 64],
    ["print_method", 1, 64],
  ])("%s has %i to %i characters", (field, least, most) => {
    expect(submit(field, "x".repeat(least - 1))).toEqual([field]);
    expect(submit(field, " ".repeat(10))).toEqual([field]);
    expect(submit(field, "x".repeat(least))).toEqual([]);
    expect(submit(field, "x".repeat(most))).toEqual([]);
    expect(submit(field, "x".repeat(most + 1))).toEqual([field]);
    expect(submit(field, undefined)).toEqual([field]);
    expect(submit(field, ["x", "y"])).toEqual([field]);
  });

  test("a character counts once, as in the database, however many bytes it takes", () => {
    expect(submit("student_name", "\u{1f600}")).toEqual(["student_name"]);
    expect(submit("student_name", "\u{1f600}\u{1f600}")).toEqual([]);
    expect(submit("student_name", "\u{1d49c}".repeat(100))).toEqual([]);
    expect(submit("student_name", "\u{1d49c}".repeat(101))).toEqual(["student_name"]);
  });

  test.each(["student_name", "discipline", "class_number"])("R21: %s takes no control character", (field) => {
    for (const control of CONTROLS)
      expect([control.charCodeAt(0), ...submit(field, `ab${control}cd`)]).toEqual([
        control.charCodeAt(0),
        field,
      ]);
    for (const fine of ["O'Brien-Śmith, Jr.", "李 小龍", "Zoë & Co <x>", "=1+1"])
      expect(submit(field, fine)).toEqual([]);
  });

  test("the e-mail address is one address of at most 100 characters", () => {
    const long = (length: number) => `${"a".repeat(length - "@example.edu".length)}@example.edu`;
    expect(submit("student_email", long(64 + 12))).toEqual([]);
    expect(submit("student_email", long(101))).toEqual(["student_email"]);
    for (const bad of ["", "ada", "ada@", "@example.edu", "a@b", "ada@example.edu, eve@example.edu", "ada@example.edu\r\nBcc: eve@example.edu", "Ada <ada@example.edu>"])
      expect([bad, ...submit("student_email", bad)]).toEqual([bad, "student_email"]); // prettier-ignore
    expect(SubmitSchema.parse({ ...submission, student_email: " ada@example.edu " }).student_email).toBe(
      "ada@example.edu",
    );
  });

  test('"No" to the minimum charge is refused with a reason, and silence too', () => {
    for (const no of ["no", "false"]) {
      const parsed = SubmitSchema.safeParse({ ...submission, acknowledged_minimum_charge: no });
      expect(fieldErrors(parsed.error!).acknowledged_minimum_charge).toEqual([
        expect.stringContaining("only print for students who accept the minimum charge"),
      ]);
    }
    for (const other of [undefined, "", "maybe", true])
      expect(submit("acknowledged_minimum_charge", other)).toEqual(["acknowledged_minimum_charge"]);
    expect(submit("acknowledged_minimum_charge", "true")).toEqual([]);
    expect(fill(CONSENT_TEXT, { minimum: "$3.00" })).toBe(
      "I understand there is a minimum $3.00 charge for all print jobs, and that the final cost may be higher based on material and time.",
    );
  });
});

describe("approval", () => {
  const approve = (field: string, value: unknown) => wrong(ApproveSchema, { ...approval, [field]: value });

  test("numbers may have a comma or a point", () => {
    for (const weight of ["25.5", "25,5", " 25.50 ", 25.5])
      expect(ApproveSchema.parse({ ...approval, weight_g: weight }).weight_g).toBe(25.5);
  });

  test.each([
    ["weight_g", [0.1, "50000", "0,10", "12.34"], ["", "0", "0.09", "-1", "50000.01", "12.345", "1e3", "1.2.3", "1,2,3", "abc", "١٢", "Infinity", "NaN", "0x10", NaN, Infinity, null, true, "12345678"]],
    ["time_hours", [0.01, "2000", "0,5", 3], ["", "0", "0.009", "2000.01", "-3", "three", "3:30", "3h"]],
  ] as const)("%s", (field, good, bad) => {
    for (const value of good) expect([value, ...approve(field, value)]).toEqual([value]);
    for (const value of bad) expect([value, ...approve(field, value)]).toEqual([value, field]);
  }); // prettier-ignore

  test("a file and a name must be chosen", () => {
    for (const value of ["", undefined, "x".repeat(256)])
      expect(approve("authoritative_filename", value)).toEqual(["authoritative_filename"]);
    for (const value of ["", "   ", undefined, "x".repeat(101)])
      expect(approve("staff_name", value)).toEqual(["staff_name"]);
  });
});

describe("rejection", () => {
  const reject = (more: object) => wrong(RejectSchema, { staff_name: "Jane Doe", ...more });
  test("needs a listed reason or own words", () => {
    expect(reject({})).toEqual(["reasons"]);
    expect(reject({ custom_reason: "  " })).toEqual(["reasons"]);
    expect(reject({ reasons: ["nonsense"] })).toEqual(["reasons"]);
    expect(reject({ reasons: "thin_walls" })).toEqual([]);
    expect(reject({ reasons: Object.keys(REJECT_REASONS) })).toEqual([]);
    expect(reject({ custom_reason: "x".repeat(1000) })).toEqual([]);
    expect(reject({ custom_reason: "x".repeat(1001) })).toEqual(["custom_reason"]);
  });
});

describe("reasons and notes", () => {
  const reason = (text: unknown) => wrong(ReasonSchema, { staff_name: "Jane Doe", reason: text });
  const note = (text: unknown) => wrong(NoteSchema, { staff_name: "Jane Doe", notes: text });
  test("a reason has 3 to 500 characters", () => {
    expect([reason("ab"), reason("abc"), reason("x".repeat(500)), reason("x".repeat(501)), reason(undefined)]).toEqual([["reason"], [], [], ["reason"], ["reason"]]); // prettier-ignore
  });
  test("a note has 1 to 1000 characters; lines may break, in one way", () => {
    expect([note(" "), note("x"), note("x".repeat(1000)), note("x".repeat(1001))]).toEqual([["notes"], [], [], ["notes"]]); // prettier-ignore
    expect(NoteSchema.parse({ staff_name: "J", notes: "one\r\ntwo\rthree\tfour" }).notes).toBe(
      "one\ntwo\nthree\tfour",
    );
    for (const control of CONTROLS.filter((c) => !"\t\n\r".includes(c)))
      expect([control.charCodeAt(0), ...note(`a${control}b`)]).toEqual([control.charCodeAt(0), "notes"]);
  });
});

test("payment: weight, a transaction number of 1 to 50 characters, and who collected it", () => {
  const pay = (field: string, value: unknown) => wrong(PaymentSchema, { ...payment, [field]: value });
  expect(wrong(PaymentSchema, payment)).toEqual([]);
  for (const [field, value] of [["grams", "0"], ["txn_no", ""], ["txn_no", "x".repeat(51)], ["txn_no", "1\n2"], ["picked_up_by", "x"], ["picked_up_by", "x".repeat(101)]] as const)
    expect(pay(field, value)).toEqual([field]); // prettier-ignore
  expect(pay("txn_no", "x".repeat(50))).toEqual([]);
  expect(PickedUpSchema.parse({ staff_name: "J", picked_up_by: "Ada" }).reason).toBe("");
});

test("only the words of the lists are taken", () => {
  for (const new_status of STATUSES)
    expect(wrong(ChangeStatusSchema, { staff_name: "J", reason: "repair", new_status })).toEqual([]);
  expect(wrong(ChangeStatusSchema, { staff_name: "J", reason: "repair", new_status: "DONE" })).toEqual(["new_status"]); // prettier-ignore
  expect(wrong(ResendSchema, { staff_name: "J", email_type: "receipt" })).toEqual(["email_type"]);
  expect(wrong(ReviewSchema, { staff_name: "J", reviewed: "perhaps" })).toEqual(["reviewed"]);
  expect(ReviewSchema.parse({ staff_name: "J", reviewed: "false" }).reviewed).toBe(false);
});

test("what a form adds: a positive version and keys that are UUIDs", () => {
  expect(GuardSchema.parse({ version: "3" }).version).toBe(3);
  for (const bad of [{ version: "0" }, { version: "1.5" }, { lock_key: "x" }, { form_key: "1 OR 1=1" }])
    expect(wrong(GuardSchema, bad)).toEqual(Object.keys(bad));
});

test.each(["\u3164\u3164", "\u00ad\u00ad", "A\u034fB", "Ada \u{e0041}", "\u2062\u2062", "\u2800\u2800"])(
  "a name that shows nothing, or hides something, is refused: %j",
  (student_name) => {
    const parsed = SubmitSchema.safeParse({ student_name });
    expect(fieldErrors(parsed.error!).student_name).toBeDefined();
  },
);

test("names of every script pass, joiners included", () => {
  for (const student_name of ["علی\u200cرضا", "क्\u200dष", "李明", "O’Neil-Šk", "אבי"]) {
    const parsed = SubmitSchema.safeParse({ student_name });
    expect(fieldErrors(parsed.error!).student_name).toBeUndefined();
  }
});
