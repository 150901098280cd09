/**
 * A 50 MB upload through the whole app beside bare busboy → SHA-256 → file, and the web process's memory with eight
 * at once. `npm run bench -- upload`.
 *
 * The app fsyncs, checks the header, measures the model and writes the request before it answers; the peer does
 * none of that. `Server-Timing` tells the steps apart: acceptance is receive + check.
 */
import { fork } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import express from "express";
import { highWater, largeStl, pidOf, send, startApp } from "./app";
import { finish, median, put, runs, say } from "./table";

const AT_ONCE = 8;
/** Memory that eight uploads at once may need above one, MB. */
const MORE_MB = 40;

if (process.argv.includes("--bare")) bareServer(process.argv.at(-1)!);
else await bench();

/** What the bytes cost at the least: parse, hash, write. No fsync, no checks, no database. */
function bareServer(folder: string): void {
  const app = express();
  app.post("/upload", (req, res) => {
    const begun = performance.now();
    const parser = busboy({ headers: req.headers });
    let stored: Promise<void> | undefined;
    const hash = createHash("sha256");
    const file = path.join(folder, randomUUID());
    parser.on("file", (_, stream) => {
      stream.on("data", (chunk: Buffer) => hash.update(chunk));
      stored = pipeline(stream, createWriteStream(file));
    });
    parser.on("close", () => {
      void stored!.then(() => {
        res.set("Server-Timing", `receive;dur=${(performance.now() - begun).toFixed(1)}`);
        res.send(hash.digest("hex"));
        rmSync(file);
      });
    });
    req.pipe(parser);
  });
  const server = app.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
  process.on("disconnect", () => process.exit(0));
}

async function bench(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "printdesk-bench-"));
  const bare = fork(process.argv[1]!, ["--bare", folder]);
  const barePort = await new Promise<number>((resolve) => bare.once("message", resolve as never));
  say("Making the model and starting the app …");
  const model = largeStl();
  const mb = model.length / 1e6;
  let app = await startApp();
  try {
    const ours = `${app.url}/submit`;
    const theirs = `http://127.0.0.1:${barePort}/upload`;
    const times: Record<string, number[]> = {};
    const note = (name: string, seconds: number) => (times[name] ??= []).push(seconds);
    // In turns; the first round only warms up.
    for (let round = 0; round <= runs; round++) {
      const peer = await send(theirs, model);
      const taken = await send(ours, model);
      const refused = await send(ours, model, { broken: true });
      if (taken.status !== 303) throw new Error(`Not taken: ${taken.status} ${taken.body.slice(-2000)}`);
      if (refused.status !== 400) throw new Error(`Not refused: ${refused.status}`);
      if (round === 0) continue;
      note("peer", peer.timing.receive!);
      note("peer whole", peer.seconds);
      note("accept", taken.timing.receive! + taken.timing.check!);
      note("refused whole", refused.seconds);
      note("whole", taken.seconds);
      for (const [step, seconds] of Object.entries(taken.timing)) note(`step ${step}`, seconds);
    }
    const seconds = (name: string) => median(times[name]!);
    const rate = (what: string, name: string, peer: string, goal: number | null) =>
      put({ bench: "upload", case: what, ours: mb / seconds(name), peer: mb / seconds(peer), peer_name: "bare busboy, SHA-256, file", unit: "MB/s", goal, higher_is_better: true }); // prettier-ignore
    rate("acceptance: receive + check, by the server's clock", "accept", "peer", 0.7);
    rate("refused by its header, by the sender's clock", "refused whole", "peer whole", null);
    rate("whole answer: + measure + store, by the sender's clock", "whole", "peer whole", null);
    for (const step of ["receive", "check", "measure", "store"])
      put({ bench: "upload", case: `step ${step}`, ours: seconds(`step ${step}`) * 1000, peer: null, peer_name: "–", unit: "ms", goal: null }); // prettier-ignore

    for (const [what, broken] of [
      ["reception alone", true],
      ["measured and stored too", false],
    ] as const) {
      await app.stop();
      app = await startApp();
      const one = () => send(`${app.url}/submit`, model, { broken });
      for (let n = 0; n < 3; n++) await one();
      const alone = highWater(pidOf(app, "web"));
      const begun = performance.now();
      const sent = await Promise.all(Array.from({ length: AT_ONCE }, one));
      const took = (performance.now() - begun) / 1000;
      if (sent.some(({ status }) => status !== (broken ? 400 : 303)))
        throw new Error(`${what}: ${sent.map(({ status }) => status).join()}`);
      const together = highWater(pidOf(app, "web"));
      say(`${what}: web process ${alone.toFixed(0)} MB with one, ${together.toFixed(0)} MB with ${AT_ONCE} at once (${took.toFixed(1)} s)`); // prettier-ignore
      put({ bench: "upload", case: `${AT_ONCE} at once, ${what}: memory above one`, ours: together - alone, peer: MORE_MB, peer_name: "the most", unit: "MB", goal: 1 }); // prettier-ignore
      put({ bench: "upload", case: `${AT_ONCE} at once, ${what}: web process`, ours: together, peer: alone, peer_name: "with one", unit: "MB", goal: null }); // prettier-ignore
      put({ bench: "upload", case: `${AT_ONCE} at once, ${what}: throughput`, ours: (AT_ONCE * mb) / took, peer: null, peer_name: "–", unit: "MB/s", goal: null, higher_is_better: true }); // prettier-ignore
    }
    finish("A 50 MB upload through the whole app");
  } finally {
    bare.disconnect();
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
