/**
 * How long `/submit` takes while the worker draws ten 50 MB models, beside idle. Requests come at a fixed pace, so that
 * a slow one does not thin out the load. `npm run bench -- pages-while-drawing`.
 */
import { rmSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { largeStl, send, startApp } from "./app";
import { until } from "../support/system";
import { finish, median, put, quantile, runs, say } from "./table";

const PICTURES = 10;
const PACE_MS = 50;
const IDLE_MS = 8_000;

say("Making the models and starting the app …");
const app = await startApp();
try {
  const model = largeStl();
  for (let n = 0; n < PICTURES; n++) {
    const { status } = await send(`${app.url}/submit`, model);
    if (status !== 303) throw new Error(`Not taken: ${status}`);
  }
  await until(async () => (await drawn()) === PICTURES, 180_000, "the first pictures");

  const rounds: Record<"idle" | "drawing", { p50: number[]; p99: number[] }> = {
    idle: { p50: [], p99: [] },
    drawing: { p50: [], p99: [] },
  };
  const seconds: number[] = [];
  await ask(200, () => true); // warm
  for (let round = 0; round < runs; round++) {
    note("idle", await ask(IDLE_MS / PACE_MS, () => true));
    await forgetPictures();
    const begun = performance.now();
    let done = false;
    const watching = until(async () => (await drawn()) === PICTURES, 240_000, "the pictures").then(() => {
      done = true;
    });
    // From the first picture on: before, the night shift has not looked yet.
    await until(async () => (await drawn()) > 0, 60_000, "the first picture");
    note("drawing", await ask(Infinity, () => !done));
    await watching;
    seconds.push((performance.now() - begun) / 1000);
  }
  for (const [name, goal] of [
    ["p99", 2],
    ["p50", null],
  ] as const)
    put({
      bench: "pages-while-drawing",
      case: `GET /submit, ${name}, while ${PICTURES} pictures are drawn`,
      ours: median(rounds.drawing[name]),
      peer: median(rounds.idle[name]),
      peer_name: "idle",
      unit: "ms",
      goal,
    });
  say(`Ten pictures of 50 MB took ${median(seconds).toFixed(0)} s.`);
  finish(`The web process while the worker draws; a request every ${PACE_MS} ms`);

  function note(when: "idle" | "drawing", times: number[]): void {
    rounds[when].p50.push(quantile(times, 0.5));
    rounds[when].p99.push(quantile(times, 0.99));
    say(
      `${when}: ${times.length} requests, p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`,
    );
  }
} finally {
  await app.stop();
}

async function drawn(): Promise<number> {
  const [row] = await app.sql<{ n: string }>("SELECT count(*) AS n FROM parts WHERE picture = 'drawn'");
  return Number(row!.n);
}

/** All pictures are due again. */
async function forgetPictures(): Promise<void> {
  await app.sql("UPDATE parts SET picture = NULL, picture_widths = '{}'");
  rmSync(path.join(app.storage, ".derived"), { recursive: true, force: true });
  await app.sql(
    "UPDATE outbox SET state = 'due', attempts = 0, next_at = now(), announced_at = NULL, done_at = NULL WHERE kind = 'picture'",
  );
}

/** Asks for the form at a fixed pace. @returns milliseconds of each answer */
async function ask(most: number, goOn: () => boolean): Promise<number[]> {
  const times: number[] = [];
  let failure: Error | undefined;
  const open: Promise<void>[] = [];
  const begun = performance.now();
  for (let n = 0; n < most && goOn() && !failure; n++) {
    const wait = begun + n * PACE_MS - performance.now();
    if (wait > 0) await sleep(wait);
    const due = begun + n * PACE_MS;
    open.push(
      get().then(
        () => void times.push(performance.now() - due),
        (error: Error) => void (failure = error),
      ),
    );
  }
  await Promise.all(open);
  if (failure) throw failure;
  return times;
}

function get(): Promise<void> {
  return new Promise((resolve, reject) => {
    http
      .get(`${app.url}/submit`, { agent: false }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(String(answer.statusCode)));
        answer.resume().on("end", resolve);
      })
      .on("error", reject);
  });
}
