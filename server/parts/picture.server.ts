/**
 * Pictures of parts: derived data, kept by content below `storage/.derived/`, outside the status folders. They
 * can be made again at any time, so losing one costs nothing.
 */
import path from "node:path";
import { Refusal } from "../errors";
import { codeOf, hashFile, storageRefusal, writeAtomic } from "../files/disk.server";
import { mkdir, open } from "../files/file-system.server";
import { storageRoot } from "../files/store.server";
import { readPngSize } from "../mesh/png.server";
import { embeddedPicture } from "../mesh/sliced.server";
import { ThreadError } from "../mesh/thread.server";
import { drawInThread, PICTURE_WIDTHS } from "../mesh/thumbnail.server";
import { findPart, type Part, recordPart } from "./part.server";

/** A picture takes at most this long and this much memory; without one a placeholder says why. */
const LIMITS = { milliseconds: 30_000, growthMb: 768 };

/** Where a picture lies, absolute. */
export function pictureFile(sha256: string, width: number): string {
  return path.join(storageRoot(), ".derived", sha256.slice(0, 2), `${sha256}-${width}.png`);
}

/**
 * Makes a file's picture unless there is one: its own (a 3MF's or G-code's) where it has one, else drawn from
 * the mesh. A model that nobody has measured yet is measured too. Safe to run twice.
 * @param file absolute path of the file
 * @throws Refusal `unavailable` or `not_found` when the storage refuses: try again later
 */
export async function makePicture(sha256: string, file: string, name: string): Promise<void> {
  const known = await findPart(sha256);
  if (known?.picture === "none" || (known?.picture && (await allThere(known)))) return;
  if ((await hashFile(file).catch(rethrow)) !== sha256) return keep("The file has changed since.");
  const own = await embeddedPicture(file);
  const width = own && readPngSize(own)?.width;
  if (own && width) {
    await save(sha256, [{ width, png: own }]);
    if (!known?.report && isModel(name)) await keepReport();
    return keep(null, "embedded", [width]);
  }
  if (!isModel(name)) return keep("This kind of file carries no picture.");
  try {
    const { report, pictures } = await drawInThread(file, { ...LIMITS, report: !known?.report });
    if (report) await recordPart({ sha256, size_bytes: await sizeOf(), report });
    if (pictures.length === 0) return keep("There is nothing to see in this model.");
    await save(sha256, pictures);
    return keep(null, "drawn", [...PICTURE_WIDTHS]);
  } catch (error) {
    if (error instanceof ThreadError)
      return keep(
        error.reason === "crash"
          ? "The picture could not be drawn."
          : "The model is too detailed to be drawn here.",
      );
    if (error instanceof Refusal && error.code === "invalid") return keep(error.message);
    throw error;
  }

  async function sizeOf(): Promise<number> {
    const handle = await open(file, "r").catch(rethrow);
    return handle.stat().then(
      ({ size }) => handle.close().then(() => size),
      (error) => handle.close().then(() => rethrow(error)),
    );
  }
  async function keep(
    problem: string | null,
    picture: NonNullable<Part["picture"]> = "none",
    widths: number[] = [],
  ): Promise<void> {
    await recordPart({
      sha256,
      size_bytes: known?.size_bytes ?? (await sizeOf()),
      picture,
      picture_widths: widths,
      picture_problem: problem,
    });
  }
  async function keepReport(): Promise<void> {
    const { report } = await drawInThread(file, { ...LIMITS, report: true }).catch(() => ({ report: null }));
    if (report) await recordPart({ sha256, size_bytes: await sizeOf(), report });
  }
}

/**
 * Opens a picture for sending.
 * @throws Refusal `not_found` when there is none of this width (any more)
 */
export async function openPicture(sha256: string, width: number) {
  try {
    const file = await open(pictureFile(sha256, width), "r");
    const { size } = await file.stat();
    return { size_bytes: size, stream: file.createReadStream() };
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new Refusal("not_found", "There is no such picture.");
    throw storageRefusal(error);
  }
}

function isModel(name: string): boolean {
  return /\.(stl|obj|3mf)$/i.test(name);
}

async function allThere({ sha256, picture_widths }: Part): Promise<boolean> {
  for (const width of picture_widths) {
    const file = await open(pictureFile(sha256, width), "r").catch(() => null);
    if (!file) return false;
    await file.close();
  }
  return true;
}

async function save(sha256: string, pictures: { width: number; png: Buffer }[]): Promise<void> {
  try {
    await mkdir(path.dirname(pictureFile(sha256, 0)), { recursive: true });
    for (const { width, png } of pictures) await writeAtomic(pictureFile(sha256, width), png);
  } catch (error) {
    throw storageRefusal(error);
  }
}

function rethrow(error: unknown): never {
  throw storageRefusal(error);
}
