/** Unpacking with Node's zlib, which works in its own thread while this one reads the result. */
import { Readable } from "node:stream";
import { createInflateRaw, crc32 } from "node:zlib";
import type { Unpacker } from "./zip";

export const nodeUnpacker: Unpacker = {
  async *inflate(packed) {
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
  crc32: (block, value) => crc32(block, value),
};

/** zlib keeps its input while it works, and the blocks are reused. */
async function* copies(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const block of packed) yield new Uint8Array(block);
}
