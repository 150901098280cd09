/** Reads a model for the 3D view, away from the page: a large one must not freeze it. */
import type { BuildVolume, PrinterFit } from "@server/mesh/fit";

/** A model as it is drawn: in millimetres, its middle over 0, 0 and its lowest point at height 0. */
export interface DrawnModel {
  vertices: Float32Array;
  /** Three vertex indices a triangle; null: every 9 floats are a triangle. */
  triangles: Uint32Array | null;
  size_mm: [number, number, number];
  /** Whether it fits the printer; null without one. */
  fit: PrinterFit | null;
}

/** What the worker is asked. */
export interface ReadRequest {
  /** Path of the download. */
  url: string;
  /** The file's name, whose ending must be right. */
  name: string;
  printer: BuildVolume | null;
}

/** What it says meanwhile and in the end. */
export type ReadAnswer = { percent: number } | { model: DrawnModel } | { problem: string };

/** A sentence for the person who asked. */
export class ReadProblem extends Error {}

/**
 * @param onPercent 0 to 100, rising
 * @param signal ends the download and the reading
 * @throws ReadProblem with a sentence; the signal's reason when aborted
 */
export function readModel(
  request: ReadRequest,
  onPercent: (percent: number) => void,
  signal: AbortSignal,
): Promise<DrawnModel> {
  return new Promise<DrawnModel>((resolve, reject) => {
    signal.throwIfAborted();
    const worker = new Worker(new URL("./model-reader-worker.ts", import.meta.url), { type: "module" });
    const end = () => {
      worker.terminate();
      signal.removeEventListener("abort", stop);
    };
    const stop = () => {
      end();
      reject(signal.reason as Error);
    };
    const fail = (sentence: string) => {
      end();
      reject(new ReadProblem(sentence));
    };
    signal.addEventListener("abort", stop);
    worker.onmessage = ({ data }: MessageEvent<ReadAnswer>) => {
      if ("percent" in data) onPercent(data.percent);
      else if ("problem" in data) fail(data.problem);
      else {
        end();
        resolve(data.model);
      }
    };
    // The worker's script did not load, or it ran out of memory.
    worker.onerror = (event) => {
      event.preventDefault();
      fail("The model could not be read in this browser. Download the file to look at it.");
    };
    worker.postMessage(request);
  });
}
