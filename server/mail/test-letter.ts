/** "Mail works", and a student's letter as a test: sent when an administrator wants to know. Pure: no I/O. */
import type { Letter } from "./letter";

/** Below it, instead of what stands below students' letters. */
export const TEST_FOOTER = "An administrator of the print desk sent this to see whether mail arrives.";

/** A letter about the sample (`sampleLetter`) that says of itself that it is a test. */
export function markedAsTest(letter: Letter): Letter {
  const text = "This is a test letter with made-up names and numbers. Nobody else gets it.";
  return { subject: `[Test] ${letter.subject}`, blocks: [{ kind: "note", text }, ...letter.blocks] };
}

/** A few lines that say that mail works. @param url where the print desk is */
export function testLetter(lab: { lab_name: string }, url: string): Letter {
  return {
    subject: `Test letter from ${lab.lab_name}`,
    blocks: [
      { kind: "heading", text: "Mail works" },
      {
        kind: "paragraph",
        text: "This is a test. If you can read it, the print desk can write to students: receipts, prices to confirm, and the news that a print is ready.",
      },
      { kind: "button", label: "Open the print desk", url },
      { kind: "note", text: "There is nothing to do about this letter." },
    ],
  };
}
