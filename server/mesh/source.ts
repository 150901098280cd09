/** Where a model's bytes come from: a file, a Blob, memory. Parsers know only this. */

export interface ModelSource {
  /** Bytes in all. */
  readonly size: number;
  /**
   * Fills `into` from `position` on.
   * @returns how many bytes were read; fewer than asked only at the end
   */
  read(into: Uint8Array, position: number): Promise<number>;
}

/** A source over bytes in memory. */
export function bytesSource(bytes: Uint8Array): ModelSource {
  return {
    size: bytes.length,
    async read(into, position) {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
  };
}

/** A source over a browser's File or Blob; nothing is held but the block being read. */
export function blobSource(blob: Blob): ModelSource {
  return {
    size: blob.size,
    async read(into, position) {
      const part = new Uint8Array(await blob.slice(position, position + into.length).arrayBuffer());
      into.set(part);
      return part.length;
    },
  };
}

/** Bytes in a block; also a multiple of 50, so that a binary STL's triangles are never split. */
export const BLOCK_BYTES = 512_000;

/**
 * The bytes from `from` to `to` in blocks. A block is valid only until the next one is asked for: two buffers
 * take turns, so that the next block is read while this one is parsed, and nothing becomes garbage.
 */
export async function* blocks(
  source: ModelSource,
  from = 0,
  to = source.size,
  blockBytes = BLOCK_BYTES,
): AsyncGenerator<Uint8Array, void> {
  const length = Math.max(0, Math.min(blockBytes, to - from));
  let [buffer, spare] = [new Uint8Array(length), new Uint8Array(to - from > length ? length : 0)];
  const read = (into: Uint8Array, at: number) => source.read(into.subarray(0, Math.min(length, to - at)), at);
  let pending = from < to ? read(buffer, from) : undefined;
  for (let at = from; pending;) {
    const count = await pending;
    at += count;
    const full = buffer;
    [buffer, spare] = [spare, buffer];
    pending = count > 0 && at < to ? read(buffer, at) : undefined;
    pending?.catch(() => {}); // heard when it is awaited; the consumer may stop before that
    if (count > 0) yield full.subarray(0, count);
  }
}
