/** Unpacking with Node's zlib, which works in its own thread while this one reads the result. */
import type * as zlib from "node:zlib";
import { webUnpacker, type Unpacker } from "./zip";

/** Loaded with the first 3MF: a command that reads an STL starts without it. */
let loaded: typeof zlib | undefined;

export const nodeUnpacker: Unpacker = {
  async *inflate(packed) {
    const { createInflateRaw } = (loaded ??= await import("node:zlib"));
    const { Readable } = await import("node:stream");
    const input = Readable.from(copies(packed), { objectMode: true, highWaterMark: 2 });
    const inflate = createInflateRaw({ chunkSize: 128 * 1024 });
    input.on("error", (error) => inflate.destroy(error));
    input.pipe(inflate);
    try {
      for await (const block of inflate) yield block as Buffer;
    } finally {
      input.destroy();
      inflate.destroy();
    }
  },
  crc32: (block, value) => (loaded ?? webUnpacker).crc32(block, value),
};

/** zlib keeps its input while it works, and the blocks are reused. */
async function* copies(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const block of packed) yield new Uint8Array(block);
}
