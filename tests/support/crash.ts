/**
 * Pulling the plug of an application, and judging what it leaves. `FAULT_ROUNDS=10` does every round of the
 * promises (`npm run test:faults`); without it a short set runs. `FAULT_SEED` repeats a run.
 */
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { CrashPoint } from "@server/files/crash.server";
import { folderOf, uploadStaging } from "@server/files/store.server";
import { Job, JobFile } from "@server/jobs/job.server";
import { sweepStorage } from "@server/jobs/sweep.server";
import { type Instance, type Lab, startInstance } from "./database";
import { sha256, storageListing } from "./desk";

/** Rounds of every point in the full run; 0 for the short set. */
export const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 0);
export const SEED = Number(process.env.FAULT_SEED ?? 20_261);

/** Mulberry32: numbers from 0 to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Applications to be killed; the next one starts while the last one's end is looked into. */
export class Victims {
  #next: Promise<Instance>;

  constructor(readonly lab: Lab) {
    this.#next = this.#start();
  }

  #start(): Promise<Instance> {
    const starting = startInstance(this.lab);
    // Said by whoever takes it.
    starting.catch(() => undefined);
    return starting;
  }

  /** Has an application die at a point while it does something, and waits until the database has noticed. */
  async dieAt(point: CrashPoint, doing: (instance: Instance) => Promise<unknown>): Promise<void> {
    expect([point, await this.mayDieAt(point, doing)]).toEqual([point, true]);
  }

  /** The same where it is not certain that the point is passed. @returns did it die? */
  async mayDieAt(point: CrashPoint, doing: (instance: Instance) => Promise<unknown>): Promise<boolean> {
    const instance = await this.#next;
    this.#next = this.#start();
    await instance.ask("crashAt", point);
    const died = await doing(instance).then(
      () => false,
      () => true,
    );
    if (died) expect(await instance.ended).toBe("SIGKILL");
    else await instance.stop();
    const atWork = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = $1 AND state <> 'idle'`;
    while ((await this.lab.owner(atWork, [this.lab.appRole])).length) await sleep(5);
    return died;
  }
}

/** Puts files beside a job's own, as slicers and people do. @returns name → SHA-256 of all files that must never be lost */
export function clutter(lab: Lab, job: Job, next: () => number): Record<string, string> {
  const folder = path.join(lab.storage, folderOf(job.status, job.stem));
  const names = ["plate.gcode", "Käfer größer.3mf", "notes (2).txt", ".hidden"].filter(() => next() < 0.6);
  for (const name of names)
    writeFileSync(
      path.join(folder, name),
      Buffer.alloc(Math.floor(next() * 50_000), Math.floor(next() * 256)),
    );
  return sumsIn(folder);
}

/** Name → SHA-256 of the files in a folder, metadata.json apart. */
export function sumsIn(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name !== "metadata.json");
  return Object.fromEntries(names.map((name) => [name, sha256(readFileSync(path.join(folder, name)))]));
}

/** R3: the first sweep puts right, the second finds nothing and changes nothing. */
export async function sweepTwice(): Promise<void> {
  await sweepStorage();
  const repaired = storageListing();
  expect(await sweepStorage()).toEqual({
    half_built: 0,
    second_copies: 0,
    put_back: 0,
    undecided: 0,
    unexplained: [],
    left: 0,
  });
  expect(storageListing()).toEqual(repaired);
}

/** Time passes for received uploads that nobody fetched: the next sweep takes them. */
export function ageUploads(): void {
  mkdirSync(uploadStaging(), { recursive: true });
  const longAgo = new Date(Date.now() - 86_400_000);
  for (const name of readdirSync(uploadStaging()))
    utimesSync(path.join(uploadStaging(), name), longAgo, longAgo);
}

/** Database and storage agree about a job: one folder, all its files with their sums, metadata that says the same. */
export async function expectJobWhole(lab: Lab, job: Job): Promise<void> {
  const home = folderOf(job.status, job.stem);
  const places = Object.keys(storageListing()).filter((folder) => folder.split("/")[1] === job.stem);
  expect(places).toEqual([home]);
  const sums = sumsIn(path.join(lab.storage, home));
  const files = await JobFile.query().where("job_id", job.id);
  for (const file of files) expect([file.name, sums[file.name]]).toEqual([file.name, file.sha256]);
  expect(job.file_path).toBe(`${home}/${files.find((file) => file.role === "authoritative")!.name}`);
  expect(JSON.parse(readFileSync(path.join(lab.storage, job.metadata_path), "utf8"))).toMatchObject({
    job_id: job.id,
    status: job.status,
    file_hash: job.file_hash,
  });
}

/** All jobs are whole, and nothing else lies about. */
export async function expectAllWhole(lab: Lab): Promise<void> {
  const jobs = await Job.query();
  expect(Object.keys(storageListing()).sort()).toEqual(
    jobs.map((job) => folderOf(job.status, job.stem)).sort(),
  );
  for (const job of jobs) await expectJobWhole(lab, job);
}
