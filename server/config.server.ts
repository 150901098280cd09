/**
 * Configuration: read once from the environment, checked as a whole, all errors in one list.
 * A half-set or weak configuration refuses to start. What staff may change is a row in
 * `settings`, not a variable here.
 */
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

const EnvSchema = z.object({
  APP_ENV: z.enum(["production", "local", "test"]).default("local"),
  HOST: z.string().default("127.0.0.1"),
  PORT: integer(3000, 0, 65535),
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  TRUST_PROXY: z.string().default("loopback"),
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
  UPLOADS_AT_ONCE: integer(64, 1, 10_000),
  MAIL_SERVER: z.string().optional(),
  MAIL_PORT: integer(587, 1, 65535),
  MAIL_USERNAME: z.string().optional(),
  MAIL_PASSWORD: z.string().optional(),
  MAIL_SECURITY: z.enum(["starttls", "tls", "none"]).default("starttls"),
  MAIL_FROM: z.email().default("printdesk@example.edu"),
  MAIL_FROM_NAME: z.string().max(80).default("3D Print Lab"),
  MAIL_REPLY_TO: z.email().optional(),
  MAIL_TIMEOUT_SECONDS: integer(20, 1, 28),
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
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

/** Everything the processes need to know, checked. */
export interface Config extends Omit<z.infer<typeof EnvSchema>, "WORKSTATIONS" | "PUBLIC_URL"> {
  production: boolean;
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
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const parsed = EnvSchema.safeParse(given);
  const problems: string[] = [];
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0] ?? "environment");
      problems.push(given[name] === undefined ? `${name} is not set.` : `${name}: ${issue.message}.`);
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
    PUBLIC_URL: (parsed.data.PUBLIC_URL ?? `http://localhost:${parsed.data.PORT}`).replace(/\/+$/, ""),
  };
  if (config.production) {
    if (WEAK.test(config.SECRET_KEY)) problems.push("SECRET_KEY: looks like an example; make a random one.");
    if (config.METRICS_TOKEN && WEAK.test(config.METRICS_TOKEN))
      problems.push("METRICS_TOKEN: looks like an example; make a random one.");
    problems.push(...missingInProduction(given));
    for (const w of workstations.filter((w) => w.password !== undefined))
      problems.push(`WORKSTATIONS: "${w.id}" has a plain password; production takes password_hash only.`);
  }
  if ((config.MAIL_USERNAME === undefined) !== (config.MAIL_PASSWORD === undefined))
    problems.push("MAIL_USERNAME and MAIL_PASSWORD belong together; set both or neither.");
  if (problems.length) throw new ConfigError(problems);
  return config;
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

/** Tests only: replaces the process's configuration. */
export function useConfig(next: Config): void {
  current = next;
}
