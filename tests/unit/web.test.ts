/** Express's side: names of routes, slow clients, and what a request leaves in the log. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import express from "express";
import { afterEach, describe, expect, test } from "vitest";
import { quantile, requestCounts, since, together } from "@server/metrics.server";
import { noteRequest, requestFacts } from "@server/request-context.server";
import { sameSecret } from "@server/same-secret.server";
import { securityHeaders } from "../../server/web/headers";
import { refuseOddRequests } from "../../server/web/odd-requests";
import { requestLog } from "../../server/web/request-log";
import { routeNamer } from "../../server/web/route-names";
import { sameOriginOnly } from "../../server/web/same-origin";
import { limitedServer, limitForms } from "../../server/web/slow-clients";
import { receiveUploads } from "../../server/web/uploads";
import type { Refusal } from "@server/errors";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("a route's name", () => {
  const module = {} as never;
  const route = (id: string, path?: string, parentId = "root") => ({
    id,
    path,
    parentId,
    module,
    index: !path,
  });
  const nameOf = routeNamer({
    root: { id: "root", path: "", module },
    home: route("home"),
    job: route("job", "dashboard/jobs/:id"),
    queue: route("queue", "dashboard/jobs/new"),
    track: route("track", "track/:reference"),
    api: route("api", "api/v1/*"),
    robots: route("robots", "robots.txt"),
    all: route("all", "*"),
  } as never);

  test("is its pattern, the most exact one, with and without a script's ending", () => {
    expect(
      ["/", "/_root.data", "/dashboard/jobs/abc", "/dashboard/jobs/abc.data", "/DASHBOARD/jobs/new", "/track/secret/", "/api/v1/health", "/robots.txt"].map(nameOf), // prettier-ignore
    ).toEqual(["/", "/", "/dashboard/jobs/:id", "/dashboard/jobs/:id", "/dashboard/jobs/new", "/track/:reference", "/api/v1/*", "/robots.txt"]); // prettier-ignore
  });

  test("is one of a few, whatever is asked for", () => {
    const names = new Set(Array.from({ length: 1000 }, (_, i) => nameOf(`/wp-${i}/${i}.php`)));
    expect([...names]).toEqual(["(unknown)"]);
    expect(nameOf("/assets/job-1a2b.js")).toBe("(a file)");
    expect(nameOf("/favicon.svg")).toBe("(a file)");
  });
});

describe("the request log", () => {
  test("counts each request once, with the name that knows best, and gives the id back", async () => {
    const app = express();
    app.use(requestLog((path) => `named ${path}`));
    app.get("/api", (_req, res) => {
      noteRequest({ route: "/api/v1/health", workstation: "front" });
      res.json(requestFacts());
    });
    app.get("/slow", (_req, res) => void setTimeout(() => res.status(503).end(), 30));
    const port = await listen(createServer(app));
    const before = await requestCounts();
    const answer = await fetch(`http://127.0.0.1:${port}/api`);
    expect(await answer.json()).toMatchObject({
      request: answer.headers.get("x-request-id"),
      route: "/api/v1/health",
      workstation: "front",
    });
    await (await fetch(`http://127.0.0.1:${port}/slow`)).text();
    const odd = await fetch(`http://127.0.0.1:${port}/nowhere`, { method: "PURGE" });
    await odd.text();
    const added = since(await requestCounts(), before);
    expect([...added.keys()].sort()).toEqual([
      "GET /api/v1/health",
      "GET named /slow",
      "OTHER named /nowhere",
    ]);
    expect(added.get("GET named /slow")).toMatchObject({ requests: 1, failed: 1, refused: 0, slow: 0 });
    expect(added.get("OTHER named /nowhere")).toMatchObject({ refused: 1 });
    const all = together(added.values());
    expect(all.requests).toBe(3);
    expect(quantile(all, 0.99)!).toBeGreaterThan(0.02);
    expect(quantile({ buckets: [0, 0] }, 0.5)).toBeNull();
  });

  test("what is known of one request is not known of another", async () => {
    expect(requestFacts()).toBeUndefined();
    noteRequest({ workstation: "front" });
    expect(requestFacts()).toBeUndefined();
  });
});

describe("R28: slow clients", () => {
  /** Sends pieces with a pause in between. @returns what came back, and whether the server hung up */
  function dribble(port: number, pieces: string[], pause: number): Promise<{ answer: string; ms: number }> {
    return new Promise((resolve) => {
      const started = Date.now();
      let answer = "";
      const socket = connect(port, "127.0.0.1");
      let next = 0;
      const timer = setInterval(() => {
        if (next < pieces.length) socket.write(pieces[next++]!);
      }, pause);
      socket.on("data", (chunk) => (answer += chunk.toString()));
      socket.on("error", () => undefined);
      socket.on("close", () => {
        clearInterval(timer);
        resolve({ answer, ms: Date.now() - started });
      });
    });
  }
  const letters = (n: number) => Array.from({ length: n }, () => "x");

  async function slowApp() {
    const app = express();
    let aborted = 0;
    app.use(limitForms(1));
    app.all("*", (req, res) => {
      req.on("error", () => undefined);
      req.on("aborted", () => aborted++);
      req.on("end", () => res.end("done"));
      req.resume();
    });
    const port = await listen(limitedServer(app, { headers: 1, request: 60 }));
    return { port, aborted: () => aborted };
  }

  test("headers that come letter by letter are cut, fifty at once, and others are answered meanwhile", async () => {
    const { port } = await slowApp();
    const slow = Promise.all(
      Array.from({ length: 50 }, () => dribble(port, ["GET / HTTP/1.1\r\nX-A: ", ...letters(200)], 100)),
    );
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("done");
    for (const { answer } of await slow) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("a form that comes letter by letter is cut, and one that comes in time is taken", async () => {
    const { port, aborted } = await slowApp();
    const head = "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
    const { answer } = await dribble(port, [head, ...letters(100)], 100);
    expect(answer).toBe("");
    expect(aborted()).toBe(1);
    const whole = await fetch(`http://127.0.0.1:${port}/login`, { method: "POST", body: "x".repeat(1000) });
    expect(await whole.text()).toBe("done");
  });

  test("headers of more than 16 KB are refused", async () => {
    const { port } = await slowApp();
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { "X-Long": "x".repeat(17_000) } });
    expect(answer.status).toBe(431);
  });
});

describe("uploads that are too many", () => {
  test("are read to their end before they are told to come back, so that whoever sends can read it", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "printdesk-uploads-"));
    const limits = { STORAGE_PATH: folder, UPLOADS_AT_ONCE: 1, MAX_FILE_SIZE_MB: 50, UPLOAD_TIMEOUT_SECONDS: 30, UPLOAD_IDLE_SECONDS: 30 }; // prettier-ignore
    const whole: boolean[] = [];
    const app = express();
    let begun = 0;
    app.use((_req, _res, next) => (begun++, next()));
    app.use(receiveUploads(limits as never));
    app.post("/submit", (req, res) => {
      const { refusal } = res.locals.received as { refusal: Refusal };
      whole.push(req.complete);
      res.status(refusal.status).set("Retry-After", String(refusal.details.retryAfterSeconds)).end();
    });
    const port = await listen(createServer(app));
    const headers = { "Content-Type": "multipart/form-data; boundary=x", "Content-Length": 5_000_000 };
    const first = request({ port, path: "/submit", method: "POST", headers, agent: false });
    first.on("error", () => undefined);
    first.write("--x\r\n");
    while (begun < 1) await new Promise((resolve) => setTimeout(resolve, 10));
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const second = request({ port, path: "/submit", method: "POST", headers, agent: false }, resolve);
      second.on("error", reject);
      second.end(Buffer.alloc(5_000_000));
    });
    answer.resume();
    expect(answer.statusCode).toBe(503);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(20);
    expect(whole).toEqual([true]);
    first.destroy();
    rmSync(folder, { recursive: true, force: true });
  });
});

describe("R27: the headers", () => {
  async function headersAt(publicUrl: string): Promise<Headers> {
    const app = express();
    app.use(securityHeaders(publicUrl, false));
    app.get("*", (_req, res) => res.end());
    const port = await listen(createServer(app));
    return (await fetch(`http://127.0.0.1:${port}/`)).headers;
  }
  test("hold browsers to TLS where the lab has it, and leave a plain http lab working", async () => {
    const tls = await headersAt("https://print.example.edu");
    expect(tls.get("strict-transport-security")).toBe("max-age=31536000");
    expect(tls.get("content-security-policy")).toContain("upgrade-insecure-requests");
    const plain = await headersAt("http://192.168.1.20:3000");
    expect(plain.get("strict-transport-security")).toBeNull();
    expect(plain.get("content-security-policy")).not.toContain("upgrade-insecure-requests");
    for (const headers of [tls, plain]) {
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("content-security-policy")).not.toContain("unsafe");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

test("secrets are the same only when they are, whatever their length", () => {
  expect(sameSecret("abc", "abc")).toBe(true);
  for (const wrong of ["", "ab", "abd", "abcd", "ABC"]) expect(sameSecret(wrong, "abc")).toBe(false);
});

describe("R26: where a request comes from", () => {
  const HOME = "https://print.example.edu";
  type Sent = Record<string, string | undefined>;

  /** The front of the site. @returns what becomes of a request: 200, 400, or "refused" as from elsewhere */
  async function front(trust: string | number | false) {
    const app = express();
    app.set("trust proxy", trust);
    app.use(refuseOddRequests, sameOriginOnly(HOME));
    app.all("*", (req, res) => void res.end(req.url.startsWith("/refused") ? "refused" : "200"));
    const port = await listen(createServer(app));
    return (target: string, said: Sent | string[] = {}, method = "POST") =>
      new Promise<string>((resolve, reject) => {
        const ask = request({ port, host: "127.0.0.1", path: target, method, headers: said }, (res) => {
          let text = "";
          res.on("data", (chunk) => (text += chunk));
          res.on("end", () => resolve(res.statusCode === 400 ? "400" : text));
        });
        ask.on("error", reject).end();
      });
  }

  test("what a browser says of itself decides, and contradictions are refused", async () => {
    const ask = await front(false);
    const Host = "print.lab";
    for (const headers of [
      { Origin: HOME },
      { Origin: "https://print.lab" },
      { "Sec-Fetch-Site": "same-origin" },
      { "Sec-Fetch-Site": "none" },
      { "Sec-Fetch-Site": "same-origin", Origin: HOME },
    ])
      expect(await ask("/login", { Host, ...headers }), JSON.stringify(headers)).toBe("200");
    for (const headers of [
      {},
      { Origin: "null" },
      { Origin: "https://evil.example" },
      { Origin: "https://print.lab.evil.example" },
      { Origin: "https://print.lab:8443" },
      { Origin: `${HOME}, https://evil.example` },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { "Sec-Fetch-Site": "SAME-ORIGIN" },
      { "Sec-Fetch-Site": "same-origin", Origin: "https://evil.example" },
      { "Sec-Fetch-Site": "none", Origin: "null" },
      // A token is no pass for pages: programs have the API.
      { Authorization: "Bearer x", Origin: "https://evil.example" },
      { Authorization: "Bearer x" },
    ])
      expect(await ask("/login", { Host, ...headers }), JSON.stringify(headers)).toBe("refused");
  });

  test("the name that a proxy gives the site counts from a trusted proxy only", async () => {
    const evil = { Host: "print.lab", Origin: "https://evil.example", "X-Forwarded-Host": "evil.example" };
    expect(await (await front(false))("/login", evil)).toBe("refused");
    expect(await (await front("10.0.0.5"))("/login", evil)).toBe("refused");
    const behind = { Host: "app:3000", Origin: "https://print.lab", "X-Forwarded-Host": "print.lab" };
    expect(await (await front("loopback"))("/login", behind)).toBe("200");
    expect(await (await front(1))("/login", behind)).toBe("200");
    expect(await (await front(false))("/login", behind)).toBe("refused");
  });

  test("an address with dots that a browser would resolve is none, however they are written", async () => {
    const ask = await front(false);
    const mine = { Host: "print.lab", Origin: HOME };
    for (const dots of [
      "/api/v1/../../login",
      "/api/../dashboard/jobs/x/notes",
      "/api/v1/%2e%2e/%2E./login",
      "/api/v1/.%2e/..",
      "/api/./v1",
      "/api\\..\\login",
      "/..",
    ])
      for (const method of ["GET", "POST"]) expect(await ask(dots, mine, method), dots).toBe("400");
    for (const name of ["/a/..b/file.v1..stl", "/.well-known/x", "/dashboard?next=/../x", "/a/..%2f.."])
      expect(await ask(name, mine), name).toBe("200");
  });

  test("a request for two sites at once is for none", async () => {
    const ask = await front(false);
    expect(await ask("/login", ["Host", "print.lab", "Host", "evil.example", "Origin", HOME])).toBe("400");
  });
});
