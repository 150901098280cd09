/**
 * Configuration: read once from the environment, checked as a whole, all errors in one list.
 * A half-set or weak configuration refuses to start. What staff may change is a row in
 * `settings`, not a variable here.
 */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import path from "node:path";
import { z } from "zod";

const WorkstationSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "use small letters, digits and hyphens"),
    name: z.string().trim().min(1).max(60),
    password: z.string().min(4).optional(),
    password_hash: z.string().startsWith("$argon2id$").optional(),
    admin: z.boolean().default(true),
    storage_path: z.string().max(200).optional(),
  })
  .refine((w) => (w.password === undefined) !== (w.password_hash === undefined), {
    message: "give either password_hash or, outside production, password",
  });

/** A staff computer: its id and name, how it proves itself, and where it mounts the storage. */
export type Workstation = z.infer<typeof WorkstationSchema>;

const integer = (fallback: number, min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error }).default(fallback);
};

/** Names that stand for addresses in TRUST_PROXY. */
const NEARBY = ["loopback", "linklocal", "uniquelocal"];
const MOST_PROXIES = 10;

/**
 * Whose X-Forwarded-For is believed: nobody's (`none`), that of so many proxies in a row (`1`), or of these addresses.
 * "Everybody's" is not to be had: then each visitor could make up an address for each try.
 * @returns as Express's "trust proxy" takes it
 */
const TrustedProxies = z
  .string()
  .refine(
    (text) =>
      /^none$/.test(text) ||
      (/^\d{1,2}$/.test(text) && Number(text) <= MOST_PROXIES) ||
      text.split(",").every((part) => NEARBY.includes(part.trim()) || isSubnet(part.trim())),
    {
      error: `must be none, a number of proxies up to ${MOST_PROXIES}, or a list of addresses, networks and ${NEARBY.join(", ")}`,
    },
  )
  .transform((text): string | number | false =>
    /^(none|0+)$/.test(text) ? false : /^\d+$/.test(text) ? Number(text) : text,
  )
  .default("loopback");

function isSubnet(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length) return false;
  return (
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (version === 4 ? 32 : 128))
  );
}

const EnvSchema = z.object({
  APP_ENV: z.enum(["production", "local", "test"]).default("local"),
  HOST: z.string().default("127.0.0.1"),
  PORT: integer(3000, 0, 65535),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUST_PROXY: TrustedProxies,
  DATA_DIR: z.string().default("./data"),
  STORAGE_PATH: z.string().default("./storage"),
  OPENER_DIR: z.string().default("./build/opener"),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, "must start with postgres://"),
  DATABASE_POOL: integer(10, 1, 100),
  SECRET_KEY: z.string().min(32, "needs at least 32 characters"),
  WORKSTATIONS: z.string(),
  ADMIN_PASSPHRASE_HASH: z
    .string()
    .regex(/^\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/, {
      error: "must be what npm run hash-password prints; keep the dollar signs (quote it)",
    })
    .optional(),
  MAX_FILE_SIZE_MB: integer(50, 1, 2048),
  MIN_FILE_SIZE_BYTES: integer(84, 1, 1_000_000),
  UPLOAD_TIMEOUT_SECONDS: integer(300, 5, 3600),
  UPLOAD_IDLE_SECONDS: integer(60, 1, 600),
  HEADERS_TIMEOUT_SECONDS: integer(60, 1, 600),
  FORM_TIMEOUT_SECONDS: integer(30, 1, 600),
  AUDIT_SETTLE_SECONDS: z.coerce.number().min(0).max(60).default(2),
  UPLOADS_AT_ONCE: integer(48, 1, 10_000),
  MAIL_SERVER: z.string().optional(),
  MAIL_PORT: integer(587, 1, 65535),
  MAIL_USERNAME: z.string().optional(),
  MAIL_PASSWORD: z.string().optional(),
  MAIL_SECURITY: z.enum(["starttls", "tls", "none"]).default("starttls"),
  MAIL_FROM: z.email().default("printdesk@example.edu"),
  MAIL_FROM_NAME: z.string().max(80).default("3D Print Lab"),
  MAIL_REPLY_TO: z.email().optional(),
  MAIL_TIMEOUT_SECONDS: integer(20, 1, 28),
  /** Below Office 365's 30 letters a minute for a mailbox. */
  MAIL_LETTERS_A_MINUTE: integer(25, 1, 100_000),
  MAIL_OAUTH_TENANT: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,100}$/, "must be the directory's id or name")
    .optional(),
  MAIL_OAUTH_CLIENT_ID: z.string().min(1).max(200).optional(),
  MAIL_OAUTH_CLIENT_SECRET: z.string().min(1).optional(),
  MAIL_OAUTH_TOKEN_URL: z.url({ protocol: /^https?$/ }).optional(),
  MAIL_OAUTH_SCOPE: z.string().default("https://outlook.office365.com/.default"),
  QUIRREL_API_URL: z.url().optional(),
  QUIRREL_BASE_URL: z.url().optional(),
  QUIRREL_TOKEN: z.string().optional(),
  QUIRREL_PASSPHRASE: z.string().optional(),
  QUIRREL_ENCRYPTION_SECRET: z.string().length(32).optional(),
  REDIS_URL: z.string().optional(),
  WORKER_HOST: z.string().default("127.0.0.1"),
  WORKER_PORT: integer(3100, 0, 65535),
  OUTBOX_SWEEP_CRON: z.string().default("* * * * *"),
  METRICS_CRON: z.string().default("5 * * * * *"),
  METRICS_TOKEN: z.string().min(16, "needs at least 16 characters").optional(),
  BACKUP_PATH: z.string().optional(),
  BACKUP_CRON: z.string().default("0 3 * * *"),
  BACKUP_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, "needs exactly 64 hexadecimal digits (openssl rand -hex 32)")
    .optional(),
  PG_DUMP: z.string().default("pg_dump"),
  EVENT_EXPORT_PATH: z.string().optional(),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

/** Every variable that the processes read; `.env.example` explains each. */
export const VARIABLES = Object.keys(EnvSchema.shape);

/** Variables that may come from a file instead: `SECRET_KEY_FILE=/run/secrets/key`, and so on. */
export const FROM_FILES = [
  "SECRET_KEY",
  "DATABASE_URL",
  "MIGRATION_DATABASE_URL",
  "WORKSTATIONS",
  "ADMIN_PASSPHRASE_HASH",
  "MAIL_PASSWORD",
  "MAIL_OAUTH_CLIENT_SECRET",
  "REDIS_URL",
  "QUIRREL_PASSPHRASE",
  "QUIRREL_ENCRYPTION_SECRET",
  "BACKUP_KEY",
  "METRICS_TOKEN",
] as const;

/** What a lab may do without: an empty file means that there is none, so that compose files can name it always. */
const MAY_BE_EMPTY: readonly string[] = [
  "ADMIN_PASSPHRASE_HASH",
  "MAIL_PASSWORD",
  "MAIL_OAUTH_CLIENT_SECRET",
  "METRICS_TOKEN",
];

/**
 * Replaces each `NAME_FILE` by NAME with the file's content, without the line break at its end.
 * @param problems gets a sentence for each file that cannot be used
 */
export function readSecretFiles(
  env: Record<string, string | undefined>,
  problems: string[],
): Record<string, string | undefined> {
  const read = { ...env };
  for (const name of FROM_FILES) {
    const file = env[`${name}_FILE`];
    if (!file) continue;
    delete read[`${name}_FILE`];
    if (env[name]) {
      problems.push(`${name} and ${name}_FILE are both set; set one of them.`);
      continue;
    }
    try {
      read[name] = readFileSync(file, "utf8").replace(/\r?\n$/, "");
      if (read[name]) continue;
      if (MAY_BE_EMPTY.includes(name)) delete read[name];
      else problems.push(`${name}_FILE: ${file} is empty.`);
    } catch (error) {
      problems.push(`${name}_FILE: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
    }
  }
  return read;
}

/** Everything the processes need to know, checked. */
export interface Config extends Omit<
  z.infer<typeof EnvSchema>,
  "WORKSTATIONS" | "PUBLIC_URL" | "EVENT_EXPORT_PATH"
> {
  production: boolean;
  /** Where events that leave the log are exported to. */
  EVENT_EXPORT_PATH: string;
  PUBLIC_URL: string;
  WORKSTATIONS: Workstation[];
}

/** Thrown when the environment cannot be used; `problems` has a sentence per variable. */
export class ConfigError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(`The configuration cannot be used:\n${problems.map((p) => `  - ${p}`).join("\n")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** Words that show up in examples; a production secret must contain none of them. */
const WEAK = /change.?me|example|secret|password|printdesk|0123456789|^(.)\1+$/i;

/**
 * Checks an environment.
 * @throws ConfigError with one sentence per bad variable.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const problems: string[] = [];
  const given = readSecretFiles(
    Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== "")),
    problems,
  );
  const parsed = EnvSchema.safeParse(given);
  if (!parsed.success) {
    // A file that cannot be read has been told already.
    const told = problems.join(" ");
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0] ?? "environment");
      if (given[name] !== undefined) problems.push(`${name}: ${issue.message}.`);
      else if (!told.includes(`${name}_FILE`)) problems.push(`${name} is not set.`);
    }
  }
  const workstations = readWorkstations(given.WORKSTATIONS, problems);
  if (!parsed.success) {
    if (given.APP_ENV === "production") problems.push(...missingInProduction(given));
    throw new ConfigError(problems);
  }

  const config: Config = {
    ...parsed.data,
    production: parsed.data.APP_ENV === "production",
    WORKSTATIONS: workstations,
    EVENT_EXPORT_PATH: parsed.data.EVENT_EXPORT_PATH ?? path.join(parsed.data.DATA_DIR, "events"),
    PUBLIC_URL: (parsed.data.PUBLIC_URL ?? `http://localhost:${parsed.data.PORT}`).replace(/\/+$/, ""),
  };
  if (config.production) {
    if (config.METRICS_TOKEN && WEAK.test(config.METRICS_TOKEN))
      problems.push("METRICS_TOKEN: looks like an example; make a random one.");
    for (const name of [
      "SECRET_KEY",
      "QUIRREL_PASSPHRASE",
      "QUIRREL_ENCRYPTION_SECRET",
      "BACKUP_KEY",
    ] as const)
      if (WEAK.test(config[name] ?? "")) problems.push(`${name}: looks like an example; make a random one.`);
    for (const name of ["DATABASE_URL", "REDIS_URL"] as const)
      if (WEAK.test(passwordOf(config[name] ?? "")))
        problems.push(`${name}: its password looks like an example; make a random one.`);
    problems.push(...missingInProduction(given));
    for (const w of workstations.filter((w) => w.password !== undefined))
      problems.push(`WORKSTATIONS: "${w.id}" has a plain password; production takes password_hash only.`);
  }
  problems.push(...mailAccountProblems(config));
  if (problems.length) throw new ConfigError(problems);
  return config;
}

/** A mail account is a name with a password, or a name with an application's sign-in; or there is none. */
function mailAccountProblems(config: Config): string[] {
  const { MAIL_OAUTH_CLIENT_ID, MAIL_OAUTH_CLIENT_SECRET, MAIL_OAUTH_TENANT, MAIL_OAUTH_TOKEN_URL } = config;
  const oauth = MAIL_OAUTH_CLIENT_ID ?? MAIL_OAUTH_CLIENT_SECRET ?? MAIL_OAUTH_TENANT ?? MAIL_OAUTH_TOKEN_URL;
  if (oauth === undefined)
    return (config.MAIL_USERNAME === undefined) === (config.MAIL_PASSWORD === undefined)
      ? []
      : ["MAIL_USERNAME and MAIL_PASSWORD belong together; set both or neither."];
  return [
    MAIL_OAUTH_CLIENT_ID ? "" : "MAIL_OAUTH_CLIENT_ID is not set; the other MAIL_OAUTH variables need it.",
    MAIL_OAUTH_CLIENT_SECRET
      ? ""
      : "MAIL_OAUTH_CLIENT_SECRET is not set; the other MAIL_OAUTH variables need it.",
    MAIL_OAUTH_TENANT || MAIL_OAUTH_TOKEN_URL
      ? ""
      : "MAIL_OAUTH_TENANT is not set; set it, or MAIL_OAUTH_TOKEN_URL.",
    config.MAIL_USERNAME ? "" : "MAIL_USERNAME is not set; with OAuth2 it is the mailbox that sends.",
    config.MAIL_PASSWORD
      ? "MAIL_PASSWORD and MAIL_OAUTH_CLIENT_SECRET are both set; choose one way to sign in."
      : "",
    config.MAIL_SECURITY === "none" && config.production
      ? "MAIL_SECURITY: a token must not travel unencrypted; use starttls or tls."
      : "",
  ].filter(Boolean);
}

function passwordOf(url: string): string {
  try {
    return decodeURIComponent(new URL(url).password);
  } catch {
    return "";
  }
}

function missingInProduction(given: Record<string, string | undefined>): string[] {
  return [
    given.PUBLIC_URL ? "" : "PUBLIC_URL is not set; mails need it for their links.",
    given.MAIL_SERVER ? "" : "MAIL_SERVER is not set; in production mail must leave the house.",
  ].filter(Boolean);
}

function readWorkstations(text: string | undefined, problems: string[]): Workstation[] {
  if (text === undefined) return [];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    problems.push("WORKSTATIONS: is not valid JSON.");
    return [];
  }
  const list = z.array(WorkstationSchema).min(1).max(50).safeParse(json);
  if (!list.success) {
    for (const issue of list.error.issues)
      problems.push(`WORKSTATIONS[${issue.path.join(".")}]: ${issue.message}.`);
    return [];
  }
  const ids = new Set(list.data.map((w) => w.id));
  if (ids.size !== list.data.length) problems.push("WORKSTATIONS: two workstations have the same id.");
  return list.data;
}

let current: Config | undefined;

/** The process's configuration, read from `process.env` at the first call. */
export function config(): Config {
  current ??= readConfig(process.env);
  return current;
}

/** Commands and tests: sets the process's configuration, instead of reading it from `process.env`. */
export function useConfig(next: Config): void {
  current = next;
}
