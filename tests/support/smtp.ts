/** A real SMTP server on a free port, which can be told to misbehave at any step. */
import type { Socket } from "node:net";
import { simpleParser, type ParsedMail } from "mailparser";
import { SMTPServer, type SMTPServerSession } from "smtp-server";

/** Where in the conversation the server is about to answer. At `data` the whole message has arrived. */
export interface SmtpStep {
  stage: "connect" | "auth" | "mail" | "rcpt" | "data";
  /** The sender at `mail`, the recipient at `rcpt`. */
  address?: string;
}

/**
 * What the server does at a step. Nothing: it accepts. A number or `{code, message}`: it answers with that.
 * `drop`: it cuts the connection. `stall`: it never answers. `trickle`: it sends a byte every 100 ms and never ends.
 */
export type SmtpAnswer = void | number | { code: number; message: string } | "drop" | "stall" | "trickle";
export type SmtpBehaviour = (step: SmtpStep) => SmtpAnswer;

export interface SmtpOptions {
  behaviour?: SmtpBehaviour;
  /** Offer STARTTLS, with a certificate nobody trusts unless `key` and `cert` are given. */
  starttls?: boolean;
  key?: string;
  cert?: string;
  /** Ask for this login. */
  auth?: { user: string; pass: string };
  /** Ask for this OAuth2 token (XOAUTH2) instead; it may change. */
  oauth?: { user: string; token: string };
}

export interface TestSmtp {
  port: number;
  /** What was accepted, parsed, in order. */
  messages: ParsedMail[];
  /** The envelope and the bytes of each accepted message, in the same order. */
  envelopes: { from: string; to: string[]; raw: Buffer }[];
  /** How often a whole message arrived, accepted or not; and how many connections there were, and at most at once. */
  counts: { data: number; connections: number; atOnce: number };
  setBehaviour(behaviour: SmtpBehaviour | undefined): void;
  /** Cuts every connection, as servers do with idle ones. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** Starts the server on 127.0.0.1. */
export async function startSmtp(options: SmtpOptions = {}): Promise<TestSmtp> {
  let behaviour = options.behaviour;
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const messages: ParsedMail[] = [];
  const envelopes: TestSmtp["envelopes"] = [];
  const counts = { data: 0, connections: 0, atOnce: 0 };

  /** Runs `accept` unless the behaviour says otherwise. */
  function answer(
    step: SmtpStep,
    session: SMTPServerSession,
    say: (error: Error) => void,
    accept: () => void,
  ) {
    const act = behaviour?.(step);
    if (act === undefined) return accept();
    const socket = [...sockets].find((s) => s.remotePort === session.remotePort);
    if (act === "drop") return void socket?.destroy();
    if (act === "stall") return;
    if (act === "trickle") {
      const timer = setInterval(() => socket?.writable && socket.write("2"), 100);
      timers.add(timer);
      socket?.once("close", () => clearInterval(timer));
      return;
    }
    const { code, message } = typeof act === "number" ? { code: act, message: `says ${act}` } : act;
    say(Object.assign(new Error(message), { responseCode: code }));
  }

  const server = new SMTPServer({
    ...(options.key ? { key: options.key, cert: options.cert } : {}),
    hideSTARTTLS: !options.starttls,
    disabledCommands: [
      ...(options.starttls ? [] : ["STARTTLS"]),
      ...(options.auth || options.oauth ? [] : ["AUTH"]),
    ],
    authOptional: !options.auth && !options.oauth,
    ...(options.oauth ? { authMethods: ["XOAUTH2"] } : {}),
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 50,
    logger: false,
    onConnect: (session, done) => answer({ stage: "connect" }, session, done, () => done()),
    onAuth(auth, session, done) {
      answer({ stage: "auth" }, session, done, () => {
        const known = options.oauth
          ? auth.username === options.oauth.user && auth.accessToken === options.oauth.token
          : auth.username === options.auth?.user && auth.password === options.auth?.pass;
        if (known) done(null, { user: auth.username });
        else done(Object.assign(new Error("5.7.8 Bad credentials"), { responseCode: 535 }));
      });
    },
    onMailFrom: ({ address }, session, done) =>
      answer({ stage: "mail", address }, session, done, () => done()),
    onRcptTo: ({ address }, session, done) => answer({ stage: "rcpt", address }, session, done, () => done()),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        counts.data += 1;
        answer({ stage: "data" }, session, done, () => {
          const raw = Buffer.concat(chunks);
          const { mailFrom, rcptTo } = session.envelope;
          simpleParser(raw).then((parsed) => {
            messages.push(parsed);
            envelopes.push({ from: mailFrom ? mailFrom.address : "", to: rcptTo.map((r) => r.address), raw });
            done();
          }, done);
        });
      });
    },
  });
  server.on("error", () => {}); // broken connections are what these tests are about
  server.server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    counts.connections += 1;
    counts.atOnce = Math.max(counts.atOnce, sockets.size);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const bound = server.server.address();
  return {
    port: typeof bound === "object" && bound ? bound.port : 0,
    messages,
    envelopes,
    counts,
    setBehaviour(next) {
      behaviour = next;
    },
    dropConnections() {
      for (const socket of sockets) socket.destroy();
    },
    close() {
      for (const timer of timers) clearInterval(timer);
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}
