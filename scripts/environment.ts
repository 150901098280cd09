/**
 * The environment that the launcher and the commands work in: the process's own, then `.env` beside the program,
 * then files named by `*_FILE` variables; outside production also what a first start has made in DATA_DIR.
 */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, readSecretFiles } from "@server/config.server";

export type Env = Record<string, string | undefined>;

/** The folder of the program. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The workstations of a first try; their passwords are shown at the start. */
export const EXAMPLE_WORKSTATIONS = [
  ["front-desk", "Front Desk"],
  ["print-room", "Print Room"],
  ["back-office", "Back Office"],
].map(([id, name]) => ({ id, name, password: `${id}-demo`, storage_path: "Z:\\storage" }));

/**
 * The variables that are set, with APP_ENV decided.
 * @throws ConfigError when a file of a secret cannot be read
 */
export function environment(): Env {
  const file = path.join(root, ".env");
  // What is set in the environment already wins over the file.
  if (fs.existsSync(file)) process.loadEnvFile(file);
  const set = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
  const problems: string[] = [];
  const env: Env = readSecretFiles(set, problems);
  if (problems.length) throw new ConfigError(problems);
  env.APP_ENV ??= env.NODE_ENV === "production" ? "production" : "local";
  return env;
}

/** The secret of a run that was given none: made once, and kept in DATA_DIR. */
export function secretKey(dataDir: string): string {
  const file = path.join(dataDir, "secret.key");
  try {
    fs.writeFileSync(file, `${randomBytes(32).toString("hex")}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return fs.readFileSync(file, "utf8").trim();
}
