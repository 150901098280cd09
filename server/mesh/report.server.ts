/** The report on a model file on disk: `report.ts` with Node's files and zlib. */
import { Refusal } from "../errors";
import type { Mesh } from "./mesh";
import { readMesh, reportModel, type MeshReport, type ReadModelOptions } from "./report";
import { fileSource, type FileSource } from "./source.server";
import { nodeUnpacker } from "./zip.server";

/**
 * Reads and measures a model file.
 * @throws Refusal `invalid` on the field `file` for a broken or hostile file (`details.reason` a `MeshRefusalCode`),
 *   `not_found` when there is no such file, `unavailable` when it cannot be read; the signal's reason when aborted
 */
export function readModel(path: string, options: ReadModelOptions = {}): Promise<MeshReport> {
  return withFile(path, (source) => reportModel(source, { unpacker: nodeUnpacker, ...options }));
}

/** Reads a model file without measuring it. @throws as `readModel` */
export function readMeshFile(path: string, options: ReadModelOptions = {}): Promise<Mesh> {
  return withFile(path, (source) => readMesh(source, { unpacker: nodeUnpacker, ...options }));
}

async function withFile<T>(path: string, use: (source: FileSource) => Promise<T>): Promise<T> {
  let source: FileSource | undefined;
  try {
    source = await fileSource(path);
    return await use(source);
  } catch (error) {
    throw asRefusal(error);
  } finally {
    await source?.close();
  }
}

function asRefusal(error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof Refusal || syscall === undefined) return error;
  const refusal =
    code === "ENOENT" || code === "ENOTDIR"
      ? new Refusal("not_found", "There is no such file.", { reason: "file" })
      : code === "EISDIR"
        ? new Refusal("not_found", "This is a folder or a device, not a file.", { reason: "file" })
        : new Refusal(
            "unavailable",
            "The lab's file storage cannot be read just now, so the file could not be checked. Try again later.",
            { reason: "storage" },
          );
  return Object.defineProperty(refusal, "cause", { value: error }); // for the log; never in an answer
}
