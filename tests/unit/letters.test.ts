import { describe, expect, test } from "vitest";
import { approval } from "@server/mail/approval";
import { completion } from "@server/mail/completion";
import { confirmReminder } from "@server/mail/confirm-reminder";
import { correction } from "@server/mail/correction";
import {
  frameOf,
  greeting,
  labTime,
  linksOf,
  oneLine,
  renderHtml,
  renderText,
  safeUrl,
  type Letter,
  type LetterJob,
} from "@server/mail/letter";
import { confirmUrl, messageIdOf, statusUrl, submitUrl } from "@server/mail/links";
import { pickupReminder } from "@server/mail/pickup-reminder";
import { receipt } from "@server/mail/receipt";
import { rejection, rejectionIsSent } from "@server/mail/rejection";
import { REJECT_REASONS } from "@server/jobs/schemas";
import { SettingsSchema } from "@server/settings/schema";

const settings = SettingsSchema.parse({ contact_email: "lab@example.edu" });
const frame = frameOf(settings);
const site = "https://print.example.edu";
const job: LetterJob = {
  short_id: 1042,
  student_name: "Ada Lovelace",
  student_email: "ada@example.edu",
  display_name: "AdaLovelace_Filament_TrueRed_1042.stl",
  original_filename: "bracket v2.stl",
  print_method: "Filament",
  material_name: "PLA filament",
  color_name: "True Red",
  printer_name: "Prusa MK4S",
  weight_g: 25.5,
  time_hours: 3.5,
  cost_cents: 300,
  reject_reasons: { reasons: ["thin_walls", "too_large"], custom_reason: "Walls are 0.2 mm.\nUse 1 mm." },
};
const status_url = statusUrl(site, "ref.sig");
const confirm_url = confirmUrl(site, "token_1-2");
const extras = {
  status_url,
  confirm_url,
  submit_url: submitUrl(site),
  expires_at: new Date("2026-11-23T20:05:00Z"),
  minimum_charge_cents: 300,
  settings,
};
const letters: Record<string, (job: LetterJob) => Letter> = {
  receipt: (j) => receipt(j, extras),
  approval: (j) => approval(j, extras),
  rejection: (j) => rejection(j, extras),
  completion: (j) => completion(j, extras),
  correction: (j) => correction(j, extras),
  "confirm-reminder": (j) => confirmReminder(j, extras),
  "pickup-reminder": (j) => pickupReminder(j, { ...extras, ready_since: extras.expires_at }),
};

/** What a reader sees of the HTML: no tags, entities resolved, single spaces. */
const seen = (html: string) =>
  html
    .replace(/<(head)[\s\S]*?<\/\1>|<!--[\s\S]*?-->|<[^>]+>/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ");

const facts: Record<string, string[]> = {
  receipt: [
    "Ada Lovelace",
    "1042",
    "bracket v2.stl",
    "Prusa MK4S",
    "True Red",
    status_url,
    "confirm the price",
  ],
  approval: [
    ...[
      "Ada Lovelace",
      "1042",
      "bracket v2.stl",
      "Prusa MK4S",
      "True Red",
      "PLA filament",
      "25.5 g",
      "3.5 h",
    ],
    ...[
      "$3.00",
      "Nov 23, 2026, 14:05 (Chicago time)",
      "minimum charge is $3.00",
      "If you do nothing",
      confirm_url,
    ],
  ],
  rejection: [
    ...["1042", "bracket v2.stl", REJECT_REASONS.thin_walls, REJECT_REASONS.too_large, "Walls are 0.2 mm."],
    ...["Use 1 mm.", submitUrl(site)],
  ],
  completion: [
    "1042",
    "bracket v2.stl",
    "$3.00",
    "estimate",
    "Tiger-Cash",
    "bring your request number",
    status_url,
  ],
  "confirm-reminder": [
    ...["1042", "bracket v2.stl", "$3.00", "Nov 23, 2026, 14:05 (Chicago time)", "you owe nothing"],
    confirm_url,
  ],
  "pickup-reminder": ["1042", "bracket v2.stl", "$3.00", "Nov 23, 2026, 14:05", "Tiger-Cash", status_url],
  correction: ["1042", "not ready", "sorry", "we will write again", status_url],
};

describe.each(Object.keys(letters))("%s", (name) => {
  const letter = letters[name]!(job);

  test("says its facts in text and HTML", () => {
    const text = renderText(letter, frame).replace(/\s+/g, " ");
    const html = seen(renderHtml(letter, frame));
    for (const fact of [...facts[name]!, "3D Print Lab, Example University", "lab@example.edu"]) {
      expect(text).toContain(fact);
      expect(html).toContain(fact);
    }
    expect(letter.subject).toContain("1042");
  });

  test("keeps text within 76 columns and addresses whole", () => {
    const long = `${site}/track/${"x".repeat(300)}`;
    const text = renderText(
      { ...letter, blocks: [...letter.blocks, { kind: "button", label: "Open", url: long }] },
      frame,
    );
    for (const line of text.split("\n")) {
      if (line.startsWith("http")) continue;
      expect([...line].length).toBeLessThanOrEqual(76);
    }
    expect(text.split("\n")).toContain(long);
  });

  test("links only to the site", () => {
    expect(linksOf(letter).length).toBeGreaterThan(0);
    const html = renderHtml(letter, frame);
    for (const [, href] of html.matchAll(/href="([^"]*)"/g)) {
      expect(href === "mailto:lab@example.edu" || href!.startsWith(`${site}/`)).toBe(true);
    }
  });

  test("is a document that mail programs and screen readers understand", () => {
    const html = renderHtml(letter, frame);
    expect(html).toMatch(/^<!doctype html>\n<html lang="en"/);
    expect(html).toContain('name="color-scheme" content="light dark"');
    expect(html).toContain("max-width:600px");
    const tables = html.match(/<table[^>]*>/g)!;
    expect(tables.every((tag) => tag.includes('role="presentation"'))).toBe(true);
    expect(html).not.toMatch(/<(script|img|link|iframe|object|form)\b/i);
    expect(html.match(/<h1/g)).toHaveLength(1);
  });

  test("shows hostile text as text", () => {
    const evil = `<img src=x onerror=alert(1)> & "q" 'a' </table><script>alert(1)</script>`;
    const hostile = letters[name]!({
      ...job,
      student_name: evil,
      original_filename: evil,
      printer_name: evil,
      color_name: evil,
      material_name: evil,
      print_method: evil,
      reject_reasons: { reasons: ["constructor", "__proto__"], custom_reason: evil },
    });
    const html = renderHtml(hostile, { ...frame, lab_name: evil, university_name: evil, footer: evil });
    expect(html).not.toMatch(/<script|<img/i);
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;q&quot; &#39;a&#39;");
    expect(html.match(/<table/g)!.length).toBe(html.match(/<\/table>/g)!.length);
    expect(hostile.subject).not.toContain("<");
  });
});

test("empty and missing values are left out", () => {
  const bare: LetterJob = { ...job, material_name: null, weight_g: null, time_hours: null, cost_cents: null };
  const text = renderText(approval(bare, extras), frame);
  expect(text).not.toMatch(/null|NaN|undefined|Weight|Estimated price/);
  expect(renderText(completion(bare, extras), frame)).not.toContain("price above");
  expect(renderText(rejection({ ...job, reject_reasons: null }, extras), frame)).toContain("ask us");
});

test("a request that the student declined gets no rejection letter", () => {
  const declined = { ...job, reject_reasons: { reasons: ["declined_by_student"], custom_reason: "" } };
  expect(rejectionIsSent(job)).toBe(true);
  expect(rejectionIsSent(declined)).toBe(false);
  expect(() => rejection(declined, extras)).toThrow(/declined/);
});

test("only http and https addresses make it into a letter", () => {
  for (const url of [
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example",
    "/track/1",
    "https://print.example.edu@evil.example/",
    "",
  ]) {
    const letter: Letter = { subject: "s", blocks: [{ kind: "button", label: "x", url }] };
    expect(() => safeUrl(url)).toThrow(TypeError);
    expect(() => renderHtml(letter, frame)).toThrow(TypeError);
    expect(() => renderText(letter, frame)).toThrow(TypeError);
  }
  expect(safeUrl('https://a.example/?q="><b>')).not.toMatch(/["<>]/);
});

test("names that look like links are not greeted by name", () => {
  const hello = (student_name: string) => (greeting({ student_name }) as { text: string }).text;
  expect(hello("Zoë O'Neill-Müller")).toBe("Hello Zoë O'Neill-Müller,");
  expect(hello("J. R. Hartley")).toBe("Hello J. R. Hartley,");
  for (const name of ["win at https://evil.example", "www.evil", "evil.com", "a@b.example", "\u0000"])
    expect(hello(name)).toBe("Hello,");
});

test("control characters, line separators and direction marks never get through", () => {
  expect(oneLine("a\r\nBcc: x\u0000\u2028b\u202Ec\u2066d\ud800  e")).toBe("a Bcc: x b c d\ufffd e");
  expect(oneLine("👩‍🔬 Zoë")).toBe("👩‍🔬 Zoë");
});

test("links and Message-ID", () => {
  expect(statusUrl(site, "a/b?c")).toBe(`${site}/track/a%2Fb%3Fc`);
  expect(confirmUrl(site, "a#b")).toBe(`${site}/confirm/a%23b`);
  expect(messageIdOf(17, "http://localhost:3000")).toBe("<17@localhost>");
});

test("the lab's time is said with its place", () => {
  const at = new Date("2026-07-01T12:00:00Z");
  expect(labTime(at, "America/New_York")).toBe("Jul 1, 2026, 08:00 (New York time)");
  expect(labTime(at, "UTC")).toBe("Jul 1, 2026, 12:00 (UTC)");
});
