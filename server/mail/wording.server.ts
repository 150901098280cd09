/** The wording of the letters in force: the lab's newest, or the default. */
import type { Knex } from "knex";
import { BaseModel, db, inTransaction } from "../db.server";
import { Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { CONTROL } from "../invisible";
import { requireActiveStaff } from "../staff/staff.server";
import { LETTER_KIND_NAMES, LETTER_KINDS, type LetterKindName } from "./kinds";
import { type Wording, wordingProblems } from "./wording";

class LetterWording extends BaseModel {
  static override tableName = "letter_wordings";
  static override idColumn = ["letter", "version"];

  declare letter: LetterKindName;
  declare version: number;
  /** Null, like the body, when the letter went back to its default. */
  declare subject: string | null;
  declare body: string | null;
  declare updated_by: string;
  declare workstation_id: string;
  declare updated_at: Date;
}

/** A wording with where it comes from; version 0 is the default that nobody has ever changed. */
export interface WordingInForce extends Wording {
  version: number;
  is_default: boolean;
  updated_by: string | null;
  /** ISO 8601. */
  updated_at: string | null;
}

/** The wording in force. One that does not fit this release any more gives way to the default. */
export async function wordingOf(name: LetterKindName, on: Knex = db()): Promise<WordingInForce> {
  const row = await LetterWording.query(on).where("letter", name).orderBy("version", "desc").first();
  return inForce(name, row);
}

function inForce(name: LetterKindName, row: LetterWording | undefined): WordingInForce {
  const { wording, placeholders } = LETTER_KINDS[name];
  const own =
    row && row.subject !== null && row.body !== null ? { subject: row.subject, body: row.body } : null;
  const usable = own && Object.keys(wordingProblems(own, placeholders)).length === 0 ? own : null;
  return {
    ...(usable ?? wording),
    version: row?.version ?? 0,
    is_default: !usable,
    updated_by: row?.updated_by ?? null,
    updated_at: row?.updated_at.toISOString() ?? null,
  };
}

/** All letters' wordings in force. */
export async function wordings(): Promise<Record<LetterKindName, WordingInForce>> {
  const all = await Promise.all(LETTER_KIND_NAMES.map((name) => wordingOf(name)));
  return Object.fromEntries(LETTER_KIND_NAMES.map((name, n) => [name, all[n]])) as Record<
    LetterKindName,
    WordingInForce
  >;
}

/** The versions of a letter, newest first; at most 50. Null for subject and body: back to the default. */
export async function wordingHistory(name: LetterKindName) {
  const rows = await LetterWording.query().where("letter", name).orderBy("version", "desc").limit(50);
  return rows.map(({ version, subject, body, updated_by, updated_at }) => ({
    version,
    subject,
    body,
    updated_by,
    updated_at: updated_at.toISOString(),
  }));
}

/**
 * Checks a wording as `saveWording` does.
 * @returns it with clean line breaks
 * @throws Refusal `invalid` with a sentence on `subject` or `body`
 */
export function checkWording(name: LetterKindName, typed: Wording): Wording {
  const wording = {
    subject: typed.subject.trim(),
    body: typed.body.replace(/\r\n?/g, "\n").trim(),
  };
  const problems = wordingProblems(wording, LETTER_KINDS[name].placeholders);
  const hidden = "Remove the invisible control characters.";
  if (CONTROL.test(wording.subject)) problems.subject ??= hidden;
  if (CONTROL.test(wording.body.replace(/[\n\t]/g, ""))) problems.body ??= hidden;
  const fields = Object.fromEntries(Object.entries(problems).map(([field, text]) => [field, [text]]));
  if (Object.keys(fields).length)
    throw new Refusal("invalid", "Please correct the fields marked below. Nothing was saved.", { fields });
  return wording;
}

/**
 * Puts a wording in force, for every letter that is written from now on.
 * @param input.wording null for the default
 * @param input.version the version that the form was made from
 * @returns false when this wording was in force already
 * @throws Refusal `invalid` with fields; `conflict` (reason `stale`) when somebody else has changed it meanwhile
 */
export async function saveWording(
  desk: { workstation_id: string },
  input: { staff_name: string; letter: LetterKindName; wording: Wording | null; version: number },
): Promise<boolean> {
  const name = await requireActiveStaff(input.staff_name);
  const { letter } = input;
  const fallback = LETTER_KINDS[letter].wording;
  const wanted = input.wording && checkWording(letter, input.wording);
  const asDefault = !wanted || (wanted.subject === fallback.subject && wanted.body === fallback.body);
  return inTransaction(async (trx) => {
    await trx.raw("SELECT pg_advisory_xact_lock(7302612, hashtext(?))", [letter]);
    const before = await wordingOf(letter, trx);
    const same = asDefault
      ? before.is_default
      : before.subject === wanted.subject && before.body === wanted.body;
    if (same) return false;
    if (input.version !== before.version)
      throw new Refusal(
        "conflict",
        `${before.updated_by} has changed this letter since you opened the page. Nothing was saved. What you typed is still here; compare it with the version in force, then save again to put yours in its place.`,
        { reason: "stale", version: before.version },
      );
    const version = before.version + 1;
    const text = asDefault ? { subject: null, body: null } : wanted;
    await trx("letter_wordings").insert({
      letter,
      version,
      ...text,
      updated_by: name,
      workstation_id: desk.workstation_id,
    });
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      { type: "LetterChanged", details: { letter, version, default: asDefault } },
    );
    return true;
  });
}
