/** What may stand on the staff list, and which names cannot be told apart. */
import { describe, expect, test } from "vitest";
import { lookAlike, StaffNameSchema } from "@server/staff/name";

const problem = (name: unknown) => StaffNameSchema.safeParse(name).error?.issues[0]?.message;

describe("a name", () => {
  test.each([
    "Jane Doe",
    "Łukasz Żółć",
    "Nguyễn Thị Minh",
    "José",
    "O'Neil-Smith",
    "李 明",
    "علی\u200cرضا",
    "Æ B",
  ])("may be %s", (name) => expect(problem(name)).toBeUndefined());
  test("is one line with single spaces, composed", () => {
    expect(StaffNameSchema.parse("  Jane \u00a0 Doe ")).toBe("Jane Doe");
    expect(StaffNameSchema.parse("Jose\u0301")).toBe("José");
  });
  test.each([
    ["", /^Enter the name\.$/],
    [undefined, /^Enter the name\.$/],
    ["  ", /^Enter the name\.$/],
    ["J", /at least 2/],
    ["x".repeat(101), /100 characters or fewer/],
    ["12 34", /with letters/],
    ["Jane\u200bDoe", /invisible/],
    ["Jane\u200dDoe", /invisible/],
    ["Jane\u202eDoe", /invisible/],
    ["Jane\u00adDoe", /invisible/],
    ["Jane\nDoe", /invisible/],
    ["Jane\u0000Doe", /invisible/],
    ["System", /log uses this word/],
    ["ѕtudent", /log uses this word/],
  ])("may not be %j", (name, message) => expect(problem(name)).toMatch(message));
});

describe("two names", () => {
  test.each([
    ["Jane Doe", "JANE DOE"],
    ["Jane Doe", "Jane  Doe"],
    ["Jane Doe", "Jаne Doe"], // Cyrillic а
    ["Jane Doe", "Jane Dοe"], // Greek ο
    ["Jane Doe", "Ｊａｎｅ Ｄｏｅ"],
    ["Jane Doe", "𝐉𝐚𝐧𝐞 𝐃𝐨𝐞"],
    ["Tom Kern", "ТОМ KERN"], // Cyrillic ТОМ
    ["Heinz", "Ηeinz"], // Greek Η
    ["Nina", "ΝΙΝΑ"], // all Greek capitals
    ["Ian", "lan"],
    ["Bob 0wen", "Bob Owen"],
    ["O'Neil", "O’Neil"],
    ["Ana-Maria", "Ana\u2010Maria"],
    ["Иван", "ИВАН"],
    ["Straße", "STRASSE"],
    ["علی\u200cرضا", "علیرضا"],
  ])("%s and %s are the same to the eye", (one, other) => {
    expect(lookAlike(one, other)).toBe(true);
    expect(lookAlike(other, one)).toBe(true);
  });
  test.each([
    ["Jane Doe", "Jane Dow"],
    ["José", "Jose"],
    ["Иван", "Ивана"],
    ["Ali", "Alan"],
    ["Ann Lee", "Anne Lee"],
    ["Нина", "Hina"],
  ])("%s and %s are different", (one, other) => expect(lookAlike(one, other)).toBe(false));
});
