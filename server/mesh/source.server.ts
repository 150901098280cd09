/** A model's bytes on disk. */
import { open } from "node:fs/promises";
import type { ModelSource } from "./source";

/** An open file as a source; whoever opened it closes it. */
export interface FileSource extends ModelSource, AsyncDisposable {
  close(): Promise<void>;
}

/**
 * Opens a regular file.
 * @throws the system's error when it cannot be opened; an `EISDIR`-like error for anything but a file
 */
export async function fileSource(path: string): Promise<FileSource> {
  const handle = await open(path, "r");
  try {
    const stat = await handle.stat();
    if (!stat.isFile())
      throw Object.assign(new Error(`${path} is not a file`), { code: "EISDIR", syscall: "open" });
    const close = () => handle.close();
    return {
      size: stat.size,
      async read(into, position) {
        let filled = 0;
        while (filled < into.length) {
          const { bytesRead } = await handle.read(into, filled, into.length - filled, position + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return filled;
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
