/**
 * `npm run mesh -- [--printers FILE.json] FILE…`: one JSON line per file on standard output, nothing else there.
 * Fields: file, ok, error, format, triangles, size_mm, volume_mm3, area_mm2, watertight, shells, open_edges,
 * nonmanifold_edges, unit, fits, and the rest of the report. Ends with 1 when a file was refused, 2 on wrong use.
 */
import fs from "node:fs";
import { pathToFileURL } from "node:url";
import { EXAMPLE_CATALOG } from "../server/catalog/example";
import { Refusal } from "../server/errors";
import { fitReport, scaleAdvice, type BuildVolume } from "../server/mesh/fit";
import { readModel } from "../server/mesh/report.server";

const USAGE = "Usage: npm run mesh -- [--printers FILE.json] FILE…";

/**
 * The printers of a JSON file: an array of them, or an object with `printers` (a catalog).
 * @throws Error with a sentence when it is neither
 */
function printersFrom(file: string): BuildVolume[] {
  const data = JSON.parse(fs.readFileSync(file, "utf8")) as { printers?: unknown };
  const list: unknown = Array.isArray(data) ? data : data.printers;
  if (!Array.isArray(list)) throw new Error(`${file} holds no list of printers.`);
  return (list as Partial<BuildVolume>[]).map((printer) => {
    const { id, name, build_volume_mm: room, active } = printer ?? {};
    if (!Array.isArray(room) || room.length !== 3 || !room.every((mm) => typeof mm === "number" && mm > 0))
      throw new Error(`${file}: each printer needs "build_volume_mm": [width, depth, height] in mm.`);
    const title = String(name ?? id ?? "printer");
    return { id: String(id ?? title), name: title, build_volume_mm: room, active };
  });
}

async function lineFor(file: string, printers: BuildVolume[]): Promise<Record<string, unknown>> {
  try {
    const { advice, ...report } = await readModel(file, { name: file });
    const { text, printers: fits, fits: fit } = fitReport(report.size_mm, printers);
    const scale = scaleAdvice(report.size_mm, printers, report.unit);
    const sentences = [...advice.map((problem) => problem.text), ...(scale ? [scale] : []), text];
    return { file, ok: true, error: null, ...report, fits, fit, advice: sentences };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { file, ok: false, error: error.message, reason: error.details.reason ?? error.code };
  }
}

/** Runs the command. @returns the exit code */
export async function main(args: string[]): Promise<number> {
  let printers: BuildVolume[] = EXAMPLE_CATALOG.printers;
  const files: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    if (args[i] === "--printers") {
      try {
        printers = printersFrom(args[(i += 1)] ?? "");
      } catch (error) {
        console.error(`mesh: ${(error as Error).message}`);
        return 2;
      }
    } else if (args[i]!.startsWith("--")) {
      console.error(`mesh: ${args[i]} is unknown. ${USAGE}`);
      return 2;
    } else files.push(args[i]!);
  }
  if (files.length === 0) {
    console.error(USAGE);
    return 2;
  }
  let refused = false;
  for (const file of files) {
    const line = await lineFor(file, printers);
    refused ||= line.ok === false;
    // Awaited, not fs.writeSync: a full pipe may answer EAGAIN.
    await new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, resolve));
  }
  return refused ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.exitCode = await main(process.argv.slice(2));
