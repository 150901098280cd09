/**
 * The Web Worker that reads a chosen file with the server's own reader: gets a File, answers with readings. Its
 * chunk is loaded when a file is chosen, not before.
 */
import { reportModel } from "@server/mesh/report";
import { blobSource, type ModelSource } from "@server/mesh/source";
import { readingOf, type ModelReading } from "./model-reading";

/** Finer models than this are left to the server: a phone has less memory. */
const MOST_TRIANGLES = 2_000_000;

self.onmessage = ({ data }: MessageEvent<File>) => {
  const tell = (reading: ModelReading) => self.postMessage(reading);
  // The reader would take a failing unpacker for a damaged archive.
  if (/\.3mf$/i.test(data.name) && !canUnpack()) return tell({ state: "unavailable" });
  const source = noticed(blobSource(data), () => tell({ state: "reading", measuring: true }));
  reportModel(source, { name: data.name, limits: { triangles: MOST_TRIANGLES } }).then(
    (report) => tell({ state: "report", report }),
    (error: unknown) => tell(readingOf(error)),
  );
};

/** Browsers before 2023 cannot. */
function canUnpack(): boolean {
  try {
    return Boolean(new DecompressionStream("deflate-raw"));
  } catch {
    return false;
  }
}

/** The same source; says once when as many bytes have been read as there are. */
function noticed(source: ModelSource, done: () => void): ModelSource {
  let left = source.size;
  return {
    size: source.size,
    async read(into, position) {
      const count = await source.read(into, position);
      if (left > 0 && (left -= count) <= 0) done();
      return count;
    },
  };
}
