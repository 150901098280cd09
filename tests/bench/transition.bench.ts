/**
 * Changes of status of a job with a 50 MB model beside one with a 1 kB model, on one file system: folders move by links,
 * and a file that has not changed since it was hashed is not hashed again. `npm run bench -- transition`.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig, useConfig } from "@server/config.server";
import { closeDb } from "@server/db.server";
import { folderOf, prepareStorage } from "@server/files/store.server";
import { confirmJob } from "@server/jobs/confirm.server";
import type { MeshReport } from "@server/mesh/report";
import { findPart, recordPart } from "@server/parts/part.server";
import { migrateToLatest } from "@server/migrate.server";
import { seedExample } from "@server/seed.server";
import { APP_ROLE, startEmbeddedPostgres } from "../../scripts/embedded-postgres";
import { FRONT, handInFile, lockFor, stageFile, theJob, tokenOf, VERBS, type Verb } from "../support/desk";
import { largeStl } from "./app";
import { finish, median, put, runs, say } from "./table";

const TIMES = 8 * runs;
const ROAD: Verb[] = ["approve", "confirm", "mark-printing", "mark-complete", "payment"];

/** By the size of the model. */
const reports = new Map<number, MeshReport>();

const home = mkdtempSync(path.join(tmpdir(), "printdesk-bench-"));
say("Starting a database and making the models …");
const postgres = await startEmbeddedPostgres({ dataDir: path.join(home, "data") });
try {
  await postgres.createDatabase("bench");
  await migrateToLatest({ ownerUrl: postgres.ownerUrl("bench"), appRole: APP_ROLE });
  await seedExample(postgres.ownerUrl("bench"));
  const storage = path.join(home, "storage");
  mkdirSync(storage);
  useConfig(
    readConfig({
      APP_ENV: "test",
      DATABASE_URL: postgres.appUrl("bench"),
      SECRET_KEY: randomBytes(32).toString("hex"),
      WORKSTATIONS: JSON.stringify([{ id: "front", name: "Front computer", password: "front-pass" }]),
      STORAGE_PATH: storage,
      DATA_DIR: path.join(home, "data"),
    }),
  );
  await prepareStorage();

  const large = largeStl();
  const small = Buffer.concat([large.subarray(0, 84), large.subarray(84, 84 + 50 * 19)]);
  small.writeUInt32LE(19, 80);
  const times: Record<string, [large: number[], small: number[]]> = {};
  for (let round = 0; round <= TIMES; round++)
    for (const [name, pair] of Object.entries(await twoLives([large, small], storage, round % 2 === 1)))
      if (round > 0) for (const size of [0, 1] as const) (times[name] ??= [[], []])[size].push(pair[size]);
  for (const [name, [ours, peer]] of Object.entries(times))
    put({
      bench: "transition",
      case: name,
      ours: median(ours),
      peer: median(peer),
      peer_name: "the same with 1 kB",
      unit: "ms",
      // What a slicer saved a moment ago has to be hashed once.
      goal: name.includes("G-code") ? null : 1.2,
    });
  finish("A change of status of a job with a 50 MB model", `medians of ${TIMES}`);
} finally {
  await closeDb();
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
}

/**
 * Walks two jobs side by side from approval to counter, so that a busy moment of the machine hits both alike.
 * @param swapped the small one goes first
 * @returns milliseconds of each step, large and small
 */
async function twoLives(
  models: [Buffer, Buffer],
  storage: string,
  swapped: boolean,
): Promise<Record<string, [number, number]>> {
  const took: Record<string, [number, number]> = {};
  const order = swapped ? ([1, 0] as const) : ([0, 1] as const);
  const jobs = [await newJob(models[0]), await newJob(models[1])];
  const sum: [number, number] = [0, 0];
  for (const verb of ROAD) {
    took[verb] = [0, 0];
    for (const size of order) sum[size] += took[verb]![size] = await timed(verb, jobs[size]!.id);
  }
  took["the whole way"] = sum;
  const name = "plate.gcode";
  const pair: [number, number] = [0, 0];
  for (const size of order) {
    const job = await newJob(models[size]);
    writeSynced(path.join(storage, folderOf(job.status, job.stem), name), models[size]);
    pair[size] = await timed("approve", job.id, { authoritative_filename: name });
  }
  took["approve a G-code of that size, saved just now"] = pair;
  return took;
}

async function newJob(model: Buffer) {
  const report = reports.get(model.length);
  model.write(randomUUID(), "latin1");
  const file = stageFile(model, "model.stl");
  // As the reception does; else the first step would wait for the disk to take the model.
  const fd = openSync(file.path, "r");
  fsyncSync(fd);
  closeSync(fd);
  // Measured once is enough; the next ones differ in their header only.
  if (report) await recordPart({ sha256: file.sha256, size_bytes: file.size_bytes, report });
  const { id } = await handInFile(file, { acknowledged_fit: "yes" });
  rmSync(file.path);
  if (!report) reports.set(model.length, (await findPart(file.sha256))!.report!);
  return theJob(id);
}

function writeSynced(file: string, content: Buffer): void {
  const fd = openSync(file, "w");
  writeFileSync(fd, content);
  fsyncSync(fd);
  closeSync(fd);
}

async function timed(verb: Verb, id: string, more?: object): Promise<number> {
  const guard = verb === "confirm" ? {} : await lockFor(FRONT, id);
  const [job, token] = [await theJob(id), verb === "confirm" ? await tokenOf(id) : ""];
  await sleep(20); // what the last step still does in the background
  const begun = performance.now();
  if (verb === "confirm") await confirmJob(token);
  else await VERBS[verb](FRONT, job, guard, more);
  return performance.now() - begun;
}
