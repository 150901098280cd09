/** `npm run monitor`: what is wrong is said and gives a status that programs see. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import { afterEach, expect, test } from "vitest";
import { check } from "../../scripts/monitor";

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** A product that answers so. */
async function product(answers: Record<string, [status: number, body: string]>): Promise<string> {
  const server = createServer((req, res) => {
    const [status, body] = answers[req.url!] ?? [404, ""];
    res.writeHead(status).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const health = (components: object) => JSON.stringify({ status: "x", components });
const wrong = async (url: string, folders = {}) =>
  (await check(url, folders)).filter(({ ok }) => !ok).map(({ name, says }) => `${name}: ${says}`);

test("a well product on a disk with room: all is well; the queue alone is no trouble", async () => {
  const up = {
    database: "ok",
    workers: "ok",
    queue: "error",
    storage: "ok",
    details: "The queue does not answer.",
  };
  const url = await product({ "/healthz": [200, "ok\n"], "/readyz": [200, "ready\n"], "/api/v1/health": [200, health(up)] }); // prettier-ignore
  const checks = await check(url, { data: os.tmpdir() });
  expect(checks.map(({ name }) => name)).toEqual(["/healthz", "/readyz", "/api/v1/health", "database", "workers", "queue", "storage", "disk of data"]); // prettier-ignore
  expect(checks.find(({ name }) => name === "disk of data")!.says).toMatch(/^\d+\.\d GB free \(\d+ %\) at /);
  expect(checks.filter(({ name, ok }) => !ok && !name.startsWith("disk"))).toEqual([]);
});

test("what is down is named", async () => {
  const url = await product({
    "/healthz": [200, "ok\n"],
    "/readyz": [503, "not ready: the database cannot be reached\n"],
    "/api/v1/health": [503, health({ database: "error", workers: "error", queue: "ok", storage: "ok", details: "Could not reach the database." })],
  }); // prettier-ignore
  expect(await wrong(url, { storage: "/no/such/folder" })).toEqual([
    "/readyz: 503: not ready: the database cannot be reached",
    "/api/v1/health: 503: Could not reach the database.",
    "database: error",
    "workers: error",
    "disk of storage: /no/such/folder: ENOENT",
  ]);
});

test("nobody there, and somebody else there", async () => {
  const url = await product({
    "/healthz": [200, "hello"],
    "/readyz": [302, ""],
    "/api/v1/health": [200, "<html>"],
  });
  expect(await wrong(url)).toEqual(["/readyz: 302: ", "/api/v1/health: the answer is not Printdesk's"]);
  // A port that was free a moment ago, and to which nothing has spoken.
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const none = await wrong(`http://127.0.0.1:${port}`);
  expect(none.filter((line) => !line.endsWith(": ECONNREFUSED"))).toEqual([]);
  expect(none).toHaveLength(3);
});
