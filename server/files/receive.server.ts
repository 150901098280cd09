/**
 * Takes an uploaded form off the wire: fields into memory, the one file into the staging folder, hashed
 * and counted on the way. It promises three things: nothing is left on disk unless a file is handed over,
 * what people typed survives a bad file, and the sender can read the answer (the rest of a refused body is
 * read and thrown away). A leaf: no database and no other room, because Express runs it outside Remix's bundle.
 */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { resolve as absolute, join } from "node:path";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { Refusal, invalidField } from "../errors";
import { crashPoint } from "./crash.server";
import { readdir, rm, stat, streamed } from "./file-system.server";
import { cleanOriginalName } from "./names";

/** A file that arrived whole and lies fsynced in the staging folder. Whoever holds it moves or discards it. */
export interface StagedFile {
  /** Absolute path below the staging folder. */
  path: string;
  /** The name it had on the sender's computer, cleaned: data to show, never a path. */
  original_name: string;
  size_bytes: number;
  /** SHA-256 of the content, 64 hex digits. */
  sha256: string;
  /** The first 512 bytes, or fewer. */
  head: Buffer;
}

/** An uploaded form. With a `refusal` there is never a file; the fields that were read are there either way. */
export interface ReceivedForm {
  fields: Record<string, string | string[]>;
  file: StagedFile | null;
  refusal: Refusal | null;
}

export interface ReceiveOptions {
  /** Folder for unfinished uploads; it must exist and be on the storage's file system for cheap moves. */
  stagingDir: string;
  /** Largest file accepted, in bytes. */
  maxFileBytes: number;
  /** Longest time for the whole body, in milliseconds. */
  timeoutMs: number;
  /** Longest silence of the sender, in milliseconds. */
  idleMs: number;
}

const FIELDS = 40;
const FIELD_BYTES = 20_000;
const FIELD_NAME_CHARS = 100;
const HEAD_BYTES = 512;
/** Where a test that kills the process in the middle of a file does it, bytes. */
const MID_STREAM = 100_000;
/** A refused body is read on up to this many times the file limit, so that the browser shows our page. */
const DRAIN_FACTOR = 4;
/** How long a sender that was cut off may still read the answer. */
const PARTING_MS = 5_000;
const PART = ".part";

/**
 * Reads a `multipart/form-data` body to its end.
 *
 * @param req a request whose body nobody has read yet
 * @returns the form. `refusal` is set, and the file deleted, when the form arrived but cannot be taken:
 *   `too_large` (file over the limit), `invalid` (not a form, broken form, a second file, too many or too
 *   long fields; with `reason: "timeout"` when the sender was too slow), `unavailable` with `reason`
 *   `"disk_full"` or `"storage"` (the staging folder cannot be written; the system's error is the `cause`).
 *   After a timeout, or past four times the limit, the rest of the body is not read and the connection is
 *   destroyed 5 s later: answer at once, with `Connection: close`.
 * @throws Refusal `invalid` with `reason: "interrupted"` when the body ends early or the sender goes away.
 */
export async function receiveUpload(req: IncomingMessage, options: ReceiveOptions): Promise<ReceivedForm> {
  const form = new FormParts(req, options);
  const ending = await feed(req, form, options);
  await form.settle(ending);
  if (ending === "timeout" || ending === "overrun") partWith(req);

  if (ending === "aborted" || (form.cutShort && !form.refusal)) {
    await form.discard();
    throw new Refusal(
      "invalid",
      "The upload was interrupted before it was complete. Check your connection and send the form again.",
      { reason: "interrupted", fields: { file: ["The upload was interrupted. Choose the file again."] } },
    );
  }
  if (ending === "overrun") form.refuse(tooLarge(options.maxFileBytes));
  if (ending === "timeout") {
    const sentence =
      "The upload took too long and was stopped. Choose the file again and send the form over a faster connection.";
    form.refuse(new Refusal("invalid", sentence, { reason: "timeout", fields: { file: [sentence] } }));
  }
  const file = form.refusal ? null : form.file();
  if (!file) await form.discard();
  else crashPoint("receive:after-hash");
  return { fields: form.fields, file, refusal: form.refusal };
}

/** Deletes a staged file that is not wanted any more. Never fails: the sweep takes what is left. */
export async function discardStaged(file: Pick<StagedFile, "path">): Promise<void> {
  await rm(file.path, { force: true }).catch(() => {});
}

/**
 * Deletes uploads that nobody finished or fetched (a crash leaves them).
 * @param olderThanMs how long a file must have been left untouched, in milliseconds; keep it above the upload's time limit
 * @returns how many files were deleted; 0 when the folder does not exist
 */
export async function sweepStaging(stagingDir: string, olderThanMs: number): Promise<number> {
  const names = await readdir(stagingDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  let deleted = 0;
  for (const name of names.filter((n) => n.endsWith(PART))) {
    const path = join(stagingDir, name);
    const info = await stat(path).catch(() => null); // gone meanwhile
    if (!info?.isFile() || Date.now() - info.mtimeMs < olderThanMs) continue;
    await rm(path, { force: true });
    deleted += 1;
  }
  return deleted;
}

type Ending = "end" | "aborted" | "timeout" | "overrun";

/**
 * Passes the body to the parser, or to nobody once the form is lost, and says how the body ended.
 * By events rather than `pipeline`, which would destroy the request on an error and the answer with it.
 */
function feed(req: IncomingMessage, form: FormParts, options: ReceiveOptions): Promise<Ending> {
  return new Promise((resolve) => {
    let received = 0;
    let open = true;
    const most = options.maxFileBytes * DRAIN_FACTOR + FIELDS * FIELD_BYTES;
    const done = (ending: Ending) => {
      open = false;
      clearTimeout(idle);
      clearTimeout(total);
      req.off("data", onData).off("end", onEnd).off("close", onClose);
      if (ending !== "end") req.pause();
      resolve(ending);
    };
    const onData = (chunk: Buffer) => {
      idle.refresh();
      received += chunk.length;
      if (received > most) return done("overrun");
      if (form.write(chunk)) return;
      req.pause();
      form.whenReady(() => open && req.resume());
    };
    const onEnd = () => done("end");
    const onClose = () => done("aborted");
    // Silence while we hold the sender back (a slow disk) is ours, not theirs.
    const idle = setTimeout(() => (req.isPaused() ? idle.refresh() : done("timeout")), options.idleMs);
    const total = setTimeout(() => done("timeout"), options.timeoutMs);
    req.on("error", () => {}); // a reset; "close" follows
    if (req.destroyed || req.readableEnded) return done(req.complete ? "end" : "aborted");
    req.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

/** Leaves the rest of the body unread; the socket goes after the answer had its chance. */
function partWith(req: IncomingMessage): void {
  const timer = setTimeout(() => req.destroy(), PARTING_MS).unref();
  req.once("close", () => clearTimeout(timer));
}

/** What the parser makes of the body: fields, the staged file, and the first thing that was wrong. */
class FormParts {
  readonly fields: Record<string, string | string[]> = Object.create(null);
  refusal: Refusal | null = null;
  /** The body ended in the middle of the form. */
  cutShort = false;
  #options: ReceiveOptions;
  #parser: busboy.Busboy | null = null;
  #parserClosed: Promise<void> = Promise.resolve();
  #ready: (() => void) | null = null;
  #staging: Staging | null = null;
  #staged: Promise<void> = Promise.resolve();
  #name = "";
  #ended = false;

  constructor(req: IncomingMessage, options: ReceiveOptions) {
    this.#options = options;
    try {
      if (!/^multipart\/form-data\b/i.test(req.headers["content-type"] ?? "")) throw new Error("no form");
      this.#parser = this.#listen(
        busboy({
          headers: req.headers,
          defParamCharset: "utf8", // browsers send file names in UTF-8
          preservePath: true, // cleaned by our own rules
          highWaterMark: 256 * 1024, // of the parser: less would stop the socket at every chunk
          fileHwm: 128 * 1024,
          limits: { fields: FIELDS, fieldSize: FIELD_BYTES + 1, files: 5, parts: FIELDS + 10 },
        }),
      );
    } catch {
      this.refuse(brokenForm());
    }
  }

  /** Keeps the first refusal: what follows from it says less. */
  refuse(refusal: Refusal): void {
    this.refusal ??= refusal;
  }

  /** Takes bytes of the body. @returns false when the next ones should wait for `whenReady` */
  write(chunk: Buffer): boolean {
    const parser = this.#parser;
    return !parser || parser.destroyed ? true : parser.write(chunk);
  }

  whenReady(go: () => void): void {
    if (!this.#parser || this.#parser.destroyed) go();
    else this.#ready = go;
  }

  /** Waits until parser and file are finished (or torn down) and closed. */
  async settle(ending: Ending): Promise<void> {
    this.#ended = ending !== "end";
    if (this.#parser && !this.#parser.destroyed) {
      if (ending === "end") this.#parser.end();
      else this.#parser.destroy();
    }
    await this.#parserClosed;
    await this.#staged;
    if (this.#staging?.over) this.refuse(tooLarge(this.#options.maxFileBytes));
    else if (this.#staging?.failure) this.refuse(storageAway(this.#staging.failure));
  }

  /** The file that arrived; null when the form had none (an empty file input sends an empty, nameless one). */
  file(): StagedFile | null {
    if (!this.#staging || (this.#staging.size === 0 && this.#name === "")) return null;
    return {
      path: this.#staging.path,
      original_name: cleanOriginalName(this.#name),
      size_bytes: this.#staging.size,
      sha256: this.#staging.sha256(),
      head: this.#staging.head,
    };
  }

  async discard(): Promise<void> {
    if (this.#staging) await discardStaged(this.#staging);
  }

  #listen(parser: busboy.Busboy): busboy.Busboy {
    const wake = () => {
      const go = this.#ready;
      this.#ready = null;
      go?.();
    };
    this.#parserClosed = new Promise((resolve) => parser.once("close", resolve));
    parser.on("drain", wake).on("close", wake);
    parser.on("error", (error: Error) => {
      if (!this.#ended) {
        this.#ended = true;
        if (/^Unexpected end/.test(error.message)) this.cutShort = true;
        else this.refuse(brokenForm());
      }
      parser.destroy(); // it only says so and would go on
    });
    parser.on("field", (name, value, info) => this.#field(name, value, info.valueTruncated));
    parser.on("file", (name, stream, info) => {
      if (name === "file" && !this.#staging) this.#stage(stream, info.filename ?? "");
      else this.#drain(stream);
    });
    for (const limit of ["fieldsLimit", "filesLimit", "partsLimit"] as const)
      parser.on(limit, () => this.refuse(brokenForm()));
    return parser;
  }

  #field(name: string | undefined, value: string | undefined, truncated: boolean): void {
    // A file input that was left empty may arrive as a field; `__proto__` is nobody's field.
    if (!name || name === "__proto__" || (name === "file" && !value)) return;
    if (name.length > FIELD_NAME_CHARS) return this.refuse(brokenForm());
    if (truncated)
      this.refuse(invalidField(name, "This answer is far too long. Shorten it and send the form again."));
    const before = this.fields[name];
    this.fields[name] = before === undefined ? (value ?? "") : [before, value ?? ""].flat();
  }

  #stage(stream: Readable, name: string): void {
    this.#name = name;
    const staging = new Staging(
      join(absolute(this.#options.stagingDir), randomUUID() + PART),
      this.#options.maxFileBytes,
    );
    this.#staging = staging;
    const closed = new Promise<void>((resolve) => staging.once("close", resolve));
    // It fails only when the parser is torn down, and then somebody else has said why.
    this.#staged = pipeline(stream, staging).then(
      () => closed,
      () => closed,
    );
  }

  #drain(stream: Readable): void {
    stream.once("data", () =>
      this.refuse(invalidField("file", "Send one model per request: choose a single file.")),
    );
    stream.on("error", () => {});
    stream.resume();
  }
}

/**
 * The staged file as a stream: counts, hashes, writes, fsyncs at the end. It never errors, because that
 * would stall the parser: when the file is too large or cannot be written it deletes the file, says so in
 * `over` or `failure`, and swallows the rest.
 */
class Staging extends Writable {
  size = 0;
  over = false;
  failure: NodeJS.ErrnoException | null = null;
  head: Buffer = Buffer.alloc(0);
  #fd: number | null = null;
  #hash = createHash("sha256");

  constructor(
    readonly path: string,
    readonly maxBytes: number,
  ) {
    super({ highWaterMark: 256 * 1024 });
  }

  sha256(): string {
    return this.#hash.digest("hex");
  }

  override _construct(callback: () => void): void {
    streamed.open(this.path, "wx", (error, fd) => {
      if (error) this.failure = error;
      else this.#fd = fd;
      callback();
    });
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.#take([chunk], callback);
  }

  override _writev(items: { chunk: Buffer }[], callback: () => void): void {
    this.#take(
      items.map((item) => item.chunk),
      callback,
    );
  }

  #take(chunks: Buffer[], callback: () => void): void {
    for (const chunk of chunks) this.size += chunk.length;
    if (this.over || this.failure || this.#fd === null) return callback();
    if (this.size > this.maxBytes) {
      this.over = true;
      return streamed.unlink(this.path, () => callback());
    }
    writeAll(this.#fd, chunks, (error) => {
      if (!error) return callback();
      this.failure = error;
      streamed.unlink(this.path, () => callback());
    });
    // While the disk writes, the processor hashes.
    if (this.head.length < HEAD_BYTES)
      this.head = Buffer.concat([this.head, ...chunks.map((c) => c.subarray(0, HEAD_BYTES))]).subarray(
        0,
        HEAD_BYTES,
      );
    for (const chunk of chunks) this.#hash.update(chunk);
    if (this.size > MID_STREAM) crashPoint("receive:mid-stream");
  }

  override _final(callback: () => void): void {
    if (this.over || this.failure || this.#fd === null) return callback();
    crashPoint("receive:before-fsync");
    streamed.fsync(this.#fd, (error) => {
      if (error) this.failure = error;
      callback();
    });
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (this.#fd === null) return callback(error);
    streamed.close(this.#fd, (closeError) => {
      if (closeError) this.failure ??= closeError;
      callback(error);
    });
    this.#fd = null;
  }
}

/** Writes all of it: the system may take less than it was given, a full disk above all. */
function writeAll(
  fd: number,
  chunks: Buffer[],
  callback: (error: NodeJS.ErrnoException | null) => void,
): void {
  const after =
    (left: number, rest: () => Buffer) => (error: NodeJS.ErrnoException | null, written: number) => {
      if (error || written >= left) return callback(error);
      const remaining = rest().subarray(written);
      streamed.write(fd, remaining, 0, remaining.length, null, after(remaining.length, () => remaining)); // prettier-ignore
    };
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  streamed.writev(fd, chunks, after(total, () => Buffer.concat(chunks))); // prettier-ignore
}

function size(bytes: number): string {
  return bytes >= 1024 * 1024
    ? `${+(bytes / 1024 / 1024).toFixed(1)} MB`
    : `${+(bytes / 1024).toFixed(1)} kB`;
}

function tooLarge(maxFileBytes: number): Refusal {
  const sentence =
    `Your file is larger than ${size(maxFileBytes)}. Save it as binary STL or 3MF, or reduce the number of ` +
    `triangles, then choose the smaller file.`;
  return new Refusal("too_large", sentence, { fields: { file: [sentence] } });
}

function brokenForm(): Refusal {
  return new Refusal(
    "invalid",
    "The form did not arrive in a shape we can read. Reload the page, fill it in again and choose the file again.",
    { reason: "malformed" },
  );
}

/** Any error of the staging folder: no fault of the sender's, so never `invalid`. */
function storageAway(error: NodeJS.ErrnoException): Refusal {
  const full = error.code === "ENOSPC" || error.code === "EDQUOT";
  const sentence = full
    ? "The lab's file storage is full, so your file could not be saved. Nothing was submitted. Tell the lab staff, or try again later."
    : "The lab's file storage cannot be written just now, so your file could not be saved. Nothing was submitted. Try again later.";
  const refusal = new Refusal("unavailable", sentence, { reason: full ? "disk_full" : "storage" });
  return Object.defineProperty(refusal, "cause", { value: error }); // for the log; not enumerable, so never in an answer
}
