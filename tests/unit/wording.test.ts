/** A wording becomes a letter exactly, and one that could not is refused with a sentence. */
import { describe, expect, test } from "vitest";
import { LETTER_KIND_NAMES, LETTER_KINDS } from "@server/mail/kinds";
import { frameOf, linksOf, renderHtml, renderText } from "@server/mail/letter";
import { sampleLetter } from "@server/mail/sample";
import { type LetterParts, type Placeholders, wordingProblems, writeLetter } from "@server/mail/wording";
import { SettingsSchema } from "@server/settings/schema";

const allowed: Placeholders = {
  values: { short_id: "number", price: "price" },
  blocks: { facts: "facts", button: "button" },
  needed: ["button"],
};
const parts: LetterParts = {
  values: { short_id: "1042", price: "" },
  blocks: {
    facts: [{ kind: "facts", rows: [{ label: "File", value: "a.stl" }] }],
    button: [{ kind: "button", label: "Go", url: "https://lab.example/go" }],
  },
};
const body = (text: string) => writeLetter({ subject: "s", body: text }, parts).blocks;
const problems = (text: string, subject = "Print {short_id}") =>
  wordingProblems({ subject, body: text }, allowed);

describe("writing", () => {
  test("each kind of paragraph", () => {
    expect(
      body(`# Title {short_id}\r\n\r\nOne\nline\n\n{facts}\n\n- a\n- b\n\n> small\n> print\n\n[Guide](https://a.example/x)\n\n{button}`),
    ).toEqual([
      { kind: "heading", text: "Title 1042" },
      { kind: "paragraph", text: "One\nline" },
      ...parts.blocks.facts!,
      { kind: "list", items: ["a", "b"] },
      { kind: "note", text: "small\nprint" },
      { kind: "button", label: "Guide", url: "https://a.example/x", quiet: true },
      ...parts.blocks.button!,
    ]);
  }); // prettier-ignore

  test("what is optional goes when its value is missing, and a paragraph without words with it", () => {
    expect(body("Print it[[ for {price}]].")).toEqual([{ kind: "paragraph", text: "Print it." }]);
    expect(body("[[Costs {price}.]]\n\nMore")).toEqual([{ kind: "paragraph", text: "More" }]);
    expect(body("[[No. {short_id}]]")).toEqual([{ kind: "paragraph", text: "No. 1042" }]);
  });

  test("values are never read as wording", () => {
    const tricky = { ...parts, values: { short_id: "{price} [[x]] # - $&", price: "" } };
    expect(writeLetter({ subject: "{short_id}", body: "{short_id}" }, tricky)).toEqual({
      subject: "{price} [[x]] # - $&",
      blocks: [{ kind: "paragraph", text: "{price} [[x]] # - $&" }],
    });
  });

  test("markup in a wording is text", () => {
    const letter = writeLetter({ subject: "<b>", body: "# <script>alert(1)</script>\n\n<img src=x>" }, parts);
    const frame = frameOf(SettingsSchema.parse({}));
    expect(renderHtml(letter, frame)).not.toMatch(/<script|<img/);
    expect(renderText(letter, frame)).toContain("<img src=x>");
  });
});

describe("checking", () => {
  const good = "# Hello\n\n{button}";
  test("a good one has no problems", () => expect(problems(good)).toEqual({}));
  test.each([
    ["", "Enter the letter's text."],
    ["# Hello", "Put {button} into the text"],
    [`${good}\n\n{file}`, "{file} is no placeholder here."],
    [`${good}\n\n{FACTS}`, "{FACTS} is no placeholder here."],
    [`${good}\n\n{constructor}`, "{constructor} is no placeholder here."],
    [`${good}\n\n{facts`, "no partner"],
    [`${good}\n\nLook: {facts}`, "on a line of its own"],
    [`${good}\n{facts}`, "on a line of its own"],
    [`${good}\n\n[x](javascript:alert(1))`, "is no address for a link"],
    [`${good}\n\n[x](//evil.example)`, "is no address for a link"],
    [`${good}\n\n[[never closed`, "come in pairs"],
    ["{button}", "Start the letter with a heading"],
    [`${good}${"x".repeat(5001)}`, "5000 characters"],
  ])("%j", (text, sentence) => expect(problems(text).body).toContain(sentence));
  test.each([
    [" ", "Enter a subject."],
    ["x".repeat(151), "150 characters"],
    ["a\nBcc: b", "one line"],
    ["{facts}", "whole block"],
    ["{price", "no partner"],
    ["{name}", "{name} is no placeholder here."],
  ])("subject %j", (subject, sentence) => expect(problems(good, subject).subject).toContain(sentence));
});

describe.each(LETTER_KIND_NAMES)("%s", (name) => {
  const { wording, placeholders } = LETTER_KINDS[name];
  test("its default wording passes its own check", () =>
    expect(wordingProblems(wording, placeholders)).toEqual({}));

  test("everything that may stand in it is filled, also in the sample", () => {
    const all = [
      ...Object.keys(placeholders.values).map((value) => `v ${value}=<{${value}}>`),
      ...Object.keys(placeholders.blocks).map((block) => `{${block}}`),
    ];
    const extras = { home: "https://lab.example", settings: SettingsSchema.parse({}), now: new Date(0) };
    const letter = sampleLetter(name, { subject: "{short_id}", body: `# T\n\n${all.join("\n\n")}` }, extras);
    const text = renderText(letter, frameOf(extras.settings));
    expect(text).not.toMatch(/[{}]|<>|undefined|null/);
    expect(text).toContain("Sam");
    for (const link of linksOf(letter)) expect(link).toMatch(/^https:\/\/lab\.example\//);
  });
});
