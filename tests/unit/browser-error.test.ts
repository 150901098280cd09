/** R36: a browser's error in the log says what broke and where in our scripts, and nothing of anybody. */
import { expect, test } from "vitest";
import { BrowserErrorSchema, lineOf } from "@server/health/browser-error";

const report = (more: object) =>
  lineOf(BrowserErrorSchema.parse({ message: "x", where: "page", path: "/submit", ...more }));

test("keeps names of code and our own places", () => {
  expect(
    report({
      name: "TypeError",
      message: "Cannot read properties of undefined (reading 'foo.bar')",
      stack: `TypeError: Ada Lovelace\n    at a (https://print.example.edu/assets/job-Ab_1.js:12:345)\n    at b (https://elsewhere.example/x.js:1:1)\n    at c (https://print.example.edu/assets/root-x.js:9:1)`,
    }),
  ).toEqual({
    error: "TypeError",
    message: "Cannot read properties of undefined (reading 'foo.bar')",
    where: "page",
    path: "/submit",
    frames: ["job-Ab_1.js:12:345", "root-x.js:9:1"],
  });
});

test("leaves out what people typed, addresses, links, tokens, numbers and references", () => {
  const line = JSON.stringify(
    report({
      name: "Ada Lovelace!",
      message:
        'Unexpected "Ada Lovelace" ada.lovelace+x@example.edu at https://x.example/confirm/abc?name=Ada eyJhbGciOiJIUzI1NiJ9.abcdefghijklmnopqrst 891234567',
      path: "/track/eyJhbGciOiJIUzI1NiJ9?name=Ada#Lovelace",
    }),
  );
  for (const word of ["Ada", "Lovelace", "@", "eyJ", "891234567", "https", "name="])
    expect(line).not.toContain(word);
  expect(line).toContain('"path":"/track/:x"');
});

test("is one line whatever it holds, and short", () => {
  const line = report({
    message: `a\r\n{"level":"fatal"}\u001b[2J\u202e${"b ".repeat(400)}`,
    stack: "/assets/x.js:1:1 ".repeat(200),
  });
  expect(line.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(line.message.length).toBeLessThanOrEqual(200);
  expect(line.frames).toHaveLength(8);
});

test("what no page of ours sends is no report", () => {
  for (const bad of [
    null,
    [],
    "x",
    {},
    { message: "x", where: "elsewhere", path: "/" },
    { message: "x".repeat(1001), where: "page", path: "/" },
    { message: "x", where: "page", path: "/", extra: 1 },
  ])
    // prettier-ignore
    expect(BrowserErrorSchema.safeParse(bad).success).toBe(false);
});
