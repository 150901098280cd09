/** Time and weight from sliced files: 50 MB beside 0.3 MB, and how many bytes are read. `npm run bench -- sliced`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readSliced } from "../../server/mesh/sliced.server";
import * as samples from "../support/sliced";
import { finish, median, put } from "./table";

const folder = mkdtempSync(path.join(tmpdir(), "bench-sliced-"));
const SMALL = 0.3e6;
const LARGE = 50e6;
const READS = 200;

/** Moves that do not repeat, so that an archive of them stays large. */
function moves(bytes: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let i = 1, seed = 7; length < bytes; i += 1) {
    seed = (seed * 16807) % 2147483647;
    const line = `G1 X${(seed % 250_000) / 1000} Y${((seed >> 7) % 210_000) / 1000} E${((seed >> 3) % 9_999) / 1e5}\n`;
    length += parts.push(line) && line.length;
  }
  return parts.join("");
}

try {
  const makers: Record<string, (bytes: number) => Promise<string | Buffer> | string | Buffer> = {
    "PrusaSlicer G-code": (bytes) => samples.prusa(moves(bytes)),
    "Bambu Studio G-code": (bytes) => samples.bambu + moves(bytes),
    "Cura G-code": (bytes) => samples.cura + moves(bytes),
    "binary G-code": (bytes) => samples.prusaBgcode(moves(bytes), false),
    "sliced 3MF": (bytes) => samples.bambu3mf({ gcode: samples.bambu + moves(bytes * 3) }),
  };
  for (const [name, make] of Object.entries(makers)) {
    const [small, large] = [path.join(folder, "small"), path.join(folder, "large")];
    writeFileSync(small, await make(SMALL));
    writeFileSync(large, await make(LARGE));
    const times: [number[], number[]] = [[], []];
    let bytesRead = 0;
    for (let run = 0; run < READS; run += 1) {
      for (const [i, file] of [small, large].entries()) {
        const begun = performance.now();
        const sliced = await readSliced(file);
        if (run >= READS / 10) times[i]!.push(performance.now() - begun);
        if (sliced.problem !== null || sliced.hours === null)
          throw new Error(`${name}: ${JSON.stringify(sliced)}`);
        bytesRead = Math.max(bytesRead, sliced.bytesRead);
      }
    }
    const bench = "sliced";
    const [quick, slow] = times.map(median) as [number, number];
    put({ bench, case: `${name}: 50 MB`, ours: slow, peer: quick, peer_name: "0.3 MB", unit: "ms", goal: 2 });
    put({
      bench,
      case: `${name}: read`,
      ours: bytesRead / 1024,
      peer: 512,
      peer_name: "the most",
      unit: "KiB",
      goal: 1,
    });
  }
  finish("Sliced files", `medians of ${READS}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
