/** A model's bytes on disk. */
import fs from "node:fs";
import { promisify } from "node:util";
import type { ModelSource } from "./source";

// Not node:fs/promises: the command would start some 10 ms later, for a handle it does not need.
const open = promisify(fs.open);
const fstat = promisify(fs.fstat);
const closeFile = promisify(fs.close);

/** An open file as a source; whoever opened it closes it. */
export interface FileSource extends ModelSource, AsyncDisposable {
  close(): Promise<void>;
}

/**
 * Opens a regular file.
 * @throws the system's error when it cannot be opened; an `EISDIR`-like error for anything but a file
 */
export async function fileSource(path: string): Promise<FileSource> {
  // A pipe would block the opening for ever; regular files do not mind.
  const file = await open(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  try {
    const stat = await fstat(file);
    if (!stat.isFile())
      throw Object.assign(new Error(`${path} is not a file`), { code: "EISDIR", syscall: "open" });
    const close = () => closeFile(file);
    return {
      size: stat.size,
      async read(into, position) {
        let filled = 0;
        while (filled < into.length) {
          const count = await readSome(file, into, filled, position + filled);
          if (count === 0) break;
          filled += count;
        }
        return filled;
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await closeFile(file);
    throw error;
  }
}

function readSome(file: number, into: Uint8Array, offset: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(file, into, offset, into.length - offset, position, (error, count) =>
      error ? reject(error) : resolve(count),
    );
  });
}
