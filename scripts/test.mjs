/**
 * `npm test`: installs what is missing, finds a browser, then runs every check and counts all results.
 * `npm run check` (--no-setup) runs the same checks on a machine that is set up already.
 */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { findBrowser, installBrowser } from "./browser.mjs";
import { checkNode, ensureInstalled, root } from "./setup.mjs";

const STEP_LIMIT_MS = 70 * 60_000;
const reports = fs.mkdtempSync(path.join(os.tmpdir(), "printdesk-test-"));
process.on("exit", () => fs.rmSync(reports, { recursive: true, force: true }));

checkNode();
if (process.argv.includes("--no-setup")) {
  process.env.CHROMIUM_PATH ||= findBrowser() ?? "";
} else {
  ensureInstalled();
  const browser = findBrowser() ?? installBrowser();
  if (browser) process.env.CHROMIUM_PATH = browser;
  else console.error("No browser was found and none could be installed; the browser tests will fail.");
}

const bin = (name, file) => path.join(root, "node_modules", name, file);
const playwrightReport = path.join(reports, "playwright.json");
/** These only read: they run at the same time, and what they said is shown one after the other. */
const reading = [
  { name: "format", args: [bin("prettier", "bin/prettier.cjs"), "--check", "--log-level", "warn", "."] },
  { name: "lint", args: [bin("eslint", "bin/eslint.js"), "--max-warnings", "0", "."] },
  { name: "types", args: [bin("typescript", "bin/tsc"), "--noEmit"] },
];
const steps = [
  vitestStep("unit and integration"),
  { name: "build", args: [path.join(root, "scripts", "build.mjs")] },
  // The real programs under Xvfb and wine; says so, and skips, where there are none.
  { ...vitestStep("slicer opener", "--config=vitest.opener.config.ts"), maySkip: true },
  {
    name: "browser",
    args: [bin("@playwright/test", "cli.js"), "test", "--reporter=list,json"],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport, PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport },
    count: () => {
      const report = readJson(playwrightReport);
      if (!report) return undefined;
      const { expected, flaky, unexpected, skipped } = report.stats;
      const journeys = report.suites.flatMap(journeysOf);
      return {
        passed: expected + flaky,
        failed: unexpected,
        skipped,
        secondTime: journeys.filter(({ status }) => status === "flaky"),
        failures: journeys.filter(({ status }) => status === "unexpected"),
      };
    },
  },
];

/** A step of vitest's. The files in which something failed run once more, by themselves. */
function vitestStep(name, ...options) {
  const report = path.join(reports, `${name}.json`);
  const second = path.join(reports, `${name}, second time.json`);
  const args = (file, ...more) => [
    bin("vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
    ...options,
    ...more,
  ];
  return {
    name,
    args: args(report),
    again: () => {
      const failed = readJson(report)?.testResults.filter(({ status }) => status === "failed") ?? [];
      return failed.length ? args(second, "--maxWorkers=1", ...failed.map((file) => file.name)) : undefined;
    },
    count: () => {
      const files = readJson(report)?.testResults;
      return files && vitestCount(files, readJson(second)?.testResults ?? []);
    },
  };
}

/** Counts the tests of vitest's report; what `again` tells of a file counts in place of what `files` tells of it. */
function vitestCount(files, again) {
  const testsOf = (file) => {
    const title = path.relative(root, file.name);
    const tests = file.assertionResults.map((test) => ({
      title: `${title} › ${test.fullName}`,
      status: test.status,
      message: test.failureMessages?.[0],
    }));
    // What failed around its tests: a hook, or the file itself.
    if (file.status === "failed" && !tests.some(({ status }) => status === "failed"))
      tests.push({ title, status: "failed", message: file.message });
    return tests;
  };
  const first = files.flatMap(testsOf);
  const repeated = new Set(again.map(({ name }) => name));
  const last = [...files.filter(({ name }) => !repeated.has(name)), ...again].flatMap(testsOf);
  const failures = last.filter(({ status }) => status === "failed");
  const passed = last.filter(({ status }) => status === "passed").length;
  const stillFailed = new Set(failures.map(({ title }) => title));
  return {
    passed,
    failed: failures.length,
    skipped: last.length - passed - failures.length,
    secondTime: first.filter(({ title, status }) => status === "failed" && !stillFailed.has(title)),
    failures,
  };
}

/** The journeys of a suite of Playwright's report, however deep, and what the first failed try of each said. */
function journeysOf({ suites = [], specs = [] }) {
  return [
    ...specs.flatMap(({ file, title, tests }) =>
      tests.map((test) => ({
        title: `${file} [${test.projectName}] ${title}`,
        status: test.status,
        message: test.results.find(({ error }) => error)?.error.message,
      })),
    ),
    ...suites.flatMap(journeysOf),
  ];
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Every process below `pid`, however deep and in whatever group; PostgreSQL has its own. */
function descendants(pid) {
  const parents = new Map();
  if (fs.existsSync("/proc/self/stat")) {
    for (const name of fs.readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const stat = fs.readFileSync(`/proc/${name}/stat`, "utf8");
        parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0]));
      } catch {
        // ended meanwhile
      }
    }
  } else if (process.platform !== "win32") {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
    for (const line of (stdout ?? "").trim().split("\n")) {
      const [child, parent] = line.trim().split(/\s+/).map(Number);
      parents.set(child, parent);
    }
  }
  const found = [];
  for (const queue = [pid]; queue.length;) {
    const current = queue.pop();
    for (const [child, parent] of parents) {
      if (parent !== current) continue;
      queue.push(child);
      found.push(child);
    }
  }
  return found;
}

function killTree(child) {
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(child.pid), "/T", "/F"]);
    return;
  }
  for (const pid of [...descendants(child.pid), child.pid]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // ended meanwhile
    }
  }
}

const running = new Set();
for (const name of ["SIGINT", "SIGTERM"])
  process.on(name, () => {
    for (const child of running) killTree(child);
    process.exit(130);
  });

/** Runs a step, in sight of the user unless `quiet`; resolves with how it ended, how long it took and what it said. */
function runStep(step, quiet = false) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, step.args, {
      cwd: root,
      env: { ...process.env, ...step.env },
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    });
    running.add(child);
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => said.push(chunk));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killTree(child);
    }, STEP_LIMIT_MS);
    const end = (result) => {
      clearTimeout(timer);
      running.delete(child);
      const seconds = (Date.now() - started) / 1000;
      resolve({ ...result, seconds, said: Buffer.concat(said).toString() });
    };
    child.on("error", (error) => end({ ok: false, note: error.message }));
    child.on(quiet ? "close" : "exit", (code, signal) =>
      end({
        ok: code === 0,
        note: late ? `stopped after ${STEP_LIMIT_MS / 60_000} minutes` : signal ? `ended by ${signal}` : "",
      }),
    );
  });
}

const ended = new Map(await Promise.all(reading.map(async (step) => [step, await runStep(step, true)])));
const rows = [];
for (const step of [...reading, ...steps]) {
  console.log(`\n── ${step.name} ${"─".repeat(Math.max(4, 70 - step.name.length))}`);
  const first = ended.get(step) ?? (await runStep(step));
  process.stdout.write(first.said);
  const again = step.again?.();
  const second = again && (await runStep({ ...step, args: again }));
  const { ok, note } = second ?? first;
  const seconds = first.seconds + (second?.seconds ?? 0);
  const row = { name: step.name, passed: 0, failed: 0, skipped: 0, note, seconds };
  const counted = step.count?.();
  if (step.count) {
    Object.assign(row, counted);
    // A runner that crashed, or found nothing to run, has failed even if no test says so.
    const ran = counted && counted.passed + counted.failed + (step.maySkip ? counted.skipped : 0);
    if (!ran) row.note ||= "ran no tests";
    if (row.failed === 0 && (!ok || row.note)) {
      row.failed = 1;
      row.note ||= "the runner failed outside its tests";
    }
  } else row[ok ? "passed" : "failed"] = 1;
  rows.push(row);
}

const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
console.log("");
for (const row of rows)
  console.log(
    `${row.failed ? "FAILED" : "ok    "}  ${row.name.padEnd(22)} ${String(row.passed).padStart(5)} passed ` +
      `${String(row.failed).padStart(4)} failed ${row.seconds.toFixed(1).padStart(7)} s${row.note ? `  (${row.note})` : ""}`,
  );
for (const [heading, key] of [
  ["Passed only the second time", "secondTime"],
  ["Failed", "failures"],
]) {
  const named = rows.flatMap((row) => row[key] ?? []);
  if (!named.length) continue;
  console.log(`\n${heading}:`);
  for (const { title, message } of named) {
    const plain = stripVTControlCharacters(message ?? "").trim();
    console.log(
      `  ${title}\n${plain.split("\n").slice(0, 6).join("\n").slice(0, 600).replace(/^/gm, "      ")}`,
    );
  }
}
console.log("");
const skipped = sum("skipped");
console.log(`${sum("passed")} passed, ${sum("failed")} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exitCode = sum("failed") ? 1 : 0;
