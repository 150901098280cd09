/** R36: the log is JSON, one line an entry, with the request's id, and without secrets, addresses and names. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LogFile } from "../../scripts/supervise";

const project = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "printdesk-log-"))));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** What a program writes that logs with our logger. */
async function logged(code: string): Promise<string[]> {
  const { build } = await import("esbuild");
  const out = path.join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  await build({
    absWorkingDir: project,
    stdin: {
      contents: `import { log } from "./server/log.server"; import { withRequest, noteRequest } from "./server/request-context.server";\n${code}`,
      resolveDir: project,
      loader: "ts",
    },
    outfile: out,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
  });
  fs.rmSync(path.join(folder, "node_modules"), { force: true });
  fs.symlinkSync(path.join(project, "node_modules"), path.join(folder, "node_modules"));
  const { stdout, stderr } = spawnSync(process.execPath, [out], {
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      APP_ENV: "local",
      DATABASE_URL: "postgres://app:s3cr%21t@db/lab",
      SECRET_KEY: "the-key-that-signs-everything-in-here",
      METRICS_TOKEN: "the-token-of-prometheus",
      REDIS_URL: "redis://:redis-pw-1@queue",
      QUIRREL_PASSPHRASE: "quirrel-pw-2",
      MAIL_USERNAME: "lab",
      MAIL_PASSWORD: "mail-pass-phrase",
      WORKSTATIONS: '[{"id":"front","name":"Front","password":"1234"}]',
    } as unknown as NodeJS.ProcessEnv,
  });
  expect(stderr).toBe("");
  return stdout.trimEnd().split("\n");
}

test("no secret and no address gets through, in messages, errors and what others said", async () => {
  const text = (
    await logged(`
      log.error({ err: new Error("connect postgres://app:s3cr!t@db failed for ada.lovelace@example.edu") }, "x");
      log.warn({ reason: "550 5.1.1 <ada.lovelace@example.edu>: no such user, key the-key-that-signs-everything-in-here" }, "x");
      log.info({ password: "hunter2", token: "tok-1", cookie: "c=1", authorization: "Bearer tok-2" }, "x");
      log.info({ job: { student_email: "ada@example.edu", student_name: "Ada Lovelace", password: "hunter2", token: "tok-3" } }, "x");
      log.error({ err: new Error("redis://:redis-pw-1@queue refused quirrel-pw-2") }, "x");
      log.info({ a: "the-token-of-prometheus", b: "mail-pass-phrase" }, "x");
    `)
  ).join("\n");
  for (const secret of [
    "s3cr!t",
    "@example",
    "Lovelace",
    "the-key-that",
    "hunter2",
    "tok-",
    "the-token-of",
    "mail-pass",
    "redis-pw-1",
    "quirrel-pw-2",
    "c=1",
  ])
    // prettier-ignore
    expect(text, secret).not.toContain(secret);
  expect(text).toContain("550 5.1.1");
});

test("an entry is one line of JSON, whatever somebody put into it, and says which request and workstation it is of", async () => {
  const lines = await logged(`
    withRequest({ request: "id-1" }, () => {
      noteRequest({ workstation: "front" });
      log.info({ name: 'x\\n{"level":"fatal","msg":"forged"}\\r\\u2028\\u001b[2J' }, "said");
    });
    log.info("outside");
  `);
  expect(lines).toHaveLength(2);
  const [inside, outside] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(inside).toMatchObject({ level: "info", msg: "said", request: "id-1", workstation: "front" });
  expect(lines[0]).not.toMatch(/\u001b/);
  expect(outside).not.toHaveProperty("request");
});

test("files are turned at 10 MB, and two older ones are kept", () => {
  const file = path.join(folder, "logs", "web.log");
  const log = new LogFile(file);
  const line = "x".repeat(1_000_000);
  for (let i = 0; i < 45; i++) log.write(`${i} ${line}`);
  const sizes = fs.readdirSync(path.dirname(file)).sort().map((name) => [name, fs.statSync(path.join(path.dirname(file), name)).size]); // prettier-ignore
  expect(sizes.map(([name]) => name)).toEqual(["web.log", "web.log.1", "web.log.2"]);
  for (const [name, size] of sizes) expect(size, String(name)).toBeLessThan(11_100_000);
  expect(fs.readFileSync(file, "utf8").slice(0, 2)).not.toBe("0 ");
  // What was written last is in the newest.
  expect(fs.readFileSync(file, "utf8")).toContain("44 x");
  expect(fs.statSync(file).mode & 0o077).toBe(0);
});
