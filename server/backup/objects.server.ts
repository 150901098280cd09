/**
 * Contents, each once, under a name made from its SHA-256. Without a key an object is the content itself, so that it
 * can be got at with nothing but `sha256sum`; with a key it is AES-256-GCM, and the name says nothing.
 * Promises: an object stands under its name only when it is whole and on disk; reading notices every changed byte.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  randomUUID,
} from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { PassThrough, type Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { codeOf, syncFolder } from "../files/disk.server";

const MAGIC = Buffer.from("PDO1");
const HEAD = MAGIC.length + 12;
const TAG = 16;

/** Something in a backup that is not as it was written. */
export class DamagedBackup extends Error {
  override readonly name = "DamagedBackup";
}

export interface Stored {
  sha256: string;
  size: number;
  /** Bytes that were written now; 0 when the object was there. */
  written: number;
}

export class ObjectStore {
  private readonly objects: string;
  private readonly contentKey?: Buffer;
  private readonly nameKey?: Buffer;
  private readonly ready = new Set<string>();

  /** @param key 64 hexadecimal digits, or none for plain objects */
  constructor(
    readonly folder: string,
    key?: string,
  ) {
    this.objects = path.join(folder, "objects");
    if (!key) return;
    const derive = (use: string) => Buffer.from(hkdfSync("sha256", Buffer.from(key, "hex"), "", use, 32));
    this.contentKey = derive("printdesk backup content");
    this.nameKey = derive("printdesk backup names");
  }

  get encrypted(): boolean {
    return this.contentKey !== undefined;
  }

  /** Name of an object below `objects/`. */
  nameOf(sha256: string): string {
    const name = this.nameKey ? createHmac("sha256", this.nameKey).update(sha256).digest("hex") : sha256;
    return `${name.slice(0, 2)}/${name}`;
  }

  private fileOf(sha256: string): string {
    return path.join(this.objects, this.nameOf(sha256));
  }

  /** Is the object there, with the size it must have? Its content is looked at by `check`. */
  async has(sha256: string, size: number): Promise<boolean> {
    try {
      return (await stat(this.fileOf(sha256))).size === size + (this.encrypted ? HEAD + TAG : 0);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    }
  }

  /** Stores what comes out of the stream. It is opened here: one that fails before anybody listens ends the process. */
  async put(openSource: () => Readable): Promise<Stored> {
    await mkdir(this.objects, { recursive: true });
    const temporary = path.join(this.objects, `tmp-${randomUUID()}`);
    const hash = createHash("sha256");
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        size += chunk.length;
        done(null, chunk);
      },
    });
    try {
      await pipeline(
        openSource(),
        measure,
        ...this.sealed(),
        createWriteStream(temporary, { flags: "wx", mode: 0o600 }),
      );
      const sha256 = hash.digest("hex");
      if (await this.has(sha256, size)) {
        await rm(temporary);
        return { sha256, size, written: 0 };
      }
      const handle = await open(temporary, "r+");
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      const file = this.fileOf(sha256);
      const folder = path.dirname(file);
      if (!this.ready.has(folder)) {
        await mkdir(folder, { recursive: true });
        await syncFolder(this.objects);
      }
      this.ready.add(folder);
      await rename(temporary, file);
      return { sha256, size, written: size };
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Makes the names of everything that was put durable; before the manifest. */
  async settle(): Promise<void> {
    for (const folder of this.ready) await syncFolder(folder);
  }

  /** The way through encryption; empty without a key. */
  private sealed(): Transform[] {
    if (!this.contentKey) return [];
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.contentKey, iv);
    let begun = false;
    return [
      new Transform({
        transform(chunk: Buffer, _, done) {
          if (!begun) this.push(Buffer.concat([MAGIC, iv]));
          begun = true;
          done(null, cipher.update(chunk));
        },
        flush(done) {
          if (!begun) this.push(Buffer.concat([MAGIC, iv]));
          this.push(cipher.final());
          done(null, cipher.getAuthTag());
        },
      }),
    ];
  }

  /**
   * Reads an object into the writable; the content is right exactly when this resolves.
   * @throws DamagedBackup when it is missing or changed
   */
  async get(object: { sha256: string; size: number; for: string }, into: Writable): Promise<void> {
    const damaged = (why: string) => new DamagedBackup(`The backup of ${object.for} is damaged: ${why}.`);
    const hash = createHash("sha256");
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        size += chunk.length;
        done(null, chunk);
      },
      flush(done) {
        if (size !== object.size || hash.digest("hex") !== object.sha256)
          done(damaged("its content is not what was written down"));
        else done();
      },
    });
    const file = this.fileOf(object.sha256);
    try {
      if (!this.contentKey) await pipeline(createReadStream(file), measure, into);
      else {
        const { decipher, start, end } = await this.opened(file, damaged);
        const source = end < start ? emptyStream() : createReadStream(file, { start, end });
        await pipeline(source, decipher, measure, into);
      }
    } catch (error) {
      if (codeOf(error) === "ENOENT" && (error as NodeJS.ErrnoException).path === file)
        throw damaged("it is missing");
      if (/unable to authenticate/i.test((error as Error).message))
        throw damaged("it was changed, or the key is another one");
      throw error;
    }
  }

  private async opened(file: string, damaged: (why: string) => DamagedBackup) {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      if (size < HEAD + TAG) throw damaged("it is too short");
      const head = Buffer.alloc(HEAD);
      const tag = Buffer.alloc(TAG);
      await handle.read(head, 0, HEAD, 0);
      await handle.read(tag, 0, TAG, size - TAG);
      if (!head.subarray(0, MAGIC.length).equals(MAGIC))
        throw damaged("it is not encrypted as the others are");
      const decipher = createDecipheriv("aes-256-gcm", this.contentKey!, head.subarray(MAGIC.length));
      decipher.setAuthTag(tag);
      return { decipher, start: HEAD, end: size - TAG - 1 };
    } finally {
      await handle.close();
    }
  }

  /** Reads an object to its end. @throws DamagedBackup */
  async check(object: { sha256: string; size: number; for: string }): Promise<void> {
    await this.get(object, new Writable({ write: (_chunk, _encoding, done) => done() }));
  }

  /** A small text, encrypted like an object where there is a key. */
  async seal(text: string): Promise<Buffer> {
    const out = new PassThrough();
    const chunks: Buffer[] = [];
    out.on("data", (chunk: Buffer) => chunks.push(chunk));
    const source = new PassThrough();
    source.end(text);
    await pipeline([source, ...this.sealed(), out]);
    return Buffer.concat(chunks);
  }

  /** @throws DamagedBackup when it does not open with this key */
  unseal(sealed: Buffer, what: string): string {
    const isSealed = sealed.subarray(0, MAGIC.length).equals(MAGIC);
    if (!isSealed) return sealed.toString("utf8");
    if (!this.contentKey)
      throw new DamagedBackup(
        `${what} is encrypted. Set BACKUP_KEY or BACKUP_KEY_FILE to the key it was made with.`,
      );
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.contentKey, sealed.subarray(MAGIC.length, HEAD));
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
      const text = decipher.update(sealed.subarray(HEAD, sealed.length - TAG));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    } catch {
      throw new DamagedBackup(`${what} does not open: it was changed, or the key is another one.`);
    }
  }

  /**
   * Deletes every object that nobody needs, and what interrupted runs left.
   * @returns how many, and how many bytes
   */
  async prune(needed: Set<string>): Promise<{ objects: number; bytes: number }> {
    const gone = { objects: 0, bytes: 0 };
    const drop = async (file: string) => {
      gone.bytes += (await stat(file)).size;
      gone.objects++;
      await rm(file);
    };
    for (const entry of await names(this.objects)) {
      if (entry.startsWith("tmp-")) await drop(path.join(this.objects, entry));
      else if (/^[0-9a-f]{2}$/.test(entry))
        for (const name of await names(path.join(this.objects, entry)))
          if (/^[0-9a-f]{64}$/.test(name) && !needed.has(`${entry}/${name}`))
            await drop(path.join(this.objects, entry, name));
    }
    return gone;
  }

  /** Makes the folder, and sees that it can be written to. */
  async prepare(): Promise<void> {
    await mkdir(this.objects, { recursive: true, mode: 0o700 });
    const probe = path.join(this.objects, `tmp-${randomUUID()}`);
    await writeFile(probe, "");
    await rm(probe);
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

function emptyStream(): Readable {
  const stream = new PassThrough();
  stream.end();
  return stream;
}
