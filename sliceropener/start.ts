/** Starts a slicer: no shell, on its own, outliving this program. */
import { spawn } from "node:child_process";
import path from "node:path";
import { argumentsFor } from "./slicers";
import type { Slicer } from "./config";

/** Resolves when the slicer's process is there; rejects with the system's reason when it cannot be started. */
export function startSlicer(slicer: Slicer, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(slicer.path, argumentsFor(slicer, file), {
      // Not the job's folder: that would keep it from being moved, and offer its content to the program's loader.
      cwd: path.dirname(slicer.path),
      detached: true,
      stdio: "ignore",
      shell: false,
    });
    child.once("error", reject);
    child.once("spawn", () => {
      child.unref();
      resolve();
    });
  });
}
