/**
 * What a command works in: the same environment and database as the running product. The built-in database is used
 * as it runs, or started for the command and stopped after it.
 */
import fs from "node:fs";
import path from "node:path";
import { type Config, ConfigError, readConfig, useConfig } from "@server/config.server";
import { closeDb } from "@server/db.server";
import { log } from "@server/log.server";
import { APP_ROLE, startEmbeddedPostgres } from "./embedded-postgres";
import { environment, EXAMPLE_WORKSTATIONS, root, secretKey } from "./environment";
import { identityOf, isAlive, StartError } from "./processes";

const DATABASE = "printdesk";

export interface House {
  config: Config;
  /** The role that owns the tables. */
  ownerUrl: string;
  /** The application's role, when it is another one. */
  appRole?: string;
  /** Is a launcher at work on this data folder? Other machines are not seen here. */
  launcher: boolean;
  /** URL of a database beside the product's own, for the owner and for the application. */
  beside(database: string): { ownerUrl: string; appUrl: string };
  close(): Promise<void>;
}

/**
 * Opens it and makes its configuration this process's.
 * @param create start with an empty database where there is none yet
 * @throws ConfigError, StartError with sentences for people
 */
export async function openHouse({ create = false } = {}): Promise<House> {
  // Whoever reads along may have read enough ("| head"); what is under way goes on all the same.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  const env = environment();
  const dataDir = (env.DATA_DIR = path.resolve(root, env.DATA_DIR ?? "data"));
  env.STORAGE_PATH = path.resolve(root, env.STORAGE_PATH ?? "storage");
  if (env.BACKUP_PATH) env.BACKUP_PATH = path.resolve(root, env.BACKUP_PATH);
  // A command speaks in sentences; what the programs note for their log files is of no use on a terminal.
  if (!env.LOG_LEVEL) log.level = "warn";
  const built_in = env.DATABASE_URL === undefined;
  if (built_in && !create && !fs.existsSync(path.join(dataDir, "postgres", "PG_VERSION")))
    throw new StartError(
      `There is no database in ${dataDir} yet, and DATABASE_URL is not set. Start the product once, or set one of the two.`,
    );
  if (env.APP_ENV !== "production") {
    fs.mkdirSync(dataDir, { recursive: true });
    env.SECRET_KEY ??= secretKey(dataDir);
    env.WORKSTATIONS ??= JSON.stringify(EXAMPLE_WORKSTATIONS);
  }
  // Whatever is wrong is told before anything is started.
  const check = readConfig({ ...env, DATABASE_URL: env.DATABASE_URL ?? "postgres://built-in" });
  const launcher = launcherRuns(dataDir);
  const withDatabase = (url: string, database: string) => {
    const other = new URL(url);
    other.pathname = `/${encodeURIComponent(database)}`;
    return other.href;
  };
  let ownerUrl: string;
  let appUrl: string;
  let appRole: string | undefined;
  let stop = async () => undefined as void;
  if (built_in) {
    const server = await startEmbeddedPostgres({ dataDir });
    if (!server.adopted) stop = () => server.stop();
    await server.createDatabase(DATABASE);
    ownerUrl = server.ownerUrl(DATABASE);
    appUrl = server.appUrl(DATABASE);
    appRole = APP_ROLE;
  } else {
    appUrl = env.DATABASE_URL!;
    ownerUrl = env.MIGRATION_DATABASE_URL ?? appUrl;
    const user = decodeURIComponent(new URL(appUrl).username);
    if (user !== decodeURIComponent(new URL(ownerUrl).username)) appRole = user;
  }
  const config = { ...check, DATABASE_URL: appUrl };
  useConfig(config);
  return {
    config,
    ownerUrl,
    appRole,
    launcher,
    beside: (database) => ({
      ownerUrl: withDatabase(ownerUrl, database),
      appUrl: withDatabase(appUrl, database),
    }),
    async close() {
      await closeDb();
      await stop();
    },
  };
}

function launcherRuns(dataDir: string): boolean {
  try {
    const { pid, identity } = JSON.parse(fs.readFileSync(path.join(dataDir, "run.json"), "utf8")) as {
      pid: number;
      identity: string;
    };
    return isAlive(pid) && identityOf(pid) === identity;
  } catch {
    return false;
  }
}

/** Runs a command in the house; what is wrong is said in a sentence, with `name` before it. @returns the exit code */
export async function inHouse(
  name: string,
  work: (house: House) => Promise<number>,
  options?: Parameters<typeof openHouse>[0],
): Promise<number> {
  let house: House | undefined;
  try {
    house = await openHouse(options);
    return await work(house);
  } catch (error) {
    const known =
      error instanceof StartError ||
      error instanceof ConfigError ||
      ["Refusal", "DamagedBackup", "RestoreRefused"].includes((error as Error).name);
    const { code, message, stack } = error as { code?: string; message?: string; stack?: string };
    console.error(`${name}: ${known || code ? message || code : stack}`);
    return 1;
  } finally {
    await house?.close().catch((error: Error) => console.error(`${name}: ${error.message}`));
  }
}
