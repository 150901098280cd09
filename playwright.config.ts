/** The journeys: the built product, with its own database, storage, queue, worker and a real SMTP peer, twice: with and without JavaScript. */
import { defineConfig, devices } from "@playwright/test";

/** What does not depend on JavaScript in the browser, or needs it by itself. */
const ONCE = new RegExp(
  `(${[
    "accessibility",
    "api",
    "board",
    "board-habits",
    "model-view",
    "model-worker",
    "note-keys",
    "odd-requests",
    "outage",
    "security",
    "two-desks",
    "two-workers",
  ].join("|")})\\.spec\\.ts$`,
);

/** The longest of all: first, so that the others run beside it. */
const FIRST = /under-fire\.spec\.ts$/;

const root = process.getuid?.() === 0;

export default defineConfig({
  testDir: "tests/journeys",
  outputDir: "test-results",
  fullyParallel: false,
  // Each worker has a lab of its own: database, storage, mail.
  workers: 2,
  // On a busy machine a click has hung now and then. What passes only the second time is named at the end of `npm test`.
  retries: 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1280, height: 900 },
    trace: "off",
    screenshot: "only-on-failure",
    timezoneId: "Asia/Kathmandu",
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH || undefined,
      args: [
        ...(root ? ["--no-sandbox"] : []),
        "--disable-gpu",
        // WebGL without a graphics card, where the browser has it.
        "--enable-unsafe-swiftshader",
        "--use-angle=swiftshader",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
  projects: [
    { name: "under fire", testMatch: FIRST },
    { name: "with JavaScript", use: { javaScriptEnabled: true }, testIgnore: [ONCE, FIRST] },
    { name: "without JavaScript", use: { javaScriptEnabled: false }, testIgnore: [ONCE, FIRST] },
    { name: "once", testMatch: ONCE },
  ],
});
