/**
 * `npm run demo [-- --anyway] [--jobs N]`: a believable term of data in this lab. Refuses in production, and where there are
 * jobs unless told `--anyway`. The lab may be running or not; the built-in database is started when it is not.
 */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { readConfig, useConfig } from "@server/config.server";
import { closeDb } from "@server/db.server";
import { migrateToLatest } from "@server/migrate.server";
import { seedExample } from "@server/seed.server";
import { fillDemo } from "./demo-lab";
import { APP_ROLE, startEmbeddedPostgres } from "./embedded-postgres";

const DATABASE = "printdesk";
const USAGE = "Usage: npm run demo [-- --anyway] [--jobs N]";

/** Runs the command. @returns the exit code */
export async function main(
  args: string[],
  given: Record<string, string | undefined> = process.env,
): Promise<number> {
  const env = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  const anyway = args.includes("--anyway");
  const at = args.indexOf("--jobs");
  const jobs = at < 0 ? 240 : Number(args[at + 1]);
  const known = args.every((arg, i) => arg === "--anyway" || (at >= 0 && (i === at || i === at + 1)));
  if (!known || !Number.isInteger(jobs) || jobs < 1 || jobs > 100_000) {
    console.error(USAGE);
    return 2;
  }
  if ((env.APP_ENV ?? (env.NODE_ENV === "production" ? "production" : "local")) === "production") {
    console.error("demo: this is a production lab. Demonstration data would be among real records for ever.");
    return 1;
  }
  const dataDir = path.resolve(env.DATA_DIR ?? "data");
  const storage = path.resolve(env.STORAGE_PATH ?? "storage");
  fs.mkdirSync(storage, { recursive: true });
  const own = env.DATABASE_URL ? null : await startEmbeddedPostgres({ dataDir });
  try {
    await own?.createDatabase(DATABASE);
    const appUrl = own ? own.appUrl(DATABASE) : env.DATABASE_URL!;
    const ownerUrl = own ? own.ownerUrl(DATABASE) : (env.MIGRATION_DATABASE_URL ?? env.DATABASE_URL!);
    const user = (url: string) => decodeURIComponent(new URL(url).username);
    await migrateToLatest({ ownerUrl, appRole: own ? APP_ROLE : user(appUrl) !== user(ownerUrl) ? user(appUrl) : undefined }); // prettier-ignore
    await seedExample(ownerUrl);
    const there = await countJobs(ownerUrl);
    if (there > 0 && !anyway) {
      console.error(
        `demo: there are ${there} jobs here already. Add --anyway to put the demonstration beside them.`,
      );
      return 1;
    }
    useConfig(
      readConfig({
        ...env,
        APP_ENV: env.APP_ENV ?? "local",
        DATABASE_URL: appUrl,
        DATA_DIR: dataDir,
        STORAGE_PATH: storage,
        // Nothing is signed and nobody logs in here.
        SECRET_KEY: env.SECRET_KEY ?? randomBytes(32).toString("hex"),
        WORKSTATIONS:
          env.WORKSTATIONS ??
          JSON.stringify([{ id: "demo", name: "Demo", password: randomBytes(16).toString("hex") }]),
        LOG_LEVEL: env.LOG_LEVEL ?? "warn",
      }),
    );
    const made = await fillDemo(ownerUrl, { jobs, say: (line) => console.log(`demo: ${line}`) });
    console.log(`demo: ${made.jobs} jobs with ${made.models} different models, ${made.events} events, ${made.payments} payments.`); // prettier-ignore
    return 0;
  } finally {
    await closeDb();
    if (own && !own.adopted) await own.stop();
  }
}

async function countJobs(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Number((await client.query("SELECT count(*) AS n FROM jobs")).rows[0].n);
  } finally {
    await client.end();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  if (fs.existsSync(".env")) process.loadEnvFile(".env");
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    console.error(`demo: ${error.message}`);
    return 1;
  });
}
