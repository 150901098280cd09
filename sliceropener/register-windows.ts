/** Windows: the registry, through the system's own reg.exe. For this user no administrator's rights are needed. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Registration } from "./registration";

const keyOf = (everybody: boolean) => `${everybody ? "HKLM" : "HKCU"}\\Software\\Classes\\print3d`;

/** @returns what reg.exe wrote, or null when it failed */
function reg(args: string[]): string | null {
  const program = path.win32.join(process.env.SystemRoot ?? "C:\\Windows", "System32", "reg.exe");
  // Through a file: a program without a console has no pipes everywhere.
  const file = path.join(os.tmpdir(), `sliceropener-${process.pid}-reg.txt`);
  const out = fs.openSync(file, "w+");
  try {
    const done = spawnSync(program, args, {
      stdio: ["ignore", out, out],
      windowsHide: true,
      timeout: 20_000,
    });
    const bytes = fs.readFileSync(file);
    const text = bytes.includes(0) ? bytes.toString("utf16le") : bytes.toString("utf8");
    return done.status === 0 ? text : null;
  } finally {
    fs.closeSync(out);
    fs.rmSync(file, { force: true });
  }
}

function must(args: string[], everybody: boolean): void {
  if (reg(args) === null)
    throw new Error(
      `The registry could not be changed at ${args[1]}.${everybody ? " For all users, run this as an administrator." : ""}`,
    );
}

export const windows: Registration = {
  register(program, everybody) {
    const key = keyOf(everybody);
    const set = (name: string, value: string, below = "") =>
      must(
        ["add", `${key}${below}`, ...(name ? ["/v", name] : ["/ve"]), "/t", "REG_SZ", "/d", value, "/f"],
        everybody,
      );
    set("", "URL:Print desk file");
    set("URL Protocol", "");
    set("", `"${program}",0`, "\\DefaultIcon");
    // The quotes keep blanks together; a link that brings quotes of its own arrives as several arguments and is refused.
    set("", `"${program}" "%1"`, "\\shell\\open\\command");
  },
  unregister(everybody) {
    if (reg(["query", keyOf(everybody)]) === null) return;
    must(["delete", keyOf(everybody), "/f"], everybody);
  },
  current() {
    for (const everybody of [false, true]) {
      const text = reg(["query", `${keyOf(everybody)}\\shell\\open\\command`, "/ve"]);
      const value = text && /REG_SZ\s+(.*\S)/.exec(text)?.[1];
      if (value) return value;
    }
    return null;
  },
};
