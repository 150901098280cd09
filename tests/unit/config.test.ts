/** A configuration that is weak, half-set or wrong refuses to start, and says everything that is wrong at once. */
import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "@server/config.server";

const HASH =
  "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$YmZpZ3VyZXRoYXRub3Bhc3N3b3JkaGFzdGhpc2hhc2g";
const station = (more: object = {}) => ({ id: "front", name: "Front", password_hash: HASH, ...more });
const production = {
  APP_ENV: "production",
  DATABASE_URL: "postgres://app:pw@db/lab",
  SECRET_KEY: "q8Zt1mVxW3nKc7RyLs0dGh5JbFuPa2Xe",
  PUBLIC_URL: "https://print.example.edu/",
  MAIL_SERVER: "smtp.example.edu",
  WORKSTATIONS: JSON.stringify([station()]),
};
const local = {
  DATABASE_URL: "postgres://app:pw@localhost/lab",
  SECRET_KEY: "k".repeat(40),
  WORKSTATIONS: JSON.stringify([{ id: "front", name: "Front", password: "1234" }]),
};

/** What `readConfig` complains about. */
function problems(env: Record<string, string | undefined>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
}

test("a sound one is taken, with defaults, and without a slash at the end of the address", () => {
  expect(readConfig(production)).toMatchObject({
    production: true,
    PUBLIC_URL: "https://print.example.edu",
    HOST: "127.0.0.1",
    PORT: 3000,
    MAX_FILE_SIZE_MB: 50,
    MIN_FILE_SIZE_BYTES: 84,
    WORKSTATIONS: [{ id: "front", admin: true }],
  });
  expect(readConfig(local)).toMatchObject({ APP_ENV: "local", PUBLIC_URL: "http://localhost:3000" });
  expect(readConfig({ ...local, PORT: "8080" }).PUBLIC_URL).toBe("http://localhost:8080");
  expect(readConfig({ ...local, PORT: "" }).PORT).toBe(3000);
});

describe("in production", () => {
  test.each([
    ["SECRET_KEY", "changemechangemechangemechangeme1"],
    ["SECRET_KEY", "my-Secret-key-that-is-long-enough-1"],
    ["SECRET_KEY", "Password-Password-Password-Password"],
    ["SECRET_KEY", "printdesk-printdesk-printdesk-1234"],
    ["SECRET_KEY", "abcdef0123456789abcdefabcdefabcdefab"],
    ["SECRET_KEY", "z".repeat(64)],
  ])("%s %s is refused as an example", (name, value) => {
    expect(problems({ ...production, [name]: value })).toEqual([expect.stringContaining("SECRET_KEY")]);
    expect(problems({ ...local, [name]: value })).toEqual([]);
  });

  test("a plain password is refused, and named", () => {
    const list = JSON.stringify([station(), { id: "back", name: "Back", password: "hunter22" }]);
    const [problem, ...more] = problems({ ...production, WORKSTATIONS: list });
    expect(problem).toContain('"back" has a plain password');
    expect(problem).not.toContain("hunter22");
    expect(more).toEqual([]);
    expect(problems({ ...local, WORKSTATIONS: list })).toEqual([]);
  });

  test.each(["PUBLIC_URL", "MAIL_SERVER"])("%s must be set", (name) => {
    expect(problems({ ...production, [name]: undefined })).toEqual([expect.stringContaining(name)]);
    expect(problems({ ...production, [name]: "" })).toEqual([expect.stringContaining(name)]);
  });
});

test("who is believed about the visitor's address", () => {
  const trusted = (value?: string) => readConfig({ ...local, TRUST_PROXY: value }).TRUST_PROXY;
  expect(trusted()).toBe("loopback");
  expect([trusted("none"), trusted("0"), trusted("1"), trusted("2")]).toEqual([false, false, 1, 2]);
  for (const list of ["uniquelocal", "10.0.0.5, 10.1.0.0/16", "loopback,fd00::/8"])
    expect(trusted(list)).toBe(list);
});

describe("everywhere", () => {
  test.each([
    ["SECRET_KEY", "k".repeat(31)],
    ["SECRET_KEY", undefined],
    ["DATABASE_URL", undefined],
    ["DATABASE_URL", "mysql://lab"],
    ["DATABASE_URL", "lab.sqlite"],
    ["WORKSTATIONS", undefined],
    ["WORKSTATIONS", "front:1234"],
    ["WORKSTATIONS", "[]"],
    ["WORKSTATIONS", '{"id":"front"}'],
    ["PUBLIC_URL", "print.example.edu"],
    ["PUBLIC_URL", "ftp://print.example.edu"],
    ["PORT", "65536"],
    ["PORT", "http"],
    ["PORT", "80.5"],
    ["APP_ENV", "staging"],
    ["MAX_FILE_SIZE_MB", "0"],
    ["MIN_FILE_SIZE_BYTES", "-1"],
    ["MAIL_SECURITY", "ssl"],
    ["MAIL_FROM", "the lab"],
    ["MAIL_REPLY_TO", "nobody"],
    ["MAIL_TIMEOUT_SECONDS", "60"],
    ["QUIRREL_ENCRYPTION_SECRET", "too-short"],
    ["DATABASE_POOL", "0"],
    ["LOG_LEVEL", "chatty"],
    ["TRUST_PROXY", "true"],
    ["TRUST_PROXY", "*"],
    ["TRUST_PROXY", "11"],
    ["TRUST_PROXY", "-1"],
    ["TRUST_PROXY", "0.0.0.0/0"],
    ["TRUST_PROXY", "10.0.0.0/33"],
    ["TRUST_PROXY", "proxy.example.edu"],
  ])("%s = %s is refused by name", (name, value) => {
    const found = problems({ ...local, [name]: value });
    expect(found.length).toBeGreaterThan(0);
    for (const problem of found) expect(problem).toContain(name);
    if (value === undefined) expect(found).toEqual([`${name} is not set.`]);
  });

  test.each([
    ["MAIL_USERNAME", "MAIL_PASSWORD"],
    ["MAIL_PASSWORD", "MAIL_USERNAME"],
  ])("%s alone is half a mail account", (one) => {
    expect(problems({ ...local, [one]: "x" })).toEqual([expect.stringContaining("belong together")]);
    expect(problems({ ...local, MAIL_USERNAME: "x", MAIL_PASSWORD: "y" })).toEqual([]);
  });

  test.each<[string, object[]]>([
    ["two with one id", [station(), station({ name: "Other" })]],
    ["no proof", [{ id: "front", name: "Front" }]],
    ["two proofs", [station({ password: "1234" })]],
    ["a hash that is no argon2id", [station({ password_hash: "$2b$10$abc" })]],
    ["a short password", [{ id: "front", name: "Front", password: "123" }]],
    ["an id with capitals", [station({ id: "Front" })]],
    ["an id with a blank", [station({ id: "front desk" })]],
    ["an empty name", [station({ name: " " })]],
    ["a misspelled key", [station({ passwort: "1234" })]],
    ["an admin that is no yes or no", [station({ admin: "yes" })]],
  ])("workstations with %s are refused", (_, list) => {
    const found = problems({ ...local, WORKSTATIONS: JSON.stringify(list) });
    expect(found.length).toBeGreaterThan(0);
    for (const problem of found) expect(problem).toContain("WORKSTATIONS");
  });

  test("all problems come at once, and no value of a secret is shown", () => {
    const found = problems({ SECRET_KEY: "hunter2", PORT: "x", WORKSTATIONS: '[{"password":"opensesame"}]' });
    const text = found.join(" ");
    for (const name of ["SECRET_KEY", "PORT", "DATABASE_URL", "WORKSTATIONS"]) expect(text).toContain(name);
    expect(text).not.toMatch(/hunter2|opensesame/);
  });
});
