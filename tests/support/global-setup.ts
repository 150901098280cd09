/**
 * One real PostgreSQL for the whole run, with a template database that holds schema, rights and the example
 * lab. Each test file clones it (see database.ts). TEST_DATABASE_URL names a server to use instead of the
 * built-in one; its role must be allowed to create databases and roles.
 */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../scripts/embedded-postgres";
import { isAlive } from "../../scripts/processes";
import { migrateToLatest } from "../../server/migrate.server";
import { seedExample } from "../../server/seed.server";

/** What a test file needs to know to clone the template. */
export interface TestServer {
  /** URL of the role that owns the tables; its database is the one to connect to for CREATE DATABASE. */
  ownerUrl: string;
  /** URL of the application's role; put another database in its path. */
  appUrl: string;
  appRole: string;
  template: string;
  /** Every database of this run starts with this. */
  prefix: string;
  /** Folder of this run: storage, data and bundled programs live below it. */
  folder: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    server: TestServer;
  }
}

const FOLDER = "printdesk-vitest-";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await clearDeadRuns();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), FOLDER));
  fs.writeFileSync(path.join(folder, "owner.pid"), String(process.pid));
  const prefix = `printdesk_test_${randomBytes(4).toString("hex")}`;
  const { close, ...urls } = process.env.TEST_DATABASE_URL
    ? await givenServer(process.env.TEST_DATABASE_URL, prefix)
    : await builtInServer(folder);

  const template = `${prefix}_template`;
  await onServer(urls.ownerUrl, (client) => client.query(`CREATE DATABASE ${template}`));
  const ownerUrl = withDatabase(urls.ownerUrl, template);
  await migrateToLatest({ ownerUrl, appRole: urls.appRole });
  await seedExample(ownerUrl);
  // Nobody may connect any more, autovacuum included: a template with visitors cannot be cloned.
  await onServer(urls.ownerUrl, (client) =>
    client.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`),
  );

  project.provide("server", { ...urls, template, prefix, folder });
  return async () => {
    await close();
    fs.rmSync(folder, { recursive: true, force: true });
  };
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function builtInServer(folder: string) {
  const server = await startEmbeddedPostgres({ dataDir: folder, durable: false });
  let stopped = false;
  // When the run ends without its teardown, the server must not stay behind.
  process.once("exit", () => {
    if (!stopped && isAlive(server.pid)) process.kill(server.pid, "SIGQUIT");
  });
  return {
    ownerUrl: server.ownerUrl("postgres"),
    appUrl: server.appUrl("postgres"),
    appRole: decodeURIComponent(new URL(server.appUrl("postgres")).username),
    close: async () => {
      await server.stop();
      stopped = true;
    },
  };
}

async function givenServer(ownerUrl: string, prefix: string) {
  const appRole = `${prefix}_app`;
  const password = randomBytes(18).toString("hex");
  await onServer(ownerUrl, (client) => client.query(`CREATE ROLE ${appRole} LOGIN PASSWORD '${password}'`));
  const appUrl = new URL(ownerUrl);
  appUrl.username = appRole;
  appUrl.password = password;
  return {
    ownerUrl,
    appUrl: appUrl.href,
    appRole,
    close: () =>
      onServer(ownerUrl, async (client) => {
        const { rows } = await client.query<{ datname: string }>(
          "SELECT datname FROM pg_database WHERE starts_with(datname, $1)",
          [prefix],
        );
        for (const { datname } of rows) await client.query(`DROP DATABASE "${datname}" WITH (FORCE)`);
        await client.query(`DROP ROLE ${appRole}`);
      }),
  };
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A run that was killed with -9 leaves its server and folder; the next one clears them. */
async function clearDeadRuns(): Promise<void> {
  for (const name of fs.readdirSync(os.tmpdir())) {
    if (!name.startsWith(FOLDER)) continue;
    const folder = path.join(os.tmpdir(), name);
    const owner = readNumber(path.join(folder, "owner.pid"));
    if (owner === undefined || isAlive(owner)) continue;
    if (readNumber(path.join(folder, "postgres/postmaster.pid")) !== undefined) {
      const server = await startEmbeddedPostgres({ dataDir: folder, durable: false }).catch(() => undefined);
      await server?.stop();
    }
    try {
      fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Something is still mounted there; it is in nobody's way.
    }
  }
}

function readNumber(file: string): number | undefined {
  try {
    return Number.parseInt(fs.readFileSync(file, "utf8"), 10) || undefined;
  } catch {
    return undefined;
  }
}
