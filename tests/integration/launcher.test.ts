/**
 * The built-in PostgreSQL and the launcher's refusals. Both run as programs of their own, bundled
 * into a temporary folder, because being killed is part of what is tested.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import fs from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmbeddedPostgres } from "../../scripts/embedded-postgres";
import { freePort, isAlive, waitGone } from "../../scripts/processes";
import { Supervised } from "../../scripts/supervise";

const project = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;

beforeAll(async () => {
  // mkdtemp makes it 0700: as root, PostgreSQL's own user has to get through all the same.
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "printdesk-launcher-"));
  fs.symlinkSync(path.join(project, "node_modules"), path.join(folder, "node_modules"));
  fs.writeFileSync(
    path.join(folder, "hold.ts"),
    `import { startEmbeddedPostgres } from ${JSON.stringify(path.join(project, "scripts/embedded-postgres.ts"))};
     const db = await startEmbeddedPostgres({ dataDir: process.argv[2]!, durable: false });
     console.log(JSON.stringify({ pid: db.pid, port: db.port }));
     setInterval(() => {}, 1000);`,
  );
  await build({
    absWorkingDir: project,
    entryPoints: [
      { in: path.join(folder, "hold.ts"), out: "hold" },
      { in: "scripts/launch.ts", out: "launch" },
    ],
    outdir: path.join(folder, "build"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\n")) resolve(text.split("\n")[0]!);
    });
    child.once("exit", () => reject(new Error(`ended early: ${text}`)));
  });
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

describe("built-in PostgreSQL", () => {
  it("outlives a kill -9 of its parent, is taken over with its data, and stops", async () => {
    const dataDir = path.join(folder, "data");
    const parent = spawn(process.execPath, [path.join(folder, "build/hold.mjs"), dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const first = JSON.parse(await firstLine(parent)) as { pid: number; port: number };
    const gone = new Promise((resolve) => parent.once("exit", resolve));
    parent.kill("SIGKILL");
    await gone;
    expect(isAlive(first.pid)).toBe(true);

    const db = await startEmbeddedPostgres({ dataDir, durable: false });
    expect(db).toMatchObject({ adopted: true, pid: first.pid, port: first.port });
    expect(await db.createDatabase("one")).toBe(true);
    expect(await db.createDatabase("one")).toBe(false);
    await query(db.ownerUrl("one"), "create table t as select 42 as n");
    await db.createDatabase("two", { template: "one" });
    expect(await query(db.ownerUrl("two"), "select n from t")).toEqual([{ n: 42 }]);
    await db.dropDatabase("two");

    await expect(query(db.appUrl("one"), "select n from t")).rejects.toThrow(/permission denied/);
    const [role] = await query(
      db.appUrl("one"),
      "select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user",
    );
    expect(role).toEqual({ rolsuper: false, rolcreatedb: false, rolcreaterole: false });
    expect(fs.statSync(path.join(dataDir, "postgres.json")).mode & 0o777).toBe(0o600);

    await db.stop();
    expect(isAlive(first.pid)).toBe(false);

    const again = await startEmbeddedPostgres({ dataDir, durable: false });
    expect(again.adopted).toBe(false);
    expect(await query(again.ownerUrl("one"), "select n from t")).toEqual([{ n: 42 }]);
    await again.stop();
  });

  it("starts after the server itself was killed with -9, and after a stale pid file", async () => {
    const dataDir = path.join(folder, "killed");
    const db = await startEmbeddedPostgres({ dataDir, durable: false });
    process.kill(db.pid, "SIGKILL");
    await waitGone(db.pid, 5000);
    const again = await startEmbeddedPostgres({ dataDir, durable: false });
    expect(again.adopted).toBe(false);
    await again.stop();
    // The number belongs to a living process that is no postgres of this folder.
    fs.writeFileSync(
      path.join(dataDir, "postgres/postmaster.pid"),
      `${process.pid}\n${dataDir}/postgres\n0\n1\n\n\n`,
    );
    const third = await startEmbeddedPostgres({ dataDir, durable: false });
    expect(third.adopted).toBe(false);
    await third.stop();
  });

  it("says so when the cluster is from another major version", async () => {
    const dataDir = path.join(folder, "old");
    fs.mkdirSync(path.join(dataDir, "postgres"), { recursive: true });
    fs.writeFileSync(path.join(dataDir, "postgres/PG_VERSION"), "14\n");
    fs.writeFileSync(path.join(dataDir, "postgres.json"), '{"port":1,"ownerPassword":"a","appPassword":"b"}');
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow(/made by PostgreSQL 14/);
  });
});

describe("launcher", () => {
  function launch(env: Record<string, string>) {
    const done = spawnSync(process.execPath, [path.join(folder, "build/launch.mjs")], {
      cwd: folder,
      encoding: "utf8",
      timeout: 25_000,
      env: {
        PATH: process.env.PATH ?? "",
        DATA_DIR: path.join(folder, "launch-data"),
        STORAGE_PATH: path.join(folder, "launch-storage"),
        ...env,
      } as unknown as NodeJS.ProcessEnv,
    });
    return { code: done.status, text: done.stderr };
  }

  it("names a taken port and starts nothing", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port)),
    );
    const { code, text } = launch({ PORT: String(port) });
    server.close();
    expect(text).toContain(`Port ${port} is already in use`);
    expect(code).toBe(1);
    expect(fs.existsSync(path.join(folder, "launch-data/postgres"))).toBe(false);
  });

  it("names a folder that cannot be made, wherever it would lie", () => {
    const file = path.join(folder, "a-file");
    fs.writeFileSync(file, "");
    const nowhere = [path.join(file, "data"), ...(fs.existsSync("/proc/self") ? ["/proc/nope/data"] : [])];
    for (const place of nowhere)
      for (const name of ["DATA_DIR", "STORAGE_PATH"]) {
        const { code, text } = launch({ PORT: "0", [name]: place });
        expect(text).toContain(`The folder ${place} (${name}) cannot be written to`);
        expect(code).toBe(1);
      }
  });

  it("lets a child that dies at once have what was chosen for it chosen anew", async () => {
    let chosen = 0;
    const started: string[] = [];
    const child = new Supervised({
      name: "short-lived",
      args: ["-e", "process.exit(1)"],
      env: () => {
        started.push(String(chosen));
        return { PATH: process.env.PATH };
      },
      cwd: folder,
      logFile: path.join(folder, "short-lived.log"),
      show: "none",
      say: () => undefined,
      afterEarlyDeath: async () => void chosen++,
    });
    child.start();
    while (started.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    await child.stop();
    expect(started.slice(0, 2)).toEqual(["0", "1"]);
  });

  it("refuses an unreachable DATABASE_URL without showing its password or falling back", async () => {
    const port = await freePort();
    const { code, text } = launch({
      PORT: "0",
      DATABASE_URL: `postgres://desk:hunter22@127.0.0.1:${port}/lab`,
    });
    expect(text).toContain(
      `The database server at 127.0.0.1:${port}, set by DATABASE_URL, cannot be reached`,
    );
    expect(text).not.toContain("hunter22");
    expect(code).toBe(1);
    expect(fs.existsSync(path.join(folder, "launch-data/postgres"))).toBe(false);
  });

  it("tells a wrong password from a missing database", async () => {
    const db = await startEmbeddedPostgres({ dataDir: path.join(folder, "external"), durable: false });
    try {
      const wrong = db.ownerUrl("postgres").replace(/:[^:@]+@/, ":not-this-one@");
      expect(launch({ PORT: "0", DATABASE_URL: wrong }).text).toContain('refuses the user "printdesk_owner"');
      expect(launch({ PORT: "0", DATABASE_URL: db.ownerUrl("nowhere") }).text).toContain(
        'has no database "nowhere"',
      );
    } finally {
      await db.stop();
    }
  });

  it("lists what is wrong with the configuration", () => {
    const { code, text } = launch({ PORT: "0", APP_ENV: "production" });
    expect(text).toContain("SECRET_KEY is not set.");
    expect(text).toContain("WORKSTATIONS is not set.");
    expect(code).toBe(1);
  });
});
