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
    const theirs = /^(POSTGRES_|MP_)|^(SITE|TLS)$/;
    expect(ours.filter((name) => !known.has(name) && !theirs.test(name))).toEqual([]);
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
      if (/restart: "no"/.test(part)) continue;
      expect(part, part.split(":")[0]).toMatch(/healthcheck:/);
      expect(part, part.split(":")[0]).toMatch(/limits: \{ cpus: .*, memory: /);
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
