import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type IncomingMessage, type Server, createServer } from "node:http";
import { type AddressInfo, type Socket, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { type ReceivedForm, discardStaged, receiveUpload, sweepStaging } from "@server/files/receive.server";

const MB = 1024 * 1024;
let stagingDir: string;
let server: Server;
let port: number;
let options: Parameters<typeof receiveUpload>[1];
let outcomes: (ReceivedForm | Error)[];
let unhandled: unknown[];
const onUnhandled = (error: unknown) => unhandled.push(error);

beforeEach(async () => {
  stagingDir = mkdtempSync(join(tmpdir(), "receive-"));
  options = { stagingDir, maxFileBytes: 6 * MB, timeoutMs: 20_000, idleMs: 5_000 };
  outcomes = [];
  unhandled = [];
  process.on("unhandledRejection", onUnhandled);
  server = createServer(async (req: IncomingMessage, res) => {
    const outcome = await receiveUpload(req, options).catch((error: Error) => error);
    outcomes.push(outcome);
    const refusal = outcome instanceof Refusal ? outcome : outcome instanceof Error ? null : outcome.refusal;
    if (refusal?.details.reason === "timeout") res.setHeader("Connection", "close");
    res.statusCode = refusal?.status ?? (outcome instanceof Error ? 500 : 200);
    const form = outcome instanceof Error ? { message: outcome.message } : outcome;
    res.end(JSON.stringify({ ...form, refusal: refusal && { ...refusal, message: refusal.message } }));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  process.off("unhandledRejection", onUnhandled);
  expect(unhandled).toEqual([]);
  expect(openParts()).toEqual([]);
  rmSync(stagingDir, { recursive: true, force: true });
});

const staged = () => readdirSync(stagingDir);

/** File handles on staged files that this process still holds. */
function openParts(): string[] {
  return readdirSync("/proc/self/fd")
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return "";
      }
    })
    .filter((path) => path.includes(".part"));
}

async function until(what: () => boolean, ms = 5000): Promise<void> {
  for (const end = Date.now() + ms; !what();) {
    if (Date.now() > end) throw new Error("waited in vain");
    await pause(10);
  }
}

interface Answer {
  status: number;
  fields: Record<string, string | string[]>;
  file: {
    path: string;
    original_name: string;
    size_bytes: number;
    sha256: string;
    head: { data: number[] };
  } | null;
  refusal: { code: string; message: string; details: Record<string, unknown> } | null;
  message?: string;
}

async function post(body: FormData | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    body: body as BodyInit,
    headers,
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, "status">) };
}

const BOUNDARY = "----PrintdeskTest";
const MULTIPART = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };
const field = (name: string, value: string) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const fileStart = (filename: string, name = "file", type = "application/octet-stream") =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\nContent-Type: ${type}\r\n\r\n`;
const END = `\r\n--${BOUNDARY}--\r\n`;
const raw = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((p) => Buffer.from(p as string)));

/** Opens a POST by hand and sends the start of it. */
function begin(start: Buffer | string, length = 5 * MB): Promise<{ socket: Socket; answer: () => string }> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(
        `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\nContent-Type: ${MULTIPART["content-type"]}\r\n\r\n`,
      );
      socket.write(start, () => resolve({ socket, answer: () => text }));
    });
    socket.on("data", (chunk) => (text += chunk)).on("error", reject);
  });
}

function formWith(content: Buffer, name = "vase.stl"): FormData {
  const form = new FormData();
  form.set("student_name", "Jane Doe");
  form.append("tag", "a");
  form.append("tag", "b");
  form.append("tag", "c");
  form.set("file", new Blob([new Uint8Array(content)]), name);
  form.set("after", "the file");
  return form;
}

describe("whole forms", () => {
  test("5 MB arrive byte by byte, with fields before and after", async () => {
    const content = randomBytes(5 * MB);
    const { status, fields, file, refusal } = await post(formWith(content, "Väse ☃.stl"));
    expect(status).toBe(200);
    expect(refusal).toBeNull();
    expect(fields).toEqual({ student_name: "Jane Doe", tag: ["a", "b", "c"], after: "the file" });
    expect(file).toMatchObject({
      original_name: "Väse ☃.stl",
      size_bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
    });
    expect(Buffer.from(file!.head.data)).toEqual(content.subarray(0, 512));
    expect(content.equals(await readFile(file!.path))).toBe(true);
    expect(staged()).toHaveLength(1);
    await discardStaged(file!);
    await discardStaged(file!);
    expect(staged()).toEqual([]);
  });

  test("a file of exactly the largest size is taken", async () => {
    const { status, file } = await post(formWith(Buffer.alloc(options.maxFileBytes)));
    expect(status).toBe(200);
    expect(file!.size_bytes).toBe(options.maxFileBytes);
  });

  test("an empty but named file is a file of 0 bytes", async () => {
    const { file } = await post(formWith(Buffer.alloc(0)));
    expect(file).toMatchObject({ size_bytes: 0, original_name: "vase.stl" });
  });

  test("no file: left out, or an empty file input", async () => {
    const bodies = [
      raw(field("a", "1"), END.slice(2)),
      raw(field("a", "1"), fileStart(""), END),
      raw(
        field("a", "1"),
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n`,
        END,
      ),
    ];
    for (const body of bodies) {
      const answer = await post(body, MULTIPART);
      expect(answer).toMatchObject({ status: 200, fields: { a: "1" }, file: null, refusal: null });
      expect(answer.fields).not.toHaveProperty("file");
    }
    expect(staged()).toEqual([]);
  });

  test("R17: a path in the file name stays a name", async () => {
    for (const name of [
      "../../../etc/passwd",
      "..\\\\..\\\\passwd",
      "C:\\\\fakepath\\\\passwd",
      "/etc/passwd",
    ]) {
      const { file } = await post(raw(fileStart(name), "x", END), MULTIPART);
      expect(file!.original_name).toBe("passwd");
      expect(file!.path.startsWith(stagingDir)).toBe(true);
    }
  });

  test("field names that are properties of objects are only names", async () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const { status } = await post(
      raw(...names.flatMap((n) => [field(n, "1"), field(n, "2")]), END.slice(2)),
      MULTIPART,
    );
    expect(status).toBe(200);
    const { fields } = outcomes[0] as ReceivedForm;
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect({ ...fields }).toEqual({
      constructor: ["1", "2"],
      toString: ["1", "2"],
      hasOwnProperty: ["1", "2"],
    });
    expect(({} as Record<string, unknown>)["0"]).toBeUndefined();
  });
});

describe("refused forms keep what was typed", () => {
  test("one byte over the limit", async () => {
    const { status, fields, file, refusal } = await post(formWith(Buffer.alloc(options.maxFileBytes + 1)));
    expect(status).toBe(413);
    expect(file).toBeNull();
    expect(refusal).toMatchObject({ code: "too_large", details: { fields: { file: [refusal!.message] } } });
    expect(refusal!.message).toContain("larger than 6 MB");
    expect(fields).toEqual({ student_name: "Jane Doe", tag: ["a", "b", "c"], after: "the file" });
    expect(staged()).toEqual([]);
  });

  test("three times the limit is read to the end, so that the answer can be read", async () => {
    for (let i = 0; i < 5; i += 1) {
      const { status, fields } = await post(formWith(Buffer.alloc(3 * options.maxFileBytes)));
      expect(status).toBe(413);
      expect(fields.after).toBe("the file");
    }
    expect(staged()).toEqual([]);
  });

  test("far more than the limit is cut off", async () => {
    options.maxFileBytes = 100_000;
    const { socket } = await begin(raw(field("a", "1"), fileStart("x.stl")), 1e9);
    const block = Buffer.alloc(64 * 1024);
    let sent = 0;
    const more = () => {
      while (!socket.destroyed && socket.write(block)) sent += block.length;
    };
    socket.on("drain", more).on("error", () => {});
    more();
    await until(() => outcomes.length === 1);
    expect(outcomes[0]).toMatchObject({ file: null, fields: { a: "1" }, refusal: { code: "too_large" } });
    await until(() => socket.destroyed, 8000);
    expect(sent).toBeLessThan(50 * MB);
    expect(staged()).toEqual([]);
  });

  test("two files, a file under another name", async () => {
    for (const second of ["file", "other"]) {
      for (const order of [0, 1]) {
        const files = [raw(fileStart("a.stl"), "aaa\r\n"), raw(fileStart("b.stl", second), "bbb\r\n")];
        if (order) files.reverse();
        const answer = await post(raw(field("a", "1"), ...files, field("b", "2"), END.slice(2)), MULTIPART);
        expect(answer).toMatchObject({ status: 400, file: null, fields: { a: "1", b: "2" } });
        expect(answer.refusal!.details.fields).toHaveProperty("file");
      }
    }
    const empty = await post(raw(fileStart("a.stl"), "aaa\r\n", fileStart("", "extra"), END), MULTIPART);
    expect(empty).toMatchObject({ status: 200, file: { size_bytes: 3 } });
    await discardStaged(empty.file!);
    expect(staged()).toEqual([]);
  });

  test("too many, too long and strangely named fields", async () => {
    const many = Array.from({ length: 41 }, (_, i) => field(`f${i}`, "x"));
    expect(await post(raw(...many, END.slice(2)), MULTIPART)).toMatchObject({ status: 400, file: null });
    expect(await post(raw(...many.slice(1), END.slice(2)), MULTIPART)).toMatchObject({ status: 200 });
    const long = await post(raw(field("a", "x".repeat(20_001)), field("b", "2"), END.slice(2)), MULTIPART);
    expect(long).toMatchObject({ status: 400, fields: { b: "2" } });
    expect(long.refusal!.details.fields).toHaveProperty("a");
    expect(await post(raw(field("a", "x".repeat(20_000)), END.slice(2)), MULTIPART)).toMatchObject({
      status: 200,
    });
    expect(await post(raw(field("n".repeat(101), "x"), END.slice(2)), MULTIPART)).toMatchObject({
      status: 400,
    });
    expect(await post(raw(fileStart("x".repeat(17_000)), "x", END), MULTIPART)).toMatchObject({
      status: 400,
    });
    expect(staged()).toEqual([]);
  });

  test("no multipart, no boundary, broken parts", async () => {
    const good = raw(field("a", "1"), fileStart("x.stl"), Buffer.alloc(2 * MB), END);
    const types = [
      "text/plain",
      "multipart/form-data",
      "multipart/form-data; boundary=",
      "multipart/mixed; boundary=x",
      "application/x-www-form-urlencoded",
      "x",
    ];
    for (const type of types) {
      const { status, refusal } = await post(good, { "content-type": type });
      expect([status, refusal?.code]).toEqual([400, "invalid"]);
    }
    const broken = raw(
      field("a", "1"),
      fileStart("x.stl"),
      Buffer.alloc(MB),
      `\r\n--${BOUNDARY}\r\nbroken header\r\n\r\n`,
      Buffer.alloc(2 * MB),
      END,
    );
    expect(await post(broken, MULTIPART)).toMatchObject({ status: 400, file: null, fields: { a: "1" } });
    const none = await fetch(`http://127.0.0.1:${port}/`);
    expect(none.status).toBe(400);
    expect(staged()).toEqual([]);
  });
});

describe("uploads that end early", () => {
  test("the last boundary is missing, or another one was announced", async () => {
    const cut = raw(field("a", "1"), fileStart("x.stl"), randomBytes(MB));
    for (const body of [cut, raw(field("a", "1")), Buffer.alloc(0), raw("nothing of the kind")]) {
      const { status, refusal } = await post(body, MULTIPART);
      expect(status).toBe(400);
      expect(refusal).toMatchObject({ code: "invalid", details: { reason: "interrupted" } });
    }
    expect(outcomes.every((o) => o instanceof Refusal)).toBe(true);
    expect(staged()).toEqual([]);
  });

  test("20 senders go away mid-stream: no file, no handle", async () => {
    const start = raw(field("a", "1"), fileStart("x.stl"), randomBytes(2 * MB));
    const all = Array.from({ length: 20 }, async (_, i) => {
      const { socket } = await begin(start);
      socket.on("error", () => {});
      if (i % 4 === 0) await until(() => staged().length > 0);
      if (i % 2) socket.resetAndDestroy();
      else socket.destroy();
    });
    await Promise.all(all);
    await until(() => outcomes.length === 20);
    for (const outcome of outcomes) {
      expect(outcome).toBeInstanceOf(Refusal);
      expect(outcome).toMatchObject({ code: "invalid", details: { reason: "interrupted" } });
    }
    expect(staged()).toEqual([]);
    expect(openParts()).toEqual([]);
  });

  test("half closed in the middle of the announced length", async () => {
    const { socket } = await begin(raw(fileStart("x.stl"), randomBytes(100_000)));
    socket.end();
    await until(() => outcomes.length === 1);
    expect(outcomes[0]).toMatchObject({ details: { reason: "interrupted" } });
    expect(staged()).toEqual([]);
  });

  test("R28: silence ends the upload and the sender gets the answer", async () => {
    options.idleMs = 200;
    const { socket, answer } = await begin(raw(field("a", "1"), fileStart("x.stl"), randomBytes(100_000)));
    await until(() => answer().includes("too long"));
    expect(answer()).toMatch(/^HTTP\/1.1 400 /);
    expect(outcomes[0]).toMatchObject({
      file: null,
      fields: { a: "1" },
      refusal: { details: { reason: "timeout" } },
    });
    await until(() => socket.destroyed);
    expect(staged()).toEqual([]);
  });

  test("R28: a trickle ends at the time limit", async () => {
    options.timeoutMs = 500;
    options.idleMs = 200;
    const { socket, answer } = await begin(raw(field("a", "1"), fileStart("x.stl")));
    socket.on("error", () => {});
    const drip = setInterval(() => socket.write("x"), 50);
    await until(() => answer().includes("too long"));
    clearInterval(drip);
    expect(outcomes[0]).toMatchObject({ file: null, refusal: { details: { reason: "timeout" } } });
    expect(staged()).toEqual([]);
  });
});

describe("R4, R5: storage trouble", () => {
  test("no staging folder", async () => {
    options.stagingDir = join(stagingDir, "gone");
    const answer = await post(formWith(randomBytes(3 * MB)));
    expect(answer).toMatchObject({ status: 503, file: null, fields: { after: "the file" } });
    expect(answer.refusal).toMatchObject({ code: "unavailable", details: { reason: "storage" } });
    expect(JSON.stringify(answer)).not.toContain(stagingDir);
  });

  test("disk full: a clear answer, and it works again once there is space", async (context) => {
    const mount = mkdtempSync(join(tmpdir(), "full-"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mount], { stdio: "ignore" });
    } catch {
      rmSync(mount, { recursive: true });
      return context.skip("mounting a small file system needs root");
    }
    try {
      options.stagingDir = mount;
      const answer = await post(formWith(randomBytes(3 * MB)));
      expect(answer).toMatchObject({
        status: 503,
        file: null,
        fields: { student_name: "Jane Doe", after: "the file" },
      });
      expect(answer.refusal).toMatchObject({ code: "unavailable", details: { reason: "disk_full" } });
      expect(answer.refusal!.message).toContain("full");
      expect((outcomes[0] as ReceivedForm).refusal!.cause).toMatchObject({ code: "ENOSPC" });
      expect(readdirSync(mount)).toEqual([]);
      expect((await post(formWith(randomBytes(500_000)))).status).toBe(200);
    } finally {
      execFileSync("umount", [mount]);
      rmSync(mount, { recursive: true });
    }
  });
});

test("the sweep deletes only old unfinished uploads", async () => {
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const name of ["old.part", "new.part", "old.stl"]) writeFileSync(join(stagingDir, name), "x");
  for (const name of ["old.part", "old.stl"]) utimesSync(join(stagingDir, name), hourAgo, hourAgo);
  expect(await sweepStaging(stagingDir, 600_000)).toBe(1);
  expect(staged().sort()).toEqual(["new.part", "old.stl"]);
  expect(await sweepStaging(join(stagingDir, "nowhere"), 0)).toBe(0);
});
