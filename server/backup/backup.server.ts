/**
 * One backup. Promises: the database in one snapshot, and the files as that snapshot names them; a set is visible only
 * when everything it needs is on disk; an interrupted run leaves the older sets as they were; nothing is stored twice.
 */
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Outcome } from "../chores/chore.server";
import { config } from "../config.server";
import { formatBytes } from "../format";
import { crashPoint } from "../files/crash.server";
import { codeOf, writeAtomic } from "../files/disk.server";
import { storageAnswers } from "../files/store.server";
import { log } from "../log.server";
import { collectFiles, type Known, type Stamps } from "./collect.server";
import { dumpDatabase } from "./dump.server";
import { bytesOf, type Manifest } from "./manifest";
import { ObjectStore } from "./objects.server";
import { setName } from "./retention";
import { pruneSets, setNames, writeSet } from "./sets.server";

/** What a backup did. Sizes in bytes. */
export interface BackupDone {
  set: string;
  jobs: number;
  files: number;
  bytes: number;
  /** Bytes that were not there before. */
  written: number;
  missing: string[];
  sets: number;
  pruned: { sets: string[]; objects: number; bytes: number };
  head: { seq: number; hash: string };
  encrypted: boolean;
  /** Who made PostgreSQL's own archive in the set, or why there is none. */
  pg_dump: string;
  seconds: number;
}

/** The store in a backup folder, with the configured key. */
export function storeIn(folder: string): ObjectStore {
  return new ObjectStore(path.resolve(folder), config().BACKUP_KEY);
}

/** A fingerprint of the secret that links are made with; the secret itself is in no set. */
export function keyMark(): string {
  return createHmac("sha256", config().SECRET_KEY).update("backup key mark").digest("hex").slice(0, 16);
}

/**
 * Makes a set in `folder`, then forgets those that need not be kept.
 * @param options.read_all read every file again, also those that have not changed since the last set
 * @throws Error with a sentence when the folder or the storage cannot be used
 */
export async function makeBackup(folder: string, options: { read_all?: boolean } = {}): Promise<BackupDone> {
  const started = Date.now();
  const store = storeIn(folder);
  try {
    await store.prepare();
    if (!(await storageAnswers()))
      throw new Error("The storage cannot be reached, so no backup was made. Check that it is mounted.");
    const known = options.read_all ? new Map() : await readStamps(store);
    const dump = await dumpDatabase(store);
    crashPoint("backup:dumped");
    const collected = await collectFiles(store, dump.jobs, known);
    await store.settle();
    const set = await freeName(store);
    const manifest: Manifest = {
      format: 1,
      set,
      made_at: new Date(started).toISOString(),
      key_mark: keyMark(),
      database: dump.database,
      files: collected.files,
      missing: collected.missing,
      deleted: collected.deleted,
      jobs: dump.jobs.length,
    };
    crashPoint("backup:before-manifest");
    await writeSet(store, manifest);
    await writeStamps(store, collected.stamps);
    crashPoint("backup:before-pruning");
    const pruned = await pruneSets(store);
    return {
      set,
      jobs: manifest.jobs,
      files: manifest.files.length,
      bytes: bytesOf(manifest),
      written: dump.written + collected.written,
      missing: collected.missing,
      sets: (await setNames(store)).length,
      pruned,
      head: manifest.database.head,
      encrypted: store.encrypted,
      pg_dump: saidOf(manifest.database.pg_dump!),
      seconds: Math.round((Date.now() - started) / 100) / 10,
    };
  } catch (error) {
    throw inWords(error, folder);
  }
}

/** Two sets within one second must not share a name. */
async function freeName(store: ObjectStore): Promise<string> {
  const taken = new Set(await setNames(store));
  for (let at = Date.now(); ; at += 1_000)
    if (!taken.has(setName(new Date(at)))) return setName(new Date(at));
}

const stampsFile = (store: ObjectStore) => path.join(store.folder, "stamps");

async function readStamps(store: ObjectStore): Promise<Known> {
  try {
    const text = store.unseal(await readFile(stampsFile(store)), "The list of known files");
    return new Map((JSON.parse(text) as Stamps).map(({ stamp, sha256, size }) => [stamp, { sha256, size }]));
  } catch (error) {
    // Only speed is lost.
    if (codeOf(error) !== "ENOENT") log.warn({ err: error }, "Every file is read again for this backup");
    return new Map();
  }
}

async function writeStamps(store: ObjectStore, stamps: Stamps): Promise<void> {
  await writeAtomic(stampsFile(store), await store.seal(JSON.stringify(stamps)));
}

function saidOf(pg_dump: NonNullable<Manifest["database"]["pg_dump"]>): string {
  return "missing" in pg_dump
    ? `Without an archive by pg_dump: ${pg_dump.missing}`
    : `With an archive by ${pg_dump.made_by}.`;
}

function inWords(error: unknown, folder: string): unknown {
  const code = codeOf(error);
  // EFBIG: this process or its user may write no more.
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG")
    return new Error(
      `There is no room left in ${folder}, so no backup was made. The older ones are as they were.`,
    );
  if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EIO"].includes(code))
    return new Error(`The folder ${folder} cannot be written to (${code}), so no backup was made.`);
  return error;
}

/** A backup as the result of a chore. */
export function outcomeOf(done: BackupDone): Outcome {
  const parts = [
    `Set ${done.set}: ${done.jobs.toLocaleString("en-US")} jobs, ${done.files.toLocaleString("en-US")} files`,
    formatBytes(done.bytes),
    `${formatBytes(done.written)} of it new`,
    done.encrypted ? "encrypted" : "not encrypted",
    `${done.sets} ${done.sets === 1 ? "set" : "sets"} kept`,
  ];
  const missing = done.missing.length
    ? ` ${done.missing.length} files that the database names are missing from the storage: run an integrity audit.`
    : "";
  return {
    result: `${parts.join(", ")}. ${done.pg_dump}${missing}`,
    facts: { ...done, missing: done.missing.slice(0, 50) },
  };
}
