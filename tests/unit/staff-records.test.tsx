/** What staff read about a job's records: events as sentences, who did it, kinds, notes' limits, time left, rates. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { actorText, eventText } from "~/components/staff-event-text";
import { StaffField } from "~/components/staff-name-field";
import { newFormKey } from "~/components/staff-note-draft";
import { NoteList } from "~/components/staff-notes";
import { OpenFile } from "~/components/staff-open-file";
import { TimeLeft, timeLeftText } from "~/components/time-left";
import { KIND_RULES } from "@server/events/kinds";
import { formatRate } from "@server/format";
import { isUuid } from "@server/ids";
import { noteLength, noteProblem } from "@server/jobs/note-limits";
import { NoteSchema } from "@server/jobs/schemas";
import { STEP_NAMES, step } from "@server/jobs/states";

/** Every type that any file of ours writes: the table's, and those given to the log by name. */
function writtenTypes(): string[] {
  const types = new Set(STEP_NAMES.map((name) => step(name).event));
  for (const room of ["server", "workers"])
    for (const file of readdirSync(room, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    )) {
      const text = readFileSync(path.join(room, file), "utf8");
      if (!/appendEvent|noteFileAccess|event_type|\brepair\(/.test(text)) continue;
      for (const [, type] of text.matchAll(/\b(?:type|event_type): "([A-Z][A-Za-z]+)"/g)) types.add(type!);
      for (const [, type] of text.matchAll(/^export type FileAccess = "(\w+)"/gm)) types.add(type!);
    }
  return [...types, "FileDownloaded"];
}

describe("events as sentences", () => {
  const types = writtenTypes();

  test("every type that is written anywhere has a sentence of its own", () => {
    expect(types).toEqual(
      expect.arrayContaining(["JobCreated", "FileOpened", "WorkstationLogin", "AdminAction"]),
    );
    for (const event_type of types) {
      const { sentence } = eventText({ event_type, details: {} });
      // What nobody has words for is told by its name.
      expect(sentence, event_type).not.toBe(`${event_type.replace(/(?<=[a-z])(?=[A-Z])/g, " ")}.`);
      expect(sentence).toMatch(/^[A-Z].*\.$/s);
      expect(sentence).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  test("types that kinds name are types that are written", () => {
    for (const { types: named = [] } of Object.values(KIND_RULES))
      expect(types).toEqual(expect.arrayContaining([...named]));
  });

  test.each([
    ["FileOpened", { file_name: "a.stl" }, "Opened a.stl in the slicer."],
    ["FileDownloaded", { file_name: "a.stl" }, "Downloaded a.stl."],
    [
      "JobApproved",
      { weight_g: 25.5, time_hours: 3.5, cost_cents: 425, authoritative_filename: "a.3mf" },
      "Approved: 25.5 g, 3.5 h, $4.25. File to print: a.3mf.",
    ],
    [
      "AdminAction",
      { action: "change-status", from: "COMPLETED", to: "PRINTING", completion_mail: "corrected" },
      "Override: changed the status from Completed to Printing. A correction is mailed.",
    ],
    ["EmailRetried", { email_type: "receipt" }, "Had the failed receipt letter sent again."],
  ])("%s", (event_type, details, sentence) => {
    expect(eventText({ event_type, details }).sentence).toBe(sentence);
  });

  test("who did it: people with their workstation, the others in words", () => {
    const at = { workstation_id: "front-desk", details: {} };
    expect(actorText({ ...at, triggered_by: "Jane Doe" })).toBe("Jane Doe, front-desk");
    expect(actorText({ ...at, triggered_by: "Jane Doe", inactive: true })).toBe(
      "Jane Doe (inactive), front-desk",
    );
    expect(actorText({ ...at, triggered_by: "student", workstation_id: "public" })).toBe("The student");
    expect(actorText({ ...at, triggered_by: "system", workstation_id: "worker" })).toBe("The system");
    expect(actorText({ ...at, triggered_by: "Front Desk", details: { by_workstation: true } })).toBe(
      "Somebody at Front Desk",
    );
  });
});

describe("notes", () => {
  test("limits: as the server's schema says, in its words", () => {
    const says = (notes: string) =>
      NoteSchema.safeParse({ staff_name: "Jane Doe", notes }).error?.issues[0]?.message ?? null;
    for (const text of [
      "",
      "  \n ",
      "x",
      "x".repeat(1000),
      "x".repeat(1001),
      "🖨".repeat(1000),
      "🖨".repeat(1001),
    ])
      expect(noteProblem(text, 0), text.slice(0, 5)).toBe(says(text));
    expect(noteLength(" a\r\nb ")).toBe(3);
    expect(noteProblem("x".repeat(100), 4900)).toBeNull();
    expect(noteProblem("x".repeat(101), 4900)).toBe(
      "Shorten the note: 100 characters are left for this job.",
    );
  });

  test("who has left is marked", () => {
    const note = { id: "1", body: "B", staff_name: "Jane", workstation_id: "front", created_at: "2026-11-23T20:05:00Z" }; // prettier-ignore
    expect(renderToStaticMarkup(<NoteList notes={[{ ...note, inactive: true }]} />)).toContain(
      "Jane (inactive), front",
    );
    expect(renderToStaticMarkup(<NoteList notes={[note]} />)).not.toContain("inactive");
  });

  test("a form's own key is a UUID, another each time", () => {
    const keys = Array.from({ length: 50 }, newFormKey);
    expect(keys.every(isUuid)).toBe(true);
    expect(new Set(keys).size).toBe(50);
  });
});

test("nobody is chosen beforehand, and a new name is marked", () => {
  const out = renderToStaticMarkup(
    <StaffField
      staff={[
        { name: "Jane Doe", is_new: false },
        { name: "New One", is_new: true },
      ]}
    />,
  );
  expect(out).toMatch(/<option value="" selected="">Choose your name<\/option>/);
  expect(out).toContain("New One (new)");
});

test("without a script, opening a file goes through the server", () => {
  const out = renderToStaticMarkup(<OpenFile jobId="j" path="Uploaded/x/a b.stl" mount="Z:\storage" />);
  expect(out).toContain('href="/dashboard/jobs/j/open/a%20b.stl"');
  expect(out).toContain('aria-label="Open file: a b.stl"');
});

test("time left: minutes, then seconds; a clock time as the server sends it", () => {
  expect(timeLeftText(1790)).toBe("30 min left");
  expect(timeLeftText(121)).toBe("3 min left");
  expect(timeLeftText(120)).toBe("120 s left");
  expect(timeLeftText(0.4)).toBe("1 s left");
  expect(timeLeftText(-3)).toBe("0 s left");
  const out = renderToStaticMarkup(<TimeLeft until="2026-11-23T20:05:00.000Z" seconds={null} />);
  expect(out).toContain(">until 20:05</time>");
});

test("a rate keeps its fractions of a cent", () => {
  expect([10, 12.5, 12.25, 100].map(formatRate)).toEqual(["$0.10", "$0.125", "$0.1225", "$1.00"]);
});
