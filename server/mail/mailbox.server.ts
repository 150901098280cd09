/**
 * The mailbox of a lab without a mail server (never in production): every letter becomes two files in
 * DATA_DIR/mailbox, the message as `.eml` and what the development page shows as `.json`.
 */
import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { config } from "../config.server";
import { Refusal } from "../errors";

const MailSchema = z.object({
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  date: z.iso.datetime(),
  html: z.string(),
  text: z.string(),
  links: z.array(z.string()),
});

/** A letter as the mailbox page shows it; `date` is ISO 8601 in UTC. */
export type MailboxMail = { id: string } & z.infer<typeof MailSchema>;

/** A row of the mailbox page. */
export type MailboxRow = Pick<MailboxMail, "id" | "to" | "subject" | "date">;

/** `<UTC timestamp>-<message id>`, which is also the file name without its ending: no separators, no dots first. */
const ID = /^\d{8}T\d{9}Z-[A-Za-z0-9_][A-Za-z0-9._@-]{0,199}$/;

const LISTED = 500;

const folder = () => path.join(config().DATA_DIR, "mailbox");

/**
 * Stores one letter. A second letter with the same Message-ID replaces the first, so sending twice leaves one.
 * The `.json` is renamed into place last: a letter is listed when it is complete.
 */
export async function saveToMailbox(
  messageId: string,
  eml: Buffer,
  mail: Omit<MailboxMail, "id" | "date">,
): Promise<string> {
  const safe = messageId.replace(/^<|>$/g, "").replace(/[^A-Za-z0-9._@-]/g, "_").replace(/^[.@-]/, "_").slice(0, 200); // prettier-ignore
  const now = new Date().toISOString();
  const id = await nameFor(safe, now);
  await writeWhole(`${id}.eml`, eml);
  await writeWhole(`${id}.json`, JSON.stringify({ ...mail, date: now } satisfies z.infer<typeof MailSchema>));
  return id;
}

/**
 * What a letter's files are called: as they were the first time, which is noted by its Message-ID in `names`, so that
 * nobody reads a folder of thousands for it.
 */
async function nameFor(safe: string, now: string): Promise<string> {
  await mkdir(path.join(folder(), "names"), { recursive: true, mode: 0o700 });
  const note = path.join("names", safe);
  const noted = await readFile(path.join(folder(), note), "utf8").catch(nothing);
  if (noted && ID.test(noted)) return noted;
  const id = `${now.replace(/[-:.]/g, "")}-${safe}`;
  await writeWhole(note, id);
  return id;
}

/** For what is not there. */
function nothing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

async function writeWhole(name: string, content: Buffer | string): Promise<void> {
  const temporary = path.join(folder(), `.${randomBytes(8).toString("hex")}.tmp`);
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path.join(folder(), name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Is there a mailbox to look into? In production mail has left the house. */
export function mailboxOpen(): boolean {
  return !config().production;
}

/** The newest letters, newest first, at most 500. No folder yet is an empty mailbox. */
export async function listMailbox(): Promise<MailboxRow[]> {
  const names = (await readdir(folder()).catch(nothing)) ?? [];
  const ids = names
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -5))
    .filter((id) => ID.test(id))
    .sort()
    .reverse()
    .slice(0, LISTED);
  const mails = await Promise.all(ids.map(load));
  return mails.flatMap((mail) =>
    mail ? [{ id: mail.id, to: mail.to, subject: mail.subject, date: mail.date }] : [],
  );
}

/**
 * One letter.
 * @throws Refusal `not_found` for an id that is not in the mailbox or no id at all
 */
export async function readMailbox(id: string): Promise<MailboxMail> {
  const mail = ID.test(id) ? await load(id) : undefined;
  if (!mail) throw new Refusal("not_found", "There is no such letter in the mailbox.");
  return mail;
}

async function load(id: string): Promise<MailboxMail | undefined> {
  try {
    const parsed = MailSchema.safeParse(
      JSON.parse(await readFile(path.join(folder(), `${id}.json`), "utf8")),
    );
    return parsed.success ? { id, ...parsed.data } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
