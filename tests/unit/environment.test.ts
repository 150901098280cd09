/** What the programs read, what .env.example explains and what the compose files set are the same variables. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { FROM_FILES, readConfig, readSecretFiles, VARIABLES } from "@server/config.server";

const project = fileURLToPath(new URL("../..", import.meta.url));
const text = (file: string) => fs.readFileSync(path.join(project, file), "utf8");
/** Read by the launcher and the commands before the processes start. */
const BEFORE = [
  "MIGRATION_DATABASE_URL",
  "SEED_EXAMPLE",
  "QUIRREL_TOKEN_FILE",
  "QUIRREL_HOST",
  "QUIRREL_PORT",
];
const known = new Set([...VARIABLES, ...BEFORE, ...FROM_FILES.map((name) => `${name}_FILE`)]);

test(".env.example explains every variable, and no other", () => {
  const explained = [...text(".env.example").matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!);
  expect(new Set(explained).size).toBe(explained.length);
  const wanted = [...VARIABLES, ...BEFORE];
  expect(wanted.filter((name) => !explained.includes(name))).toEqual([]);
  expect(explained.filter((name) => !known.has(name))).toEqual([]);
  // Those that may come from a file are told by name.
  for (const name of FROM_FILES) expect(text(".env.example")).toContain(name);
});

describe("the compose files", () => {
  const compose = text("docker-compose.yml");
  const dev = text("docker-compose.dev.yml");

  test("set only variables that somebody reads", () => {
    const ours = [...`${compose}\n${dev}`.matchAll(/^ {2,6}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name!);
    expect(ours.length).toBeGreaterThan(30);
    const theirs = /^(POSTGRES_|MP_)|^(SITE|TLS|TRUSTED_PROXIES)$/;
    expect(ours.filter((name) => !known.has(name) && !theirs.test(name))).toEqual([]);
  });

  test("hand every variable on that an operator may want to set", () => {
    const set = new Set([...compose.matchAll(/^ {2,6}([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name!));
    // Said by the image, or nobody's business in a container.
    const image = [...text("Dockerfile").matchAll(/^(?:ENV )? *([A-Z][A-Z0-9_]+)=/gm)].map(
      ([, name]) => name!,
    );
    const own = ["QUIRREL_TOKEN", "PG_DUMP", "EVENT_EXPORT_PATH"];
    const missing = [...VARIABLES, ...BEFORE].filter(
      (name) => ![...image, ...own].includes(name) && !set.has(name) && !set.has(`${name}_FILE`),
    );
    expect(missing).toEqual([]);
    // A secret in the environment is shown by "docker inspect"; those that may come from a file do.
    for (const name of FROM_FILES) expect(set.has(name), name).toBe(false);
  });

  test("name each secret once, and every secret that is read is made by the script", () => {
    const declared = [...compose.matchAll(/^ {2}([a-z_]+): \{ file: \.\/secrets\/(\S+) \}/gm)];
    const names = declared.map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(8);
    const read = [...compose.matchAll(/\/run\/secrets\/([a-z_]+)/g), ...text("docker/create-app-role.sh").matchAll(/\/run\/secrets\/([a-z_]+)/g)].map(([, name]) => name!); // prettier-ignore
    expect([...new Set(read)].sort()).toEqual([...names].sort());
    const script = text("scripts/make-secrets.mjs");
    for (const [, , file] of declared) expect(script, file).toContain(file);
  });

  test("keep every service small, closed and looked after", () => {
    const services = compose.split("\nservices:\n")[1]!.split("\nnetworks:\n")[0]!;
    const each = services
      .split(/^ {2}(?=[a-z]+:\n)/m)
      .filter((part) => part.trim() && !part.trim().startsWith("#"));
    expect(each.map((part) => part.split(":")[0])).toEqual(["proxy", "app", "worker", "migrate", "db", "redis", "quirrel", "backup"]); // prettier-ignore
    for (const part of each) {
      expect(part).toMatch(/<<: \*(service|printdesk)/);
      expect(part, part.split(":")[0]).toMatch(/limits: \{ cpus: .*, memory: /);
      if (/restart: "no"/.test(part)) continue;
      expect(part, part.split(":")[0]).toMatch(/healthcheck:/);
    }
    const shared = compose.split("\nservices:\n")[0]!;
    for (const rule of [
      "no-new-privileges:true",
      "read_only: true",
      'max-size: 10m, max-file: "3"',
      "cap_drop: [ALL]",
    ])
      expect(shared).toContain(rule);
    expect(compose).toContain("inside: { internal: true }");
    // A shell as the first command keeps the image from changing to its own user, and a signal to stop from Redis.
    const redis = each.find((part) => part.startsWith("redis:"))!;
    expect(redis).toMatch(/^ {4}user: redis$/m);
    expect(redis).toContain("exec redis-server");
    // Nothing but the proxy can be reached from outside.
    expect([...compose.matchAll(/^ {4}ports:/gm)]).toHaveLength(1);
    expect(compose).not.toMatch(/PASSWORD: (?!\$\{)\S/);
  });

  test("the image does not run as root and brings no tests, tools or secrets", () => {
    const image = text("Dockerfile");
    const stages = image.split(/^FROM /m).slice(1);
    for (const stage of stages) expect(stage).toMatch(/^node:24-bookworm-slim/);
    expect(stages.at(-1)).toMatch(/^USER node$/m);
    expect(stages.at(-1)!.indexOf("USER node")).toBeLessThan(stages.at(-1)!.indexOf("CMD"));
    expect(image).toContain("npm ci --omit=dev");
    for (const name of [".env", "secrets", "data", "storage", "node_modules"])
      expect(text(".dockerignore").split("\n")).toContain(name);
  });
});

/** The same variables but one. */
const without = (env: Record<string, string>, name: string): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([key]) => key !== name));

describe("secrets from files", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "printdesk-secrets-"));
  const file = (content: string) => {
    const name = path.join(folder, Math.random().toString(36).slice(2));
    fs.writeFileSync(name, content);
    return name;
  };
  const local = {
    DATABASE_URL: "postgres://app:pw@localhost/lab",
    SECRET_KEY: "k".repeat(40),
    WORKSTATIONS: JSON.stringify([{ id: "front", name: "Front", password: "1234" }]),
  };

  test("a variable may name a file; the line break at its end does not count", () => {
    const rest = without(local, "SECRET_KEY");
    const config = readConfig({ ...rest, SECRET_KEY_FILE: file(`${"s".repeat(40)}\n`) });
    expect(config.SECRET_KEY).toBe("s".repeat(40));
    for (const name of FROM_FILES)
      expect(readSecretFiles({ [`${name}_FILE`]: file("a b\r\n") }, [])).toEqual({ [name]: "a b" });
  });

  test("a file that is not there, empty, or beside the variable itself is refused by name, once", () => {
    const rest = without(local, "SECRET_KEY");
    const problems = (env: Record<string, string>) => {
      try {
        readConfig(env);
        return [];
      } catch (error) {
        return (error as { problems: string[] }).problems;
      }
    };
    expect(problems({ ...rest, SECRET_KEY_FILE: "/no/such" })).toEqual([expect.stringMatching(/SECRET_KEY_FILE: \/no\/such .*ENOENT/)]); // prettier-ignore
    expect(problems({ ...rest, SECRET_KEY_FILE: file("") }).join()).toContain("is empty");
    // What a lab may do without: an empty file says so.
    const empty = {
      MAIL_PASSWORD_FILE: file("\n"),
      METRICS_TOKEN_FILE: file(""),
      ADMIN_PASSPHRASE_HASH_FILE: file(""),
    };
    const config = readConfig({ ...local, ...empty, MAIL_OAUTH_CLIENT_SECRET_FILE: file("") });
    for (const name of [
      "METRICS_TOKEN",
      "MAIL_PASSWORD",
      "ADMIN_PASSPHRASE_HASH",
      "MAIL_OAUTH_CLIENT_SECRET",
    ] as const)
      expect(config[name], name).toBeUndefined();
    expect(problems({ ...local, BACKUP_KEY_FILE: file("") }).join()).toContain("is empty");
    expect(problems({ ...local, SECRET_KEY_FILE: file("x") })).toEqual([expect.stringContaining("both set")]);
    expect(problems({ ...local, BACKUP_KEY: "abc" })).toEqual([expect.stringContaining("BACKUP_KEY")]);
  });

  test("production refuses secrets that look like examples, wherever they stand", () => {
    const production = {
      APP_ENV: "production",
      SECRET_KEY: "q8Zt1mVxW3nKc7RyLs0dGh5JbFuPa2Xe",
      PUBLIC_URL: "https://print.example.edu",
      MAIL_SERVER: "smtp.example.edu",
      WORKSTATIONS: JSON.stringify([{ id: "front", name: "Front", password_hash: "$argon2id$v=19$x" }]),
    };
    const refused = (more: object, name: string) =>
      expect(() => readConfig({ ...production, DATABASE_URL: "postgres://app:Wq3x9@db/lab", ...more } as never)).toThrow(name); // prettier-ignore
    refused({ DATABASE_URL: "postgres://app:changeme@db/lab" }, "DATABASE_URL");
    refused({ QUIRREL_PASSPHRASE: "change-me-now" }, "QUIRREL_PASSPHRASE");
    refused({ REDIS_URL: "redis://:password@redis:6379" }, "REDIS_URL");
    refused({ BACKUP_KEY: "0".repeat(64) }, "BACKUP_KEY");
    refused({ METRICS_TOKEN: "example-metrics-token" }, "METRICS_TOKEN");
    refused({ QUIRREL_ENCRYPTION_SECRET: "0123456789abcdef0123456789abcdef" }, "QUIRREL_ENCRYPTION_SECRET");
  });

  test("OAuth2 for mail is set as a whole or not at all", () => {
    const oauth = { MAIL_OAUTH_CLIENT_ID: "id", MAIL_OAUTH_CLIENT_SECRET: "s", MAIL_OAUTH_TENANT: "t", MAIL_USERNAME: "lab@example.edu" }; // prettier-ignore
    expect(readConfig({ ...local, ...oauth }).MAIL_OAUTH_CLIENT_ID).toBe("id");
    for (const name of Object.keys(oauth)) {
      expect(() => readConfig({ ...local, ...without(oauth, name) })).toThrow(name);
    }
    expect(() => readConfig({ ...local, ...oauth, MAIL_PASSWORD: "x" })).toThrow("choose one way");
  });
});
