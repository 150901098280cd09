/** Backups: what is made while the lab works comes back whole, and whatever is damaged is noticed before anything happens. */
import fs from "node:fs";
import path from "node:path";
import pg from "pg";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startAuditByTheSystem } from "@server/audit/start-audit.server";
import { makeBackup, storeIn } from "@server/backup/backup.server";
import { backupChore } from "@server/backup/backup-chore.server";
import { collectFiles } from "@server/backup/collect.server";
import { drill } from "@server/backup/drill.server";
import { dumpDatabase } from "@server/backup/dump.server";
import { compareDatabase } from "@server/backup/load.server";
import { objectsOf } from "@server/backup/manifest";
import { ObjectStore } from "@server/backup/objects.server";
import { checkSet, restoreSet } from "@server/backup/restore.server";
import { setName } from "@server/backup/retention";
import { pruneSets, readSet, setNames, writeSet } from "@server/backup/sets.server";
import { runChore } from "@server/chores/run-chore.server";
import { config, useConfig } from "@server/config.server";
import { closeDb, db } from "@server/db.server";
import { SYSTEM } from "@server/events/append.server";
import { failFileCalls } from "@server/files/file-system.server";
import { UNDECIDED_MARK } from "@server/files/store.server";
import { rotateEvents } from "@server/retention/rotate-events.server";
import { verifyLog } from "@server/events/verify.server";
import type { Status } from "@server/jobs/states";
import { sweepOutbox } from "@server/outbox/work.server";
import { HANDLERS } from "@workers/queues";
import { emptyDatabase, freshLab, type Lab, query, startInstance } from "../support/database";
import { drive, FRONT, lockFor, submitCube, sha256, take, theJob, VERBS } from "../support/desk";
import { startSmtp, type TestSmtp } from "../support/smtp";

let lab: Lab;
let smtp: TestSmtp;
let backups: string;

beforeAll(async () => {
  smtp = await startSmtp();
  lab = await freshLab({ AUDIT_SETTLE_SECONDS: "0", MAIL_SERVER: "127.0.0.1", MAIL_PORT: String(smtp.port) });
  await term();
  return () => smtp.close();
});
beforeEach(() => {
  backups = path.join(lab.dataDir, `backups-${Math.random().toString(36).slice(2)}`);
});

/** A small term: jobs in every status with notes, payments, reverts, letters, files that a slicer saved. */
async function term() {
  const statuses: Status[] = ["UPLOADED", "PENDING", "READYTOPRINT", "PRINTING", "COMPLETED", "PAIDPICKEDUP", "REJECTED", "ARCHIVED"]; // prettier-ignore
  for (let round = 0; round < 3; round++)
    for (const status of statuses) {
      const job = await drive(await submitCube({ student_name: "Grace Höpper" }), status);
      if (round === 0) await take("notes", job.id);
      if (round === 1)
        fs.writeFileSync(path.join(lab.storage, folder(job), "plate 1.gcode"), `G1 X${job.short_id}`);
    }
  const reverted = await drive(await submitCube(), "PAIDPICKEDUP");
  await take("revert-pickup", reverted.id);
}

const folder = (job: { file_path: string }) => path.dirname(job.file_path);

/** Every file below a folder with its sum; what is not a job's left out. */
function tree(root: string, below = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of fs.readdirSync(path.join(root, below), { withFileTypes: true })) {
    const name = below ? `${below}/${entry.name}` : entry.name;
    if (/^\.(incoming|before-restore|restoring)/.test(entry.name)) continue;
    if (entry.isDirectory()) Object.assign(found, tree(root, name));
    else found[name] = sha256(fs.readFileSync(path.join(root, name)));
  }
  return found;
}

/** Restores a set into a place of its own, looks at it, and comes home. */
async function restored<T>(
  set: string,
  look: (place: { ownerUrl: string; storage: string; lines: string[]; findings: string[] }) => Promise<T>,
  options: { from?: string; env?: Record<string, string>; force?: boolean } = {},
): Promise<T> {
  const { ownerUrl, appUrl, appRole } = await emptyDatabase();
  const storage = fs.mkdtempSync(path.join(lab.dataDir, "restored-"));
  await closeDb();
  lab.configure({
    ...options.env,
    DATABASE_URL: appUrl,
    STORAGE_PATH: storage,
    EVENT_EXPORT_PATH: path.join(storage, "..", `${path.basename(storage)}-events`),
  });
  const lines: string[] = [];
  let before: string[] = [];
  try {
    const { findings, manifest } = await restoreSet({
      from: options.from ?? backups,
      set,
      ownerUrl,
      appRole,
      force: options.force,
      say: (line) => lines.push(line),
      loaded: async (loaded) => {
        before = await compareDatabase(ownerUrl, loaded.database);
      },
    });
    expect(before).toEqual([]);
    expect(manifest.set).toBeTruthy();
    return await look({ ownerUrl, storage, lines, findings });
  } finally {
    await closeDb();
    lab.configure();
  }
}

test("R31: a term comes back: every row, every byte, the log whole, the audit clean", async () => {
  const done = await makeBackup(backups);
  expect(done).toMatchObject({ jobs: 25, missing: [], sets: 1, encrypted: false });
  const want = tree(lab.storage);
  const counts = await lab.owner<{ jobs: string; notes: string; payments: string }>(
    "SELECT (SELECT count(*) FROM jobs) AS jobs, (SELECT count(*) FROM job_notes) AS notes, (SELECT count(*) FROM payments) AS payments",
  );
  const next = (await lab.owner<{ n: string }>("SELECT last_value AS n FROM job_short_id"))[0]!.n;
  await restored("latest", async ({ ownerUrl, storage, findings }) => {
    expect(findings).toEqual([]);
    expect(tree(storage)).toEqual(want);
    expect(
      await query(ownerUrl, "SELECT (SELECT count(*) FROM jobs) AS jobs, (SELECT count(*) FROM job_notes) AS notes, (SELECT count(*) FROM payments) AS payments"), // prettier-ignore
    ).toEqual(counts);
    expect(await query(ownerUrl, "SELECT last_value AS n FROM job_short_id")).toEqual([{ n: next }]);
    // Nobody is logged in, and the guards stand again.
    expect(await query(ownerUrl, "SELECT * FROM workstation_sessions")).toEqual([]);
    await expect(query(ownerUrl, "UPDATE events SET triggered_by = 'x'")).rejects.toThrow("append-only");
    // The lab goes on where it was: a job that was printing is finished and paid.
    const [printing] = await db()("jobs").where({ status: "PRINTING" });
    await take("mark-complete", printing.id);
    await take("payment", printing.id);
    expect((await theJob(printing.id)).status).toBe("PAIDPICKEDUP");
    expect((await verifyLog()).gap).toBeNull();
    const fresh = await submitCube();
    expect(fresh.short_id).toBeGreaterThan(Number(next));
  });
});

test("R31: letters that were due are held for a person, not sent a second time", async () => {
  const due = await lab.owner("SELECT id FROM outbox WHERE kind = 'mail' AND state = 'due'");
  expect(due.length).toBeGreaterThan(10);
  await makeBackup(backups);
  await restored("latest", async ({ lines }) => {
    expect(lines.join("\n")).toContain(`${due.length} letters were due then`);
    expect((await db()("outbox").where({ kind: "mail", state: "due" })).length).toBe(0);
    expect(await db()("outbox").where({ kind: "mail", state: "failed" }).first("last_error")).toMatchObject({
      last_error: expect.stringContaining("Held back by a restore"),
    });
  });
});

test("R31: the second backup stores only what is new, and both can be restored", async () => {
  const first = await makeBackup(backups);
  const job = await submitCube();
  const second = await makeBackup(backups);
  expect(second.set > first.set).toBe(true);
  expect(second.written).toBeLessThan(first.written / 3);
  expect(second.files).toBe(first.files + 2);
  const objects = fs.readdirSync(path.join(backups, "objects"), { recursive: true });
  expect(objects.filter((name) => String(name).includes("tmp-"))).toEqual([]);
  await restored(first.set, async () => expect(await db()("jobs").where({ id: job.id })).toEqual([]));
  await restored(second.set, async ({ findings }) => {
    expect(await db()("jobs").where({ id: job.id })).toHaveLength(1);
    expect(findings).toEqual([]);
  });
});

test("R31: events that left the log come back with their files", async () => {
  await lab.owner("ALTER TABLE events DISABLE TRIGGER ALL");
  const [{ last }] = (await lab.owner("SELECT max(id) AS last FROM events")) as [{ last: string }];
  await lab.owner("INSERT INTO events (id, timestamp, event_type, triggered_by, workstation_id, prev_hash, hash) SELECT seq + 1, now() - interval '100 days', 'FileOpened', 'Jane Doe', 'front', hash, 'x' FROM event_chain"); // prettier-ignore
  await lab.owner(`UPDATE events e SET hash = event_digest(e) WHERE id = ${Number(last) + 1}; UPDATE event_chain SET seq = seq + 1, hash = (SELECT hash FROM events ORDER BY id DESC LIMIT 1)`); // prettier-ignore
  await lab.owner("ALTER TABLE events ENABLE TRIGGER ALL");
  const [file] = await rotateEvents();
  expect(file).toMatchObject({ events: 1 });
  await makeBackup(backups);
  await restored("latest", async ({ lines, findings }) => {
    expect(findings).toEqual([]);
    expect(lines.join("\n")).toContain("and 1 more that left for files");
  });
});

describe("R31: damage", () => {
  test("one byte flipped in any object, or one object gone, is found and named before anything is changed", async () => {
    const { set } = await makeBackup(backups);
    const store = storeIn(backups);
    const manifest = await readSet(store, set);
    const tried = new Set<string>();
    for (const object of objectsOf(manifest)) {
      if (tried.has(object.sha256) || object.size === 0) continue;
      tried.add(object.sha256);
      const file = path.join(backups, "objects", store.nameOf(object.sha256));
      const whole = fs.readFileSync(file);
      const flipped = Buffer.from(whole);
      flipped[Math.floor(whole.length / 2)]! ^= 1;
      fs.writeFileSync(file, flipped);
      await expect(store.check(object), object.for).rejects.toThrow("is damaged");
      fs.rmSync(file);
      await expect(store.check(object), object.for).rejects.toThrow("it is missing");
      fs.writeFileSync(file, whole);
    }
    expect(tried.size).toBeGreaterThan(40);
    // The whole way: nothing is in the database, nothing in the storage.
    const victim = manifest.files.find(({ path: name }) => name.endsWith(".stl"))!;
    const file = path.join(backups, "objects", store.nameOf(victim.sha256));
    const whole = fs.readFileSync(file);
    fs.writeFileSync(file, Buffer.concat([whole, Buffer.from("x")]));
    const { ownerUrl, appUrl } = await emptyDatabase();
    const storage = fs.mkdtempSync(path.join(lab.dataDir, "none-"));
    await closeDb();
    lab.configure({ DATABASE_URL: appUrl, STORAGE_PATH: storage });
    await expect(
      restoreSet({ from: backups, set: "latest", ownerUrl, say: () => undefined }),
    ).rejects.toThrow(victim.path);
    expect(fs.readdirSync(storage)).toEqual([]);
    expect(await query(ownerUrl, "SELECT * FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
    await closeDb();
    lab.configure();
  });

  test("a manifest that was changed or cut is no set, and stops the pruning", async () => {
    const { set } = await makeBackup(backups);
    const file = path.join(backups, "sets", `${set}.manifest`);
    const whole = fs.readFileSync(file, "utf8");
    for (const bad of [
      whole.replace("UPLOADED", "UPLOADEX").replace('"jobs"', '"jobz"'),
      whole.slice(0, -10),
      "",
      "x",
    ]) {
      fs.writeFileSync(file, bad);
      await expect(readSet(storeIn(backups), set)).rejects.toThrow(/damaged|does not/);
      await expect(pruneSets(storeIn(backups))).rejects.toThrow(/damaged|does not/);
    }
    fs.writeFileSync(file, whole);
    await expect(readSet(storeIn(backups), set)).resolves.toMatchObject({ set });
    for (const name of ["../x", "2020-01-01T000000Z", ""])
      await expect(readSet(storeIn(backups), name)).rejects.toThrow(/does not exist|no name of a set/);
  });
});

test("R31: with a key nothing can be read without it, and the wrong one is refused", async () => {
  const key = "ab".repeat(32);
  lab.configure({ BACKUP_KEY: key });
  const { set, encrypted } = await makeBackup(backups);
  expect(encrypted).toBe(true);
  const manifest = await readSet(storeIn(backups), set);
  const everything = Object.entries(tree(backups)).map(([name]) => [name, fs.readFileSync(path.join(backups, name))] as const); // prettier-ignore
  for (const [name, content] of everything) {
    for (const word of ["Höpper", "solid", "cube", "UPLOADED", "metadata"]) expect(content.includes(word), `${name} holds ${word}`).toBe(false); // prettier-ignore
    for (const file of manifest.files) expect(name).not.toContain(file.sha256);
  }
  await restored(set, async ({ findings }) => expect(findings).toEqual([]), { env: { BACKUP_KEY: key } });
  for (const env of [{ BACKUP_KEY: "cd".repeat(32) }, {}]) {
    lab.configure(env as Record<string, string>);
    await expect(readSet(storeIn(backups), set)).rejects.toThrow(/key/);
  }
  // Every byte is under the seal.
  lab.configure({ BACKUP_KEY: key });
  const store = storeIn(backups);
  const object = objectsOf(manifest).find(({ size }) => size > 600)!;
  const file = path.join(backups, "objects", store.nameOf(object.sha256));
  const whole = fs.readFileSync(file);
  for (const at of [0, 5, 20, Math.floor(whole.length / 2), whole.length - 1]) {
    const flipped = Buffer.from(whole);
    flipped[at]! ^= 1;
    fs.writeFileSync(file, flipped);
    await expect(store.check(object), `byte ${at}`).rejects.toThrow("is damaged");
  }
  lab.configure();
});

test("R31: what is there is never overwritten: refused, or put aside", async () => {
  await makeBackup(backups);
  const jobs = (await lab.owner("SELECT id FROM jobs")).length;
  const again = (force: boolean) => async () => {
    await closeDb();
    return restoreSet({ from: backups, set: "latest", ownerUrl: lab.ownerUrl, appRole: lab.appRole, force, say: (line) => lines.push(line) }); // prettier-ignore
  };
  const lines: string[] = [];
  const before = tree(lab.storage);
  await expect(again(false)()).rejects.toThrow(`The database holds ${jobs} jobs`);
  expect(tree(lab.storage)).toEqual(before);
  // While somebody is connected not even force does it.
  const { Client } = (await import("pg")).default;
  const busy = new Client({ connectionString: lab.appUrl });
  await busy.connect();
  await expect(again(true)()).rejects.toThrow("1 other connections");
  await busy.end();
  const { findings } = await again(true)();
  expect(findings).toEqual([]);
  expect(tree(lab.storage)).toEqual(before);
  const [aside] = fs.readdirSync(lab.storage).filter((name) => name.startsWith(".before-restore-"));
  expect(tree(path.join(lab.storage, aside!))).toEqual(before);
  const schema = /schema (before_restore_\w+)/.exec(lines.join("\n"))![1]!;
  expect(await lab.owner(`SELECT count(*) AS n FROM ${schema}.jobs`)).toEqual([{ n: jobs }]);
  // The product works on what came back, and the next backup leaves the old things alone.
  await drive(await submitCube(), "PENDING");
  const done = await makeBackup(backups);
  expect((await readSet(storeIn(backups), done.set)).files.some((file) => file.path.includes("before-restore"))).toBe(false); // prettier-ignore
});

test("R31: killed at any point, the older set is as it was, and the next run clears up", async () => {
  const { set } = await makeBackup(backups);
  for (const point of [
    "backup:dumped",
    "backup:half-the-files",
    "backup:before-manifest",
    "backup:before-pruning",
  ] as const) {
    // prettier-ignore
    const instance = await startInstance(lab);
    await instance.ask("crashAt", point);
    await expect(instance.ask("makeBackup", backups)).rejects.toThrow();
    expect((await setNames(storeIn(backups))).length).toBe(point === "backup:before-pruning" ? 2 : 1);
    await checkSet(storeIn(backups), set, () => undefined);
  }
  fs.writeFileSync(path.join(backups, "objects", "tmp-left"), "half");
  await makeBackup(backups);
  expect(fs.existsSync(path.join(backups, "objects", "tmp-left"))).toBe(false);
  await restored("latest", async ({ findings }) => expect(findings).toEqual([]));
});

test("R31: a file that moved away before it was read is a refusal of that file, and ends nothing", async () => {
  const store = storeIn(backups);
  const unheard: unknown[] = [];
  const hear = (error: unknown) => unheard.push(error);
  process.on("uncaughtExceptionMonitor", hear);
  await expect(store.put(() => fs.createReadStream(path.join(backups, "moved-away")))).rejects.toThrow(
    "ENOENT",
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off("uncaughtExceptionMonitor", hear);
  expect(unheard).toEqual([]);
  expect(fs.readdirSync(path.join(backups, "objects")).filter((name) => name.startsWith("tmp-"))).toEqual([]);
});

test("R32: pruning drops old sets and exactly the objects that nobody needs", async () => {
  const { set } = await makeBackup(backups);
  const store = storeIn(backups);
  const newest = await readSet(store, set);
  const { Readable } = await import("node:stream");
  // A year of nights, each with a file of its own.
  const now = Date.now();
  const own: { name: string; sha: string }[] = [];
  for (let n = 1; n <= 120; n++) {
    const { sha256: sha, size } = await store.put(() => Readable.from([Buffer.from(`night ${n}`)]));
    const name = setName(new Date(now - n * 3 * 86_400_000));
    own.push({ name, sha });
    await writeSet(store, { ...newest, set: name, files: [{ root: "storage", path: `Uploaded/x/${n}`, sha256: sha, size, mtime_ms: 0 }] }); // prettier-ignore
  }
  const { sets } = await pruneSets(store);
  const kept = await setNames(store);
  expect(sets.length + kept.length).toBe(121);
  expect(kept.length).toBeLessThanOrEqual(34);
  expect(kept[0]).toBe(set);
  for (const { name, sha } of own)
    expect(fs.existsSync(path.join(backups, "objects", store.nameOf(sha)))).toBe(kept.includes(name));
  for (const name of kept) await checkSet(store, name, () => undefined);
});

test("R31: files that are lost already are told, and hinder nothing", async () => {
  const job = await submitCube();
  const file = path.join(lab.storage, job.file_path);
  const content = fs.readFileSync(file);
  fs.rmSync(file);
  const done = await makeBackup(backups);
  expect(done.missing).toEqual([job.file_path]);
  await restored("latest", async ({ findings }) => {
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain("1 broken_link");
    expect(findings[0]).toContain("1 files were missing already");
  });
  fs.writeFileSync(file, content);
});

test("a folder or a storage that cannot be used is said in a sentence", async () => {
  const file = path.join(lab.dataDir, "a-file");
  fs.writeFileSync(file, "");
  await expect(makeBackup(path.join(file, "backups"))).rejects.toThrow("cannot be written to");
  useConfig({ ...config(), STORAGE_PATH: path.join(lab.dataDir, "nowhere") });
  await expect(makeBackup(backups)).rejects.toThrow("The storage cannot be reached");
  lab.configure();
});

test("the administrator gets a letter about each backup, good or bad, with the head of the log", async () => {
  await lab.set({ admin_email: "head@example.edu" });
  const run = () => runChore("backup", { by: SYSTEM }, (one) => backupChore(one));
  const letters = async () => {
    await lab.owner("UPDATE outbox SET next_at = now() WHERE kind = 'report' AND state = 'due'");
    await lab.owner("UPDATE outbox SET state = 'cancelled' WHERE kind <> 'report' AND state = 'due'");
    await sweepOutbox(HANDLERS, async () => []);
    return smtp.messages.filter((mail) => JSON.stringify(mail.to ?? "").includes("head@example.edu"));
  };
  lab.configure({ BACKUP_PATH: backups });
  const good = await run();
  expect(good).toMatchObject({ state: "done", facts: { encrypted: false, missing: [] } });
  const head = (good!.facts.head as { hash: string }).hash;
  const [letter] = await letters();
  expect(letter!.subject).toMatch(/backup: done/i);
  expect(letter!.text!.replaceAll(/\s+/g, "")).toContain(head);
  expect(letter!.text).not.toContain("3D print request");
  lab.configure({ BACKUP_PATH: path.join(lab.dataDir, "a-file", "x") });
  expect(await run()).toMatchObject({
    state: "failed",
    result: expect.stringContaining("cannot be written"),
  });
  const all = await letters();
  expect(all).toHaveLength(2);
  expect(all[1]!.subject).toMatch(/backup FAILED/i);
  lab.configure();
  await lab.set({ admin_email: "" });
});

describe("R31: the drill", () => {
  const practise = async (say: string[] = []) => {
    const beside = (name: string) => ({ ownerUrl: at(lab.ownerUrl, name), appUrl: at(lab.appUrl, name) });
    const at = (url: string, name: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;
    return runChore(
      "restore-drill",
      { by: SYSTEM },
      () =>
      drill({ from: backups, set: "latest", adminUrl: lab.ownerUrl, appRole: lab.appRole, beside, say: (line) => say.push(line) }), // prettier-ignore
    );
  };
  const leftOvers = async () => [
    ...(await lab.owner("SELECT datname FROM pg_database WHERE datname LIKE 'printdesk_drill_%'")),
    ...fs.readdirSync(lab.dataDir).filter((name) => name.startsWith("drill-")),
  ];

  test("brings the newest set back elsewhere, compares all of it, and leaves nothing behind", async () => {
    const { set, files } = await makeBackup(backups);
    const events = await lab.owner("SELECT count(*) AS n FROM events");
    const run = await practise();
    expect(run).toMatchObject({ state: "done", facts: { set, files, wrong: [] } });
    expect(run!.result).toContain("the same to the byte; log and audit clean");
    expect(await leftOvers()).toEqual([]);
    // The lab itself was not touched.
    expect(await lab.owner("SELECT count(*) AS n FROM events")).toEqual(events);
    expect((await db()("chore_runs").where({ chore: "restore-drill", state: "done" })).length).toBe(1);
  });

  test("fails when the set is damaged, and says where", async () => {
    const { set } = await makeBackup(backups);
    const store = storeIn(backups);
    const [table] = (await readSet(store, set)).database.tables.filter(({ name }) => name === "jobs");
    const file = path.join(backups, "objects", store.nameOf(table!.sha256));
    fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size));
    const run = await practise();
    expect(run).toMatchObject({ state: "failed", result: expect.stringContaining("table jobs") });
    expect(await leftOvers()).toEqual([]);
  });
});

test("R31: while students submit and staff work, every set is consistent in itself", async () => {
  let working = true;
  let steps = 0;
  const ids: string[] = [];
  const student = async () => {
    while (working) {
      ids.push((await submitCube()).id);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  };
  const staff = async (n: number) => {
    for (let at = n; working; at += 2) {
      const id = ids[at];
      if (!id) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        at -= 2;
        continue;
      }
      if (at % 5 === 4) {
        const guard = await lockFor(FRONT, id);
        await VERBS.delete(FRONT, await theJob(id), guard);
      } else await drive(await theJob(id), at % 3 ? "COMPLETED" : "PAIDPICKEDUP");
      steps++;
    }
  };
  const work = [student(), staff(0), staff(1)];
  const sets: string[] = [];
  try {
    for (let n = 0; n < 2; n++) {
      const before = steps;
      sets.push((await makeBackup(backups)).set);
      await expect.poll(() => steps, { timeout: 120_000 }).toBeGreaterThan(before + 2);
    }
  } finally {
    working = false;
    await Promise.all(work);
  }
  for (const set of sets)
    await restored(set, async ({ findings }) => expect([set, findings]).toEqual([set, []]));
});

test("R31: a submission that is not committed yet is in no set, nor is one that was deleted before the set was done", async () => {
  const chain = new pg.Client({ connectionString: lab.ownerUrl });
  await chain.connect();
  let submitting: ReturnType<typeof submitCube> | undefined;
  try {
    // Whoever writes to the log waits for its head: the folder stands, the commit is to come.
    await chain.query("BEGIN");
    await chain.query("SELECT * FROM event_chain FOR UPDATE");
    submitting = submitCube({ student_name: "Waiting Student" });
    const folders = () =>
      fs.readdirSync(path.join(lab.storage, "Uploaded")).filter((n) => n.startsWith("Waiting"));
    await expect.poll(folders, { timeout: 60_000 }).toHaveLength(1);
    // Committed after the set has looked for its job: whoever looks at the folder a second time finds it decided.
    let looks = 0;
    failFileCalls(({ name, path: at }) => {
      if (name === "readdir" && at.includes("Waiting") && ++looks === 2)
        fs.rmSync(path.join(at, UNDECIDED_MARK), { force: true });
      return undefined;
    });
    const { set } = await makeBackup(backups);
    expect((await readSet(storeIn(backups), set)).files.filter(({ path: p }) => p.includes("Waiting"))).toEqual([]); // prettier-ignore
  } finally {
    failFileCalls();
    await chain.query("ROLLBACK").finally(() => chain.end());
    await submitting;
  }

  const { jobs } = await dumpDatabase(storeIn(backups));
  const young = await submitCube({ student_name: "Short Lived" });
  const last = sha256(fs.readFileSync(path.join(lab.storage, folder(young), "metadata.json")));
  class Deleting extends ObjectStore {
    override async put(...content: Parameters<ObjectStore["put"]>) {
      const put = await super.put(...content);
      if (put.sha256 === last) await VERBS.delete(FRONT, young, await lockFor(FRONT, young.id));
      return put;
    }
  }
  const collected = await collectFiles(new Deleting(path.resolve(backups), ""), jobs, new Map());
  expect(await db()("jobs").where({ id: young.id })).toEqual([]);
  expect(collected.files.filter(({ path: p }) => p.includes(young.stem))).toEqual([]);
  expect(collected.missing).toEqual([]);
});

test("R31: a set made while an audit was under way comes back with an audit of its own", async () => {
  const { task_id } = await startAuditByTheSystem();
  await makeBackup(backups);
  await restored("latest", async ({ findings }) => {
    expect(findings).toEqual([]);
    expect(await db()("audits").where({ id: task_id }).first("state", "error")).toEqual({
      state: "failed",
      error: "Ended by a restore, which makes an audit of its own.",
    });
    expect(await db()("audits").where({ state: "done" }).first("id")).toBeTruthy();
    expect(await db()("outbox").where({ kind: "audit" }).whereIn("state", ["due", "running"])).toHaveLength(
      1,
    );
  });
});
