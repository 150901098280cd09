/**
 * Runs around every test file. A test fails when something complained on the console or a promise was
 * rejected unseen; one that expects a complaint replaces `console.error` itself (vi.spyOn).
 */
import { afterAll, afterEach, beforeEach } from "vitest";

const complaints: string[] = [];
const closers: (() => Promise<void>)[] = [];

for (const level of ["error", "warn"] as const) {
  const print = console[level].bind(console);
  console[level] = (...words: unknown[]) => {
    complaints.push(`console.${level}: ${words.map(String).join(" ").slice(0, 500)}`);
    print(...words);
  };
}
const onRejection = (reason: unknown) => {
  complaints.push(
    `unhandled rejection: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
  );
};
process.on("unhandledRejection", onRejection);

/** What is opened during a file and must be closed after it, whatever its own hooks do. */
export function closeAfterFile(close: () => Promise<void>): void {
  closers.push(close);
}

function expectSilence(): void {
  const heard = complaints.splice(0);
  if (heard.length) throw new Error(`Nobody expected this:\n  ${heard.join("\n  ")}`);
}

beforeEach(expectSilence);
afterEach(expectSilence);
// Registered before any hook of the file, so it runs after all of them.
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  expectSilence();
  process.off("unhandledRejection", onRejection);
});
