/** Hands a letter to the mail server, and says in one word whether trying again can help. */
import nodemailer, { type NodemailerError, type SendMailOptions } from "nodemailer";
import { z } from "zod";
import { config, type Config } from "../config.server";
import { linksOf, oneLine, renderHtml, renderText, type Frame, type Letter } from "./letter";
import { MailError } from "./mail-error";
import { saveToMailbox } from "./mailbox.server";
import { accessToken, forgetToken } from "./oauth.server";
import { takeMailTurn } from "./turns.server";

export { MailError };

export interface OutgoingMail {
  to: { name: string; address: string };
  letter: Letter;
  /** `<outbox row id@host>`: the same at every attempt. */
  messageId: string;
  frame: Frame;
}

/** Below Office 365's 3 connections for a mailbox. */
const CONNECTIONS = 2;

function build(settings: Config) {
  const timeout = settings.MAIL_TIMEOUT_SECONDS * 1000;
  const tls = settings.MAIL_SECURITY === "tls";
  return {
    settings,
    /** Every wait has its own limit; this one ends a server that always sends one more byte in time. */
    deadline: Math.min(timeout * 2, 28_000),
    // nodemailer's own rateLimit counts fixed windows and this process only, hence `takeMailTurn`.
    mailer: nodemailer.createTransport({
      pool: true,
      host: settings.MAIL_SERVER,
      port: settings.MAIL_PORT,
      secure: tls,
      requireTLS: settings.MAIL_SECURITY === "starttls",
      ignoreTLS: settings.MAIL_SECURITY === "none",
      tls: { minVersion: "TLSv1.2" },
      auth: signIn(settings),
      forceAuth: settings.MAIL_USERNAME !== undefined,
      maxConnections: CONNECTIONS,
      maxRequeues: 1,
      dnsTimeout: timeout,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
    }),
  };
}

/** A name with a password, an application's token (made when a connection is opened), or nothing. */
function signIn(settings: Config) {
  const { MAIL_USERNAME: user, MAIL_PASSWORD } = settings;
  if (!user) return undefined;
  return settings.MAIL_OAUTH_CLIENT_ID
    ? { type: "OAuth2" as const, user }
    : { user, pass: MAIL_PASSWORD ?? "" };
}

let current: ReturnType<typeof build> | undefined;

function transport(): ReturnType<typeof build> {
  if (current?.settings !== config()) {
    closeTransport();
    current = build(config());
  }
  return current!;
}

/** Closes the connections. Letters under way are finished; waiting ones fail as temporary. */
export function closeTransport(): void {
  current?.mailer.close();
  current = undefined;
}

/**
 * Sends one letter to one person and resolves when the mail server took it (outside production and without
 * MAIL_SERVER: when it is in the mailbox folder). Ends within 28 seconds.
 * @throws MailError
 */
export async function sendMail(message: OutgoingMail): Promise<{ accepted: true }> {
  const options = compose(message);
  const settings = config();
  if (!settings.MAIL_SERVER) {
    if (settings.production) throw new MailError("temporary", "No mail server is set up (MAIL_SERVER).");
    await drop(options, message);
    return { accepted: true };
  }
  const { mailer, deadline } = transport();
  await takeMailTurn();
  if (settings.MAIL_OAUTH_CLIENT_ID) {
    const token = await accessToken(settings);
    mailer.set("oauth2_provision_cb", (_user: string, _renew: boolean, done: (error: Error | null, token: string) => void) => done(null, token)); // prettier-ignore
  }
  const signal = AbortSignal.timeout(deadline);
  try {
    await mailer.sendMail({ ...options, signal });
  } catch (error) {
    const failure = classify(error as NodemailerError);
    // Whoever refused it may accept a fresh one.
    if (/sign-in/.test(failure.message)) forgetToken();
    throw failure;
  }
  return { accepted: true };
}

const Address = z.email().max(254);
const MESSAGE_ID = /^<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,100}@[A-Za-z0-9.:[\]-]{1,253}>$/;

/** The message for nodemailer: addresses as objects, and who gets it said explicitly. */
function compose({ to, letter, messageId, frame }: OutgoingMail) {
  const settings = config();
  if (!Address.safeParse(to.address).success)
    throw new MailError("permanent", "The student's e-mail address is not a valid address.");
  if (!MESSAGE_ID.test(messageId)) throw new TypeError("A Message-ID has the form <id@host>.");
  const reply = settings.MAIL_REPLY_TO ?? frame.contact_email;
  return {
    from: { name: oneLine(settings.MAIL_FROM_NAME), address: settings.MAIL_FROM },
    to: { name: displayName(to.name), address: to.address },
    ...(Address.safeParse(reply).success ? { replyTo: { name: "", address: reply } } : {}),
    envelope: { from: settings.MAIL_FROM, to: [to.address] },
    subject: cut(oneLine(letter.subject), 200),
    text: renderText(letter, frame),
    html: renderHtml(letter, frame),
    messageId,
    headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
    disableFileAccess: true,
    disableUrlAccess: true,
  } satisfies SendMailOptions;
}

/** A name for the To header: one line, at most 100 characters, nothing that reads as an encoded word. */
function displayName(name: string): string {
  return cut(oneLine(name).replaceAll("=?", "= ?"), 100);
}

function cut(text: string, characters: number): string {
  return [...text].slice(0, characters).join("").trim();
}

async function drop(options: ReturnType<typeof compose>, { letter, to, messageId }: OutgoingMail) {
  try {
    const writer = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: "windows" });
    const { message } = await writer.sendMail(options);
    await saveToMailbox(messageId, message as Buffer, {
      from: `${options.from.name} <${options.from.address}>`,
      to: options.to.name ? `${options.to.name} <${to.address}>` : to.address,
      subject: options.subject,
      html: options.html,
      text: options.text,
      links: linksOf(letter),
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new MailError("temporary", `The letter could not be written to the mailbox folder (${code}).`);
  }
}

/** Replies that speak about signing in, whatever the command was: an admin will mend it, so it is tried again. */
const SIGN_IN = new Set([454, 530, 534, 535, 538]);

/** What nodemailer says, as temporary or permanent and a sentence for staff. */
function classify(error: NodemailerError): MailError {
  const code = error.code ?? "";
  const reply = error.responseCode || 0;
  const said = reply ? `${reply}` : code;
  if (code === "EAUTH" || code === "ENOAUTH" || SIGN_IN.has(reply))
    return new MailError("temporary", `The mail server refused the sign-in (${said}). Check MAIL_USERNAME and MAIL_PASSWORD, or the MAIL_OAUTH variables.`); // prettier-ignore
  if (reply >= 500 && reply !== 503 && /^(RCPT TO|DATA)$/.test(error.command ?? ""))
    return new MailError("permanent", `The mail server refused the letter: ${replyText(error)}`);
  if (reply)
    return new MailError("temporary", `The mail server did not take the letter: ${replyText(error)}`);
  switch (code) {
    case "EENVELOPE":
    case "EMESSAGE":
      return new MailError("permanent", "The letter or its address cannot be sent to this mail server.");
    case "EABORT":
    case "ETIMEDOUT":
      return new MailError("temporary", "The mail server did not answer in time.");
    case "ETLS":
      return new MailError("temporary", "No encrypted connection to the mail server. Check MAIL_SECURITY and MAIL_PORT."); // prettier-ignore
    case "EDNS":
      return new MailError("temporary", "The mail server's name was not found. Check MAIL_SERVER.");
    default:
      return new MailError("temporary", `No connection to the mail server${code ? ` (${code})` : ""}.`);
  }
}

/** The server's reply as one short line. Never used for sign-in replies. */
function replyText(error: NodemailerError): string {
  const text = oneLine(String(error.response ?? error.responseCode));
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
