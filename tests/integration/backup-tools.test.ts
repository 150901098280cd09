/** A backup's surroundings: PostgreSQL's own archive beside ours, and a disk that fills up in the middle. */
import { execFile, execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeBackup, storeIn } from "@server/backup/backup.server";
import { backupChore } from "@server/backup/backup-chore.server";
import { objectsOf } from "@server/backup/manifest";
import { checkSet } from "@server/backup/restore.server";
import { readSet, setNames } from "@server/backup/sets.server";
import { runChore } from "@server/chores/run-chore.server";
import { SYSTEM } from "@server/events/append.server";
import { sweepOutbox } from "@server/outbox/work.server";
import { HANDLERS } from "@workers/queues";
import { freshLab, type Lab, query, startInstance } from "../support/database";
import { drive, submitCube } from "../support/desk";
import { startSmtp, type TestSmtp } from "../support/smtp";

let lab: Lab;
let smtp: TestSmtp;
let backups: string;
/** The newest pg_dump here, where it can read this server; null otherwise. */
let usable: string | null = null;
let server = 0;

beforeAll(async () => {
  smtp = await startSmtp();
  lab = await freshLab({ MAIL_SERVER: "127.0.0.1", MAIL_PORT: String(smtp.port) });
  await drive(await submitCube({ student_name: "Grace Höpper" }), "PAIDPICKEDUP");
  const [row] = await lab.owner<{ n: string }>("SELECT current_setting('server_version_num') AS n");
  server = Math.floor(Number(row!.n) / 10_000);
  const said = await promisify(execFile)("pg_dump", ["--version"]).catch(() => ({ stdout: "" }));
  if (Number(/\) (\d+)/.exec(said.stdout)?.[1] ?? 0) >= server) usable = "pg_dump";
  return () => smtp.close();
});
beforeEach(() => {
  backups = path.join(lab.dataDir, `backups-${Math.random().toString(36).slice(2)}`);
  lab.configure();
});

/** A program that stands for pg_dump. */
function program(script: string): string {
  const file = path.join(lab.dataDir, `pg_dump-${Math.random().toString(36).slice(2)}`);
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

describe("PostgreSQL's own archive", () => {
  const entry = async () => (await readSet(storeIn(backups), (await setNames(storeIn(backups)))[0]!)).database.pg_dump!; // prettier-ignore

  test("is in the set, made of the same snapshot, and pg_restore brings the rows back without us", async (context) => {
    if (!usable) return context.skip(`not run: no pg_dump for PostgreSQL ${server} is installed here`);
    lab.configure({ BACKUP_KEY: "7c".repeat(32) });
    // What an earlier restore has put aside is not the application's to read, and must not make the archive fail.
    await lab.owner("CREATE SCHEMA before_restore_20261124t0300 CREATE TABLE jobs (id int)");
    const done = await makeBackup(backups);
    expect(done.pg_dump).toMatch(/^With an archive by pg_dump \d+/);
    const store = storeIn(backups);
    const archive = path.join(lab.dataDir, "lab.dump");
    const set = await readSet(store, done.set);
    const object = objectsOf(set).find((one) => one.for === "the archive by pg_dump")!;
    await store.get(object, fs.createWriteStream(archive));
    const restored = `${new URL(lab.ownerUrl).pathname.slice(1)}_pg`;
    await lab.owner(`CREATE DATABASE ${restored}`);
    const url = Object.assign(new URL(lab.ownerUrl), { pathname: `/${restored}` }).href;
    try {
      execFileSync("pg_restore", ["--clean", "--if-exists", "--exit-on-error", "--no-owner", "--no-acl", "--dbname", url, archive]); // prettier-ignore
      const rows = "SELECT (SELECT count(*) FROM jobs) AS jobs, (SELECT count(*) FROM events) AS events, (SELECT max(hash) FROM event_chain) AS head"; // prettier-ignore
      expect(await query(url, rows)).toEqual(await lab.owner(rows));
    } finally {
      await lab.owner(`DROP DATABASE ${restored} WITH (FORCE)`);
    }
  });

  test("the set says when there is none because no pg_dump is here, and is whole without", async () => {
    lab.configure({ PG_DUMP: path.join(lab.dataDir, "no-such-program") });
    const done = await makeBackup(backups);
    expect(done.pg_dump).toContain("is not installed here");
    expect(await entry()).toEqual({ missing: expect.stringContaining("no-such-program is not installed") });
    await checkSet(storeIn(backups), done.set, () => undefined);
  });

  test("an old pg_dump is not even tried: it would refuse this server", async () => {
    lab.configure({
      PG_DUMP: program('[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 9.6.1" || exit 99'),
    });
    await makeBackup(backups);
    expect(await entry()).toEqual({
      missing: `pg_dump 9.6.1 is here, and a server of version ${server} needs at least pg_dump ${server}.`,
    });
  });

  test("one that fails half way leaves nothing of itself, and the backup is made all the same", async () => {
    lab.configure({
      PG_DUMP: program('[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.1" && exit\necho half; exit 1'),
    });
    const done = await makeBackup(backups);
    expect(await entry()).toEqual({ missing: "pg_dump 99.1 failed; the log says why." });
    const objects = fs.readdirSync(path.join(backups, "objects"), { recursive: true }) as string[];
    expect(objects.filter((name) => name.includes("tmp-"))).toEqual([]);
    await checkSet(storeIn(backups), done.set, () => undefined);
  });

  test("the password is in no argument: every user of the machine could read it", async () => {
    const seen = path.join(lab.dataDir, "seen");
    lab.configure({
      PG_DUMP: program(`[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.1" && exit\necho "$@" > ${seen}; [ -n "$PGPASSWORD" ] && echo archive`), // prettier-ignore
    });
    await makeBackup(backups);
    expect(await entry()).toMatchObject({ made_by: "pg_dump 99.1", size: 8 });
    const password = decodeURIComponent(new URL(lab.appUrl).password);
    expect(password.length).toBeGreaterThan(3);
    expect(fs.readFileSync(seen, "utf8")).not.toContain(password);
  });
});

describe("R31: no room for a backup", () => {
  /** Letters to the administrator that are due go out. */
  async function letters() {
    await lab.owner("UPDATE outbox SET next_at = now() WHERE kind = 'report' AND state = 'due'");
    await lab.owner("UPDATE outbox SET state = 'cancelled' WHERE kind <> 'report' AND state = 'due'");
    await sweepOutbox(HANDLERS, async () => []);
    return smtp.messages.filter((mail) => /backup FAILED/i.test(mail.subject ?? ""));
  }
  /** What a folder of backups promises after a backup that failed. */
  async function asBefore(set: string) {
    const store = storeIn(backups);
    expect(await setNames(store)).toEqual([set]);
    await checkSet(store, set, () => undefined);
    const objects = fs.readdirSync(path.join(backups, "objects"), { recursive: true }) as string[];
    expect(objects.filter((name) => name.includes("tmp-"))).toEqual([]);
  }

  test("the disk fills up: no set, the older one whole, the administrator gets a letter; made when there is room", async (context) => {
    fs.mkdirSync(backups, { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", backups], { stdio: "ignore" });
    } catch {
      return context.skip("not run: mounting a small file system needs root on Linux");
    }
    try {
      await lab.set({ admin_email: "head@example.edu" });
      const { set } = await makeBackup(backups);
      const job = await submitCube();
      // More than fits: a slicer may save anything beside a model.
      const big = path.join(lab.storage, path.dirname(job.file_path), "plate.gcode");
      fs.writeFileSync(big, Buffer.alloc(8_000_000, 1));
      lab.configure({ BACKUP_PATH: backups });
      const run = await runChore("backup", { by: SYSTEM }, (one) => backupChore(one));
      expect(run).toMatchObject({
        state: "failed",
        result: expect.stringContaining("There is no room left"),
      });
      await asBefore(set);
      expect((await letters())[0]!.text).toContain("no room left");
      fs.rmSync(big);
      const again = await runChore("backup", { by: SYSTEM }, (one) => backupChore(one));
      expect(again).toMatchObject({ state: "done" });
      expect(await setNames(storeIn(backups))).toHaveLength(2);
      await lab.set({ admin_email: "" });
    } finally {
      execFileSync("umount", ["-l", backups]);
    }
  });

  test("a process that may write no file so large: the same, without root", async (context) => {
    const { set } = await makeBackup(backups);
    const job = await submitCube();
    const big = path.join(lab.storage, path.dirname(job.file_path), "plate.gcode");
    fs.writeFileSync(big, Buffer.alloc(3_000_000, 2));
    const process_ = await startInstance(lab, { BACKUP_PATH: backups });
    try {
      execFileSync("prlimit", [`--pid=${process_.process.pid}`, "--fsize=1000000"], { stdio: "ignore" });
    } catch {
      await process_.stop();
      return context.skip("not run: prlimit (util-linux) is not here");
    }
    expect(await process_.ask("makeBackup", backups)).toMatchObject({
      ok: false,
      message: expect.stringContaining("There is no room left"),
    });
    await process_.stop();
    await asBefore(set);
    fs.rmSync(big);
    await makeBackup(backups);
    expect(await setNames(storeIn(backups))).toHaveLength(2);
  });
});
