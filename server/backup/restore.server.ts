/**
 * A set, brought back. Promises: every byte is checked before anything is changed; nothing that is there is
 * overwritten or deleted; the rows come all or none; afterwards log, storage and database have been compared.
 */
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, rmdir, utimes } from "node:fs/promises";
import path from "node:path";
import { startAuditByTheSystem } from "../audit/start-audit.server";
import { runAudit } from "../audit/run-audit.server";
import { rewriteMetadata } from "../audit/rewrite-metadata.server";
import { Audit } from "../audit/audit.server";
import { config } from "../config.server";
import { db, inTransaction } from "../db.server";
import { appendEvent, SYSTEM } from "../events/append.server";
import { describeCheck } from "../events/chain";
import { verifyLog } from "../events/verify.server";
import { codeOf, hashFile, syncFolder } from "../files/disk.server";
import { prepareStorage, storageRoot } from "../files/store.server";
import { sweepStorage } from "../jobs/sweep.server";
import type { OutboxRow } from "../outbox/outbox.server";
import { keyMark, storeIn } from "./backup.server";
import { loadDatabase, lookAtDatabase, setDatabaseAside } from "./load.server";
import { type Manifest, objectsOf } from "./manifest";
import { DamagedBackup, type ObjectStore } from "./objects.server";
import { readSet, setNames } from "./sets.server";

/** Where to, and how. The database and the storage are those of this process's configuration. */
export interface RestoreOptions {
  /** The backup folder. */
  from: string;
  /** A set's name, or "latest". */
  set: string;
  ownerUrl: string;
  appRole?: string;
  /** Put aside what is there, instead of refusing. */
  force?: boolean;
  /** Letters that were due when the set was made go out; otherwise a person decides. */
  send_mail?: boolean;
  say: (line: string) => void;
  /** Called when everything is in its place and nothing has been changed since. */
  loaded?: (manifest: Manifest) => Promise<void>;
}

export interface Restored {
  manifest: Manifest;
  /** What a person must look at; empty when all is well. */
  findings: string[];
}

/** A reason not to begin; nothing was changed. */
export class RestoreRefused extends Error {
  override readonly name = "RestoreRefused";
}

/** Checks every byte of a set. @throws DamagedBackup naming the first thing that is wrong */
export async function checkSet(
  store: ObjectStore,
  name: string,
  say: (line: string) => void,
): Promise<Manifest> {
  const manifest = await readSet(store, name);
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const object of objectsOf(manifest)) {
    if (seen.has(object.sha256)) continue;
    seen.add(object.sha256);
    await store.check(object).catch((error) => {
      if (!(error instanceof DamagedBackup)) throw error;
      problems.push(error.message);
    });
  }
  if (problems.length) {
    for (const problem of problems.slice(0, 20)) say(problem);
    throw new DamagedBackup(
      `The set ${name} is damaged in ${problems.length} of ${seen.size} places. Choose an older one. ${problems[0]}`,
    );
  }
  return manifest;
}

/** The set that is meant. */
export async function findSet(store: ObjectStore, set: string): Promise<string> {
  if (set !== "latest") return set;
  const [newest] = await setNames(store);
  if (!newest) throw new DamagedBackup(`There is no backup in ${store.folder}.`);
  return newest;
}

/**
 * Restores a set.
 * @throws DamagedBackup before anything was changed; RestoreRefused when something is in the way
 */
export async function restoreSet(options: RestoreOptions): Promise<Restored> {
  const { say } = options;
  const store = storeIn(options.from);
  const name = await findSet(store, options.set);
  say(`Checking every byte of the set ${name} …`);
  const manifest = await checkSet(store, name, say);
  const stamp = `${new Date().toISOString().slice(0, 19).replaceAll(":", "")}Z`;
  await makeRoom(options, stamp);
  say(`Restoring ${manifest.files.length} files …`);
  const odd = await restoreFiles(manifest, store);
  say(`Restoring ${manifest.database.tables.length} tables …`);
  await loadDatabase(options.ownerUrl, options.appRole, manifest.database, store);
  await options.loaded?.(manifest);
  const findings = [...odd, ...(await afterwards(options, manifest))];
  return { manifest, findings };
}

/** What is in the way is refused, or put aside. */
async function makeRoom({ ownerUrl, force, say }: RestoreOptions, stamp: string): Promise<void> {
  const there = await lookAtDatabase(ownerUrl);
  const files = await countFiles(storageRoot());
  if (there.connections)
    throw new RestoreRefused(
      `${there.connections} other connections use this database. Stop web, worker and every other program first.`,
    );
  const filled = there.jobs + there.events > 0;
  if ((filled || files > 0) && !force)
    throw new RestoreRefused(
      `The database holds ${there.jobs} jobs and ${there.events} events, the storage ${files} files. ` +
        `Restore into an empty database and storage, or say --force: then what is there is put aside, not deleted.`,
    );
  if (filled) say(`What the database held is now in the schema ${await setDatabaseAside(ownerUrl, stamp)}.`);
  if (files > 0) {
    const aside = `.before-restore-${stamp}`;
    await mkdir(path.join(storageRoot(), aside), { mode: 0o770 });
    for (const entry of await readdir(storageRoot()))
      if (!entry.startsWith(".before-restore-"))
        await rename(path.join(storageRoot(), entry), path.join(storageRoot(), aside, entry));
    say(`What the storage held is now in its folder ${aside}.`);
  }
}

async function countFiles(folder: string): Promise<number> {
  let count = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch((error) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  for (const entry of entries) {
    if (entry.name.startsWith(".before-restore-") || entry.name.startsWith(".restoring-")) continue;
    if (entry.isDirectory()) count += await countFiles(path.join(folder, entry.name));
    else count++;
  }
  return count;
}

/** Builds the whole tree beside its place, then renames it in. @returns what a person must look at */
async function restoreFiles(manifest: Manifest, store: ObjectStore): Promise<string[]> {
  const odd: string[] = [];
  await mkdir(storageRoot(), { recursive: true });
  const building = path.join(storageRoot(), `.restoring-${manifest.set}`);
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { mode: 0o770 });
  for (const file of manifest.files) {
    const root = file.root === "storage" ? building : path.resolve(config().EVENT_EXPORT_PATH);
    const target = path.join(root, ...file.path.split("/"));
    if (file.root === "events") {
      const sum = await hashFile(target).catch(() => null);
      if (sum === file.sha256) continue;
      if (sum !== null) {
        odd.push(`The export ${target} differs from the one in the set; it was left as it is.`);
        continue;
      }
    }
    await mkdir(path.dirname(target), { recursive: true, mode: 0o770 });
    await store.get(
      { ...file, for: file.path },
      createWriteStream(target, { flags: "wx", mode: 0o660, flush: true }),
    );
    await utimes(target, file.mtime_ms / 1000, file.mtime_ms / 1000);
  }
  for (const entry of await readdir(building)) {
    // Empty folders of a first start stand in the place of those that come now.
    await removeEmpty(path.join(storageRoot(), entry));
    await rename(path.join(building, entry), path.join(storageRoot(), entry));
  }
  await rmdir(building);
  await syncFolder(storageRoot());
  await prepareStorage();
  return odd;
}

async function removeEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => null);
  for (const entry of entries ?? []) await removeEmpty(path.join(folder, entry));
  if (entries) await rmdir(folder);
}

/** Compares everything with everything, and says what a person must know. */
async function afterwards(options: RestoreOptions, manifest: Manifest): Promise<string[]> {
  const { say } = options;
  const findings: string[] = [];
  if (!options.send_mail) {
    const held = await holdMail();
    if (held) say(`${held} letters were due then. They are held as failed; send each again from its job if it never went out.`); // prettier-ignore
  }
  await endAudits();
  const check = await verifyLog();
  say(`Log: ${describeCheck(check)}`);
  if (check.gap || check.exports.length) findings.push(describeCheck(check));
  const [head] = await db()("event_chain").select("seq", "hash");
  if (head.seq !== manifest.database.head.seq || head.hash !== manifest.database.head.hash)
    findings.push("The head of the log is not the one that the set was made with.");
  if (manifest.key_mark !== keyMark())
    findings.push(
      "SECRET_KEY is another one than when the set was made: links in letters that were sent before do not work. Put the old one back if you have it.",
    );
  await endDeleted(manifest);
  await sweepStorage();
  const rewritten = await rewriteMetadata();
  if (rewritten)
    say(`${rewritten} metadata.json were newer than the database's snapshot and were written anew.`);
  await inTransaction((trx) =>
    appendEvent(trx, SYSTEM, { type: "AdminAction", details: { action: "restore", set: manifest.set } }),
  );
  say("Auditing storage and database …");
  findings.push(...(await audit(manifest)));
  return findings;
}

/** Jobs whose deletion fell between the database's snapshot and the reading of their files: they stay deleted. */
async function endDeleted(manifest: Manifest): Promise<void> {
  for (const { id, short_id } of manifest.deleted)
    await inTransaction(async (trx) => {
      if (!(await trx("jobs").where({ id }).delete())) return;
      const details = { short_id, reason: "Deleted while the backup was made." };
      await appendEvent(trx, SYSTEM, { type: "JobDeleted", job_id: id, details });
    });
}

/** Letters due at the time of the set have most likely gone out since. */
async function holdMail(): Promise<number> {
  return db()("outbox").whereIn("kind", ["mail", "report"]).whereIn("state", ["due", "running"]).update({
    state: "failed",
    lease_until: null,
    lease_key: null,
    last_error: "Held back by a restore: it may have gone out before. Send it again if it has not.",
  });
}

/** An audit that was under way at the time of the set ended with what it looked at, and would keep ours out. */
async function endAudits(): Promise<void> {
  const last_error = "Ended by a restore, which makes an audit of its own.";
  await inTransaction(async (trx) => {
    await trx("outbox")
      .where("kind", "audit")
      .whereIn("state", ["due", "running"])
      .update({ state: "cancelled", lease_until: null, lease_key: null, last_error });
    await trx("audits")
      .whereIn("state", ["queued", "running"])
      .update({ state: "failed", finished_at: trx.fn.now(), error: last_error });
  });
}

async function audit(manifest: Manifest): Promise<string[]> {
  const { task_id } = await startAuditByTheSystem();
  const row = { payload: { audit_id: task_id }, attempts: 1 } as unknown as OutboxRow;
  while ((await runAudit(row)) === "again");
  const done = await Audit.query().findById(task_id).throwIfNotFound();
  if (done.state !== "done") return [`The audit came to no end: ${done.error}`];
  const total = Object.values(done.counts).reduce((sum, count) => sum + (count ?? 0), 0);
  if (!total) return [];
  const known = manifest.missing.length
    ? ` (${manifest.missing.length} files were missing already when the set was made)`
    : "";
  return [
    `The audit has ${total} findings${known}: ${Object.entries(done.counts).map(([kind, n]) => `${n} ${kind}`).join(", ")}. Look at them under Admin, Health.`, // prettier-ignore
  ];
}
