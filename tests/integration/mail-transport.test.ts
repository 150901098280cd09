import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { simpleParser, type AddressObject } from "mailparser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readConfig, useConfig } from "@server/config.server";
import { frameOf, type Letter } from "@server/mail/letter";
import { listMailbox, readMailbox } from "@server/mail/mailbox.server";
import { closeTransport, MailError, sendMail } from "@server/mail/transport.server";
import { SettingsSchema } from "@server/settings/schema";
import { freshLab, type Lab } from "../support/database";
import { startSmtp, type SmtpAnswer, type SmtpStep, type TestSmtp } from "../support/smtp";

let folder: string;
let lab: Lab;
let smtp: TestSmtp;
const frame = frameOf(SettingsSchema.parse({ contact_email: "lab@example.edu" }));
const letter: Letter = {
  subject: "Print request 1042: ready for pickup",
  blocks: [
    { kind: "heading", text: "Your print is ready" },
    { kind: "facts", rows: [{ label: "File", value: "bräcket.stl" }] },
    { kind: "button", label: "See the status", url: "https://print.example.edu/track/abc" },
  ],
};
const mail = (more: Partial<Parameters<typeof sendMail>[0]> = {}) => ({
  to: { name: "Ada Lovelace", address: "ada@example.edu" },
  letter,
  messageId: "<17@print.example.edu>",
  frame,
  ...more,
});

function configure(env: Record<string, string> = {}): void {
  useConfig(
    readConfig({
      APP_ENV: "test",
      DATABASE_URL: lab.appUrl,
      SECRET_KEY: "k".repeat(40),
      WORKSTATIONS: '[{"id":"front","name":"Front","password":"1234"}]',
      DATA_DIR: folder,
      PUBLIC_URL: "https://print.example.edu",
      MAIL_TIMEOUT_SECONDS: "1",
      MAIL_SECURITY: "none",
      ...env,
    }),
  );
}
const toPort = (port: number, env: Record<string, string> = {}) =>
  configure({ MAIL_SERVER: "127.0.0.1", MAIL_PORT: String(port), ...env });

/** The error of a letter that must fail, and that it failed soon enough. */
async function failure(message = mail()): Promise<MailError> {
  const started = Date.now();
  const error = await sendMail(message).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(MailError);
  expect(Date.now() - started).toBeLessThan(20_000);
  expect((error as MailError).message).not.toMatch(/s3cret|printer-account|czNjcmV0/);
  return error as MailError;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "printdesk-mail-"));
  lab = await freshLab();
});
beforeEach(async () => {
  smtp = await startSmtp();
  await lab.owner("DELETE FROM mail_turns");
  toPort(smtp.port);
});
afterEach(async () => {
  closeTransport();
  await smtp.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("delivery", () => {
  test("hands over text, HTML and headers", async () => {
    await expect(sendMail(mail())).resolves.toEqual({ accepted: true });
    const [got] = smtp.messages;
    expect(got!.messageId).toBe("<17@print.example.edu>");
    expect(got!.subject).toBe(letter.subject);
    expect(got!.from!.value).toEqual([{ name: "3D Print Lab", address: "printdesk@example.edu" }]);
    expect((got!.to as AddressObject).value).toEqual([{ name: "Ada Lovelace", address: "ada@example.edu" }]);
    expect(got!.replyTo!.value[0]!.address).toBe("lab@example.edu");
    expect(got!.headers.get("auto-submitted")).toBe("auto-generated");
    expect(got!.headers.get("x-auto-response-suppress")).toBe("All");
    expect(got!.text).toContain("https://print.example.edu/track/abc");
    expect(got!.text).toContain("bräcket.stl");
    expect(got!.html).toContain("bräcket.stl");
    expect(got!.attachments).toEqual([]);
    expect(smtp.envelopes[0]).toMatchObject({ from: "printdesk@example.edu", to: ["ada@example.edu"] });
  });

  test("MAIL_REPLY_TO wins over the lab's contact address", async () => {
    toPort(smtp.port, { MAIL_REPLY_TO: "desk@example.edu" });
    await sendMail(mail());
    expect(smtp.messages[0]!.replyTo!.value[0]!.address).toBe("desk@example.edu");
  });

  test("uses at most two connections and hands over 25 letters a minute; the next is told when to come", async () => {
    // Thirty at once on a busy machine: they need not be quick here.
    toPort(smtp.port, { MAIL_TIMEOUT_SECONDS: "20" });
    const ids = Array.from({ length: 30 }, (_, at) => `<${at}@print.example.edu>`);
    const results = await Promise.allSettled(ids.map((messageId) => sendMail(mail({ messageId }))));
    const errors = results.flatMap((r) => (r.status === "rejected" ? [r.reason as MailError] : []));
    expect(smtp.messages).toHaveLength(25);
    expect(errors).toHaveLength(5);
    // One after the other, as there will be turns: not all of them at once again.
    const waits = errors.map((error) => error.retryAfterSeconds!).sort((a, b) => a - b);
    expect(errors.map(({ kind }) => kind)).toEqual(Array(5).fill("temporary"));
    expect(waits[0]).toBeGreaterThan(50);
    expect(waits[0]).toBeLessThanOrEqual(60);
    expect(waits[4]! - waits[0]!).toBeGreaterThanOrEqual(9);
    expect(waits[4]).toBeLessThanOrEqual(75);
    expect(smtp.counts.atOnce).toBeLessThanOrEqual(2);
    // What was handed over a minute ago does not count any more; a clock that went back holds nothing up.
    await lab.owner("UPDATE mail_turns SET at = at - interval '60 seconds' WHERE id % 2 = 0");
    await lab.owner("UPDATE mail_turns SET at = at + interval '1 hour' WHERE id % 2 = 1");
    await expect(sendMail(mail({ messageId: "<30@print.example.edu>" }))).resolves.toEqual({
      accepted: true,
    });
  });

  test("goes to the new server when the configuration changes", async () => {
    await sendMail(mail());
    const other = await startSmtp();
    toPort(other.port);
    await sendMail(mail());
    expect([smtp.messages.length, other.messages.length]).toEqual([1, 1]);
    closeTransport();
    await other.close();
  });

  test.each([0, 100])("survives a server that cut the idle connection %i ms ago", async (ms) => {
    await sendMail(mail());
    smtp.dropConnections();
    await new Promise((resolve) => setTimeout(resolve, ms));
    await sendMail(mail({ messageId: "<18@print.example.edu>" }));
    expect(smtp.messages.map((m) => m.messageId)).toEqual([
      "<17@print.example.edu>",
      "<18@print.example.edu>",
    ]);
    expect(smtp.counts.connections).toBe(2);
  });

  test("signs in", async () => {
    const closed = await startSmtp({ auth: { user: "printer-account", pass: "s3cret" } });
    toPort(closed.port, { MAIL_USERNAME: "printer-account", MAIL_PASSWORD: "s3cret" });
    await sendMail(mail());
    expect(closed.messages).toHaveLength(1);
    closeTransport();
    await closed.close();
  });
});

describe("faults", () => {
  const at =
    (stage: SmtpStep["stage"], answer: SmtpAnswer) =>
    (step: SmtpStep): SmtpAnswer =>
      step.stage === stage ? answer : undefined;

  test.each<[number, SmtpStep["stage"], "temporary" | "permanent"]>([
    [421, "connect", "temporary"],
    [554, "connect", "temporary"],
    [421, "mail", "temporary"],
    [432, "mail", "temporary"],
    [450, "rcpt", "temporary"],
    [451, "rcpt", "temporary"],
    [451, "data", "temporary"],
    [452, "data", "temporary"],
    [421, "data", "temporary"],
    [503, "rcpt", "temporary"],
    [530, "mail", "temporary"],
    [550, "mail", "temporary"],
    [550, "rcpt", "permanent"],
    [553, "rcpt", "permanent"],
    [550, "data", "permanent"],
    [552, "data", "permanent"],
    [554, "data", "permanent"],
  ])("%i at %s is %s, and the next letter goes out", async (code, stage, kind) => {
    smtp.setBehaviour(at(stage, code));
    const error = await failure();
    expect(error.kind).toBe(kind);
    if (code !== 530) expect(error.message).toContain(String(code));
    expect(error.message.length).toBeLessThan(260);
    expect(smtp.messages).toHaveLength(0);
    smtp.setBehaviour(undefined);
    await sendMail(mail());
    expect(smtp.messages).toHaveLength(1);
  });

  test.each<[string, SmtpStep["stage"], SmtpAnswer]>([
    ["no greeting", "connect", "stall"],
    ["a greeting byte by byte", "connect", "trickle"],
    ["cut before the greeting", "connect", "drop"],
    ["no answer to the recipient", "rcpt", "stall"],
    ["cut at the recipient", "rcpt", "drop"],
    ["no answer after the data", "data", "stall"],
    ["an answer byte by byte after the data", "data", "trickle"],
    ["cut after the data", "data", "drop"],
  ])("%s is temporary, and the next letter goes out", async (_name, stage, answer) => {
    smtp.setBehaviour(at(stage, answer));
    expect((await failure()).kind).toBe("temporary");
    expect(smtp.counts.data).toBeLessThanOrEqual(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(smtp.counts.data).toBe(stage === "data" ? 1 : 0);
    smtp.setBehaviour(undefined);
    await sendMail(mail());
    expect(smtp.messages).toHaveLength(1);
  });

  test("a server that stops reading in the middle of the data is temporary", async () => {
    const sockets: Socket[] = [];
    const deaf: Server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.write("220 deaf\r\n");
      socket.on("data", (chunk) => {
        const line = chunk.toString();
        if (/^DATA/m.test(line)) {
          socket.write("354 go\r\n");
          socket.pause();
        } else socket.write("250 ok\r\n".repeat(line.trim().split("\r\n").length));
      });
    });
    await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
    toPort((deaf.address() as { port: number }).port);
    const text = "long ".repeat(600_000);
    const big: Letter = { subject: "big", blocks: [{ kind: "paragraph", text }] };
    expect((await failure(mail({ letter: big }))).kind).toBe("temporary");
    closeTransport();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => deaf.close(resolve));
  });

  test("a refused connection and an unknown host are temporary", async () => {
    toPort(1);
    expect(await failure()).toMatchObject({ kind: "temporary" });
    configure({ MAIL_SERVER: "no-such-host.invalid" });
    expect(await failure()).toMatchObject({ kind: "temporary" });
  });

  test("a wrong password is temporary and says nothing secret", async () => {
    const closed = await startSmtp({ auth: { user: "printer-account", pass: "another" } });
    toPort(closed.port, { MAIL_USERNAME: "printer-account", MAIL_PASSWORD: "s3cret" });
    const error = await failure();
    expect(error).toMatchObject({ kind: "temporary" });
    expect(error.message).toContain("535");
    for (const code of [454, 534]) {
      closed.setBehaviour(at("auth", { code, message: "printer-account s3cret" }));
      expect((await failure()).kind).toBe("temporary");
    }
    closeTransport();
    await closed.close();
  });

  test("a password is never skipped because the server does not ask for one", async () => {
    toPort(smtp.port, { MAIL_USERNAME: "printer-account", MAIL_PASSWORD: "s3cret" });
    expect((await failure()).kind).toBe("temporary");
    expect(smtp.messages).toHaveLength(0);
  });

  test("a server without STARTTLS, or with a certificate nobody trusts, gets nothing", async () => {
    toPort(smtp.port, { MAIL_SECURITY: "starttls" });
    expect((await failure()).kind).toBe("temporary");
    const own = await startSmtp({ starttls: true });
    toPort(own.port, { MAIL_SECURITY: "starttls" });
    expect((await failure()).kind).toBe("temporary");
    toPort(own.port, { MAIL_SECURITY: "tls" });
    expect((await failure()).kind).toBe("temporary");
    expect([smtp.counts.data, own.counts.data]).toEqual([0, 0]);
    closeTransport();
    await own.close();
  });
});

const HOSTILE = [
  "Ada\r\nBcc: victim@example.com",
  "Ada\nSubject: other",
  "Ada\rX-Evil: 1",
  "Ada\r\n\r\n<html>body</html>",
  "Ada\u2028Bcc: victim@example.com",
  "Ada\u0000Bcc: victim@example.com",
  "Lovelace, Ada, victim@example.com",
  "Ada <victim@example.com>",
  "Ada>, <victim@example.com",
  '"Ada" <victim@example.com>, "B"',
  'Ada "the \\" quote" \\',
  "Ada;victim@example.com;",
  "group: victim@example.com;",
  "(comment) Ada",
  "👩‍🔬 Zoë 李",
  "=?utf-8?Q?Ada=0D=0ABcc:_victim@example.com?=",
  "=?utf-8?B?QWRhDQpCY2M6IHZpY3RpbUBleGFtcGxlLmNvbQ==?=",
  "x".repeat(1_200),
  "é".repeat(1_200),
  `${"word ".repeat(300)}\r\nBcc: victim@example.com`,
  "\u202Eadliw",
  "",
];
const HEADERS = [
  ...[
    "auto-submitted",
    "content-type",
    "date",
    "from",
    "message-id",
    "mime-version",
    "reply-to",
    "subject",
    "to",
  ],
  "x-auto-response-suppress",
];

describe("hostile text", () => {
  test.each(HOSTILE.map((name) => [name.slice(0, 60), name]))("%j as a name", async (_short, name) => {
    const blocks: Letter["blocks"] = [{ kind: "facts", rows: [{ label: "File", value: name }] }];
    await sendMail(
      mail({ to: { name, address: "ada@example.edu" }, letter: { subject: `S ${name}`, blocks } }),
    );
    expect(smtp.envelopes[0]!.to).toEqual(["ada@example.edu"]);
    const [got] = smtp.messages;
    expect((got!.to as AddressObject).value.map((a) => a.address)).toEqual(["ada@example.edu"]);
    expect([...got!.headers.keys()].sort()).toEqual(HEADERS);
    expect(got!.cc).toBeUndefined();
    expect(got!.bcc).toBeUndefined();
    const raw = smtp.envelopes[0]!.raw.toString("latin1");
    for (const line of raw.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
    expect(raw.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  test.each([
    "ada@example.edu, victim@example.com",
    "ada@example.edu\r\nRCPT TO:<victim@example.com>",
    "ada@example.edu> SIZE=1",
    "<ada@example.edu>",
    "Ada <ada@example.edu>",
    "ada",
    "",
  ])("%j as an address is refused for good", async (address) => {
    expect((await failure(mail({ to: { name: "Ada", address } }))).kind).toBe("permanent");
    expect(smtp.counts.connections).toBe(0);
  });

  test("a Message-ID cannot carry a header", async () => {
    await expect(sendMail(mail({ messageId: "<1@a>\r\nBcc: x@y.zz" }))).rejects.toThrow(TypeError);
  });
});

describe("mailbox folder", () => {
  const box = () => path.join(folder, "mailbox");
  beforeEach(() => rm(box(), { recursive: true, force: true }));

  test("a missing folder is an empty mailbox", async () => {
    configure();
    expect(await listMailbox()).toEqual([]);
  });

  test("keeps the message and what the page shows, once for each Message-ID", async () => {
    configure();
    await sendMail(mail());
    await sendMail(mail());
    await new Promise((resolve) => setTimeout(resolve, 5));
    await sendMail(mail({ messageId: "<18@print.example.edu>", letter: { ...letter, subject: "Second" } }));
    const rows = await listMailbox();
    expect(rows.map((row) => row.subject)).toEqual(["Second", letter.subject]);
    expect((await readdir(box())).filter((name) => /\.(eml|json)$/.test(name))).toHaveLength(4);

    const read = await readMailbox(rows[1]!.id);
    expect(read).toMatchObject({
      id: rows[1]!.id,
      from: "3D Print Lab <printdesk@example.edu>",
      to: "Ada Lovelace <ada@example.edu>",
      subject: letter.subject,
      links: ["https://print.example.edu/track/abc"],
    });
    expect(read.html).toContain("bräcket.stl");
    expect(read.text).toContain("bräcket.stl");
    expect(new Date(read.date).getTime()).toBeGreaterThan(Date.now() - 10_000);

    const parsed = await simpleParser(await readFile(path.join(box(), `${read.id}.eml`)));
    expect(parsed.messageId).toBe("<17@print.example.edu>");
    expect((parsed.to as AddressObject).value).toEqual([
      { name: "Ada Lovelace", address: "ada@example.edu" },
    ]);
    expect(parsed.headers.get("auto-submitted")).toBe("auto-generated");
  });

  test("takes no id that could be a path, and skips what it did not write", async () => {
    configure();
    await mkdir(box(), { recursive: true });
    await writeFile(path.join(folder, "secret.json"), "{}");
    await writeFile(path.join(box(), "20260101T000000000Z-broken.json"), "{");
    await writeFile(path.join(box(), "notes.json"), "{}");
    for (const id of [
      "../secret",
      "..\\secret",
      "%2e%2e/secret",
      "/etc/passwd",
      "notes",
      "",
      "20260101T000000000Z-broken",
      "20260101T000000000Z-../../secret",
      "20260101T000000000Z-a\0",
    ])
      // prettier-ignore
      await expect(readMailbox(id)).rejects.toMatchObject({ code: "not_found" });
    expect(await listMailbox()).toEqual([]);
  });

  test("a folder that cannot be written is a temporary failure", async () => {
    await writeFile(box(), "a file where the folder should be");
    configure();
    expect((await failure()).kind).toBe("temporary");
  });
});

describe("signing in with OAuth2 (XOAUTH2)", () => {
  /** A sign-in service that gives the tokens it is told to. */
  async function signInService() {
    const asked: URLSearchParams[] = [];
    const say: { status: number; body: string } = { status: 200, body: "" };
    const server = createHttpServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on("data", (chunk: Buffer) => chunks.push(chunk));
      req.on("end", () => {
        asked.push(new URLSearchParams(Buffer.concat(chunks).toString("utf8")));
        res.writeHead(say.status, { "content-type": "application/json" }).end(say.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const give = (access_token: string, expires_in = 3600) => {
      say.status = 200;
      say.body = JSON.stringify({ token_type: "Bearer", access_token, expires_in });
    };
    return { url: `http://127.0.0.1:${port}/token`, asked, say, give, close: () => server.close() };
  }

  test("asks for a token once, sends with it, and gets a new one when the server refuses it", async () => {
    const oauth = { user: "printlab@example.edu", token: "token-one" };
    const peer = await startSmtp({ oauth });
    const service = await signInService();
    service.give("token-one");
    const account = {
      MAIL_USERNAME: oauth.user,
      MAIL_OAUTH_CLIENT_ID: "the-app",
      MAIL_OAUTH_CLIENT_SECRET: "s3cret",
      MAIL_OAUTH_TOKEN_URL: service.url,
    };
    try {
      toPort(peer.port, account);
      await sendMail(mail());
      await sendMail(mail());
      expect(peer.messages).toHaveLength(2);
      expect(service.asked).toHaveLength(1);
      expect(Object.fromEntries(service.asked[0]!)).toEqual({
        grant_type: "client_credentials",
        client_id: "the-app",
        client_secret: "s3cret",
        scope: "https://outlook.office365.com/.default",
      });
      // The server has a new mind; the next letter is refused, and the one after it goes out with a fresh token.
      closeTransport();
      oauth.token = "token-two";
      service.give("token-two");
      const refused = await failure();
      expect(refused).toMatchObject({ kind: "temporary" });
      expect(refused.message).toContain("sign-in");
      await sendMail(mail());
      expect(peer.messages).toHaveLength(3);
      expect(service.asked).toHaveLength(2);
    } finally {
      closeTransport();
      await peer.close();
      service.close();
    }
  });

  test("a token that runs out is asked for anew; a service that says no or is away is a sentence, without secrets", async () => {
    const oauth = { user: "printlab@example.edu", token: "short" };
    const peer = await startSmtp({ oauth });
    const service = await signInService();
    const account = {
      MAIL_USERNAME: oauth.user,
      MAIL_OAUTH_CLIENT_ID: "another-app",
      MAIL_OAUTH_CLIENT_SECRET: "s3cret",
      MAIL_OAUTH_TOKEN_URL: service.url,
    };
    try {
      toPort(peer.port, account);
      service.give("short", 100);
      await sendMail(mail());
      await sendMail(mail());
      expect(service.asked).toHaveLength(2);
      service.say.status = 401;
      service.say.body = JSON.stringify({
        error: "invalid_client",
        error_description: "the s3cret is wrong",
      });
      expect((await failure()).message).toContain("(invalid_client)");
      service.say.body = "<html>s3cret</html>";
      expect((await failure()).message).toContain("(401)");
      service.close();
      toPort(peer.port, { ...account, MAIL_OAUTH_TOKEN_URL: "http://127.0.0.1:9/token" });
      const away = await failure();
      expect(away).toMatchObject({ kind: "temporary" });
      expect(away.message).toContain("does not answer");
    } finally {
      closeTransport();
      await peer.close();
      service.close();
    }
  });
});
