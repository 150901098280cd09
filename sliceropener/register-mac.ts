/**
 * macOS: links arrive as an event, not as an argument, so a small AppleScript application receives it and hands it on.
 * Not tested by us: we have no Mac.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Registration } from "./registration";

const bundle = (everybody: boolean) =>
  path.join(everybody ? "/Applications" : path.join(os.homedir(), "Applications"), "SlicerOpener Links.app");
const LSREGISTER =
  "/System/Library/Frameworks/CoreServices.framework/Frameworks/LaunchServices.framework/Support/lsregister";

function must(program: string, args: string[]): void {
  const done = spawnSync(program, args, { encoding: "utf8", timeout: 60_000 });
  if (done.status !== 0)
    throw new Error(`${path.basename(program)} failed: ${done.error?.message ?? done.stderr.trim()}`);
}

export const mac: Registration = {
  register(program, everybody) {
    const app = bundle(everybody);
    fs.rmSync(app, { recursive: true, force: true });
    fs.mkdirSync(path.dirname(app), { recursive: true });
    const literal = program.replace(/[\\"]/g, "\\$&");
    must("/usr/bin/osacompile", [
      ...["-o", app],
      ...["-e", "on open location theLink"],
      ...["-e", `do shell script quoted form of "${literal}" & " " & quoted form of theLink & " > /dev/null 2>&1 &"`], // prettier-ignore
      ...["-e", "end open location"],
    ]);
    const plist = path.join(app, "Contents", "Info.plist");
    const types = [{ CFBundleURLName: "Print desk file", CFBundleURLSchemes: ["print3d"] }];
    must("/usr/bin/plutil", [
      "-replace",
      "CFBundleIdentifier",
      "-string",
      "edu.printdesk.sliceropener",
      plist,
    ]);
    must("/usr/bin/plutil", ["-replace", "LSUIElement", "-bool", "YES", plist]);
    must("/usr/bin/plutil", ["-replace", "CFBundleURLTypes", "-json", JSON.stringify(types), plist]);
    fs.writeFileSync(path.join(app, "Contents", "Resources", "program.txt"), `${program}\n`);
    must(LSREGISTER, ["-f", app]);
  },
  unregister(everybody) {
    const app = bundle(everybody);
    if (!fs.existsSync(app)) return;
    spawnSync(LSREGISTER, ["-u", app], { timeout: 60_000 });
    fs.rmSync(app, { recursive: true, force: true });
  },
  current() {
    for (const everybody of [false, true]) {
      const file = path.join(bundle(everybody), "Contents", "Resources", "program.txt");
      if (fs.existsSync(file)) return fs.readFileSync(file, "utf8").trim();
    }
    return null;
  },
};
