/**
 * The file system as the storage's files use it: Node's own functions. Outside production a test may have single
 * calls fail as a disk or a share does (`failFileCalls`), at every place where one is made. Files below the storage
 * root are touched through here only.
 */
import * as callbacks from "node:fs";
import * as fs from "node:fs/promises";
import { Readable } from "node:stream";

/** One call, before it is made. */
export interface FileCall {
  /** The function's name: "link", "fsync" … */
  name: string;
  /** The path it is about (of two, the first), or "" where only an open file is known. */
  path: string;
}

/** Looks at a call and says with which error code it shall fail ("EIO"), if at all. */
export type Fault = (call: FileCall) => string | undefined;

const testable = process.env.APP_ENV !== "production";
let fault: Fault | undefined;

/** Tests only: every call from now on is shown to the fault first. Without an argument the disk is sound again. */
export function failFileCalls(next?: Fault): void {
  fault = testable ? next : undefined;
}

function faultAt(name: string, path: unknown): NodeJS.ErrnoException | undefined {
  const code = fault?.({ name, path: typeof path === "string" ? path : "" });
  if (!code) return undefined;
  return Object.assign(new Error(`${code}: made to fail, ${name} '${String(path)}'`), {
    code,
    syscall: name,
  });
}

function promised<C extends (...args: never[]) => Promise<unknown>>(name: string, call: C): C {
  if (!testable) return call;
  const watched = (...args: Parameters<C>) => {
    const error = faultAt(name, args[0]);
    return error ? Promise.reject(error) : call(...args);
  };
  return watched as C;
}

function calledBack<C extends (...args: never[]) => void>(name: string, call: C): C {
  if (!testable) return call;
  const watched = (...args: Parameters<C>) => {
    const error = faultAt(name, args[0]);
    const callback = (args as unknown[]).at(-1) as (error: Error) => void;
    if (error) setImmediate(callback, error);
    else call(...args);
  };
  return watched as C;
}

export const access = promised("access", fs.access);
export const copyFile = promised("copyFile", fs.copyFile);
export const link = promised("link", fs.link);
export const lstat = promised("lstat", fs.lstat);
export const mkdir = promised("mkdir", fs.mkdir);
export const open = promised("open", fs.open);
export const opendir = promised("opendir", fs.opendir);
export const readdir = promised("readdir", fs.readdir);
export const readFile = promised("readFile", fs.readFile);
export const rename = promised("rename", fs.rename);
export const rm = promised("rm", fs.rm);
export const rmdir = promised("rmdir", fs.rmdir);
export const stat = promised("stat", fs.stat);
export const unlink = promised("unlink", fs.unlink);
export const utimes = promised("utimes", fs.utimes);
export const writeFile = promised("writeFile", fs.writeFile);

/** Writes into an open file. */
export const write = promised("write", (_file: string, handle: fs.FileHandle, content: string | Uint8Array) =>
  handle.writeFile(content),
);
/** Waits until an open file, or folder, is durable. */
export const sync = promised("fsync", (_file: string, handle: fs.FileHandle) => handle.sync());

/** Closes a file; it is closed also when this fails (a share tells only now that it could not write). */
export async function close(file: string, handle: fs.FileHandle): Promise<void> {
  await handle.close();
  const error = faultAt("close", file);
  if (error) throw error;
}

/** A file's bytes as a stream. */
export function readStream(
  file: string,
  options: { highWaterMark: number; encoding?: BufferEncoding; signal?: AbortSignal },
): Readable {
  const error = faultAt("read", file);
  return error
    ? new Readable({ read: (): void => void 0, construct: (callback) => callback(error) })
    : callbacks.createReadStream(file, options);
}

/** The same with callbacks, for what is written while it arrives. */
export const streamed = {
  open: calledBack("open", callbacks.open as (path: string, flags: string, done: Done<number>) => void),
  writev: calledBack("write", callbacks.writev as (fd: number, chunks: Buffer[], done: Done<number>) => void),
  write: calledBack("write", callbacks.write as WriteRest),
  fsync: calledBack("fsync", callbacks.fsync as (fd: number, done: Done) => void),
  unlink: calledBack("unlink", callbacks.unlink as (path: string, done: Done) => void),
  /** Closes also when it fails. */
  close: (fd: number, done: (error: NodeJS.ErrnoException | null) => void): void =>
    callbacks.close(fd, (error) => done(error ?? faultAt("close", "") ?? null)),
};

type Done<T = void> = (error: NodeJS.ErrnoException | null, value: T) => void;
type WriteRest = (
  fd: number,
  bytes: Buffer,
  offset: number,
  length: number,
  position: null,
  done: Done<number>,
) => void;
