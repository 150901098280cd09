/** What the browser knows of the chosen file; the worker's answers have the same form. Pure. */
import { Refusal } from "@server/errors";
import type { MeshRefusalCode } from "@server/mesh/mesh";
import type { MeshReport } from "@server/mesh/report";

export type ModelReading =
  /** There is no file, or it is not worth reading. */
  | { state: "none" }
  /** `measuring`: every byte has been read. */
  | { state: "reading"; measuring: boolean }
  | { state: "report"; report: MeshReport }
  /** The file is broken or hostile, in the sentence that the server would say too. */
  | { state: "refused"; message: string }
  /** This browser cannot tell; the server will. */
  | { state: "unavailable" };

/** Reasons that depend on the machine that reads: what is too much for a phone is none of the file's fault. */
const THIS_MACHINE: readonly (string | undefined)[] = [
  "too_slow",
  "too_detailed",
] satisfies MeshRefusalCode[];

/** What a failed reading means. @param error whatever the reader threw */
export function readingOf(error: unknown): ModelReading {
  return error instanceof Refusal && error.code === "invalid" && !THIS_MACHINE.includes(error.details.reason)
    ? { state: "refused", message: error.message }
    : { state: "unavailable" };
}

/** What the page compares files by: a form hands out copies of what was chosen. */
export type FileId = Pick<File, "name" | "size" | "lastModified">;

export function sameFile(a: FileId, b: FileId): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
}
