/** What `npm run build:opener` leaves behind, small. */
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** Writes a ZIP (only its name says so) per platform and the list of them. @returns their names */
export function openerBuild(folder: string, platforms: string[]): string[] {
  fs.mkdirSync(folder, { recursive: true });
  const figures = (file: string, bytes: Buffer) => ({
    file,
    size_bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  });
  const builds = platforms.map((platform) => {
    const zip = figures(`SlicerOpener-0.1.0-${platform}.zip`, Buffer.from(`a ZIP for ${platform}`));
    fs.writeFileSync(path.join(folder, zip.file), `a ZIP for ${platform}`);
    const program = platform.startsWith("win") ? "SlicerOpener.exe" : "SlicerOpener";
    return {
      platform,
      version: "0.1.0",
      node: "20.20.2",
      source: "x",
      program: figures(`${platform}/${program}`, Buffer.alloc(72_000_000 / 1000)),
      zip,
    };
  });
  fs.writeFileSync(path.join(folder, "builds.json"), JSON.stringify({ builds }));
  return builds.map(({ zip }) => zip.file);
}
