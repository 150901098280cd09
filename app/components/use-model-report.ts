/**
 * Reads a chosen file while the student goes on typing. Another file ends the reading of the first; a browser
 * that cannot do it, or not in time, leaves the answer to the server.
 */
import { useEffect, useState } from "react";
import type { ModelReading } from "./model-reading";

/** Whoever waits longer is answered by the server. */
const MOST_MS = 20_000;

/** @param file what to read; null for nothing */
export function useModelReport(file: File | null): ModelReading {
  const [last, setLast] = useState<{ file: File; reading: ModelReading } | null>(null);
  useEffect(() => {
    if (file) return readInWorker(file, (reading) => setLast({ file, reading }));
  }, [file]);
  if (!file) return { state: "none" };
  // What was read of another file says nothing about this one.
  return last?.file === file ? last.reading : { state: "reading", measuring: false };
}

/** @returns ends it, silently */
function readInWorker(file: File, tell: (reading: ModelReading) => void): () => void {
  let worker: Worker | undefined;
  let over = false;
  const stop = () => {
    over = true;
    clearTimeout(timer);
    worker?.terminate();
  };
  const take = (reading: ModelReading) => {
    if (over) return;
    if (reading.state !== "reading") stop();
    tell(reading);
  };
  const giveUp = (event?: Event) => {
    event?.preventDefault();
    take({ state: "unavailable" });
  };
  const timer = setTimeout(giveUp, MOST_MS);
  try {
    worker = new Worker(new URL("./model-worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<ModelReading>) => take(data);
    worker.onerror = worker.onmessageerror = giveUp;
    worker.postMessage(file);
  } catch {
    giveUp();
  }
  return stop;
}
