/** Linux: a .desktop entry and the default for the scheme, as the desktop's own tools write it. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Registration } from "./registration";

const ENTRY = "sliceropener.desktop";
const SCHEME = "x-scheme-handler/print3d";

const home = () => process.env.HOME || os.homedir();
const dataHome = () => process.env.XDG_DATA_HOME || path.join(home(), ".local", "share");
const configHome = () => process.env.XDG_CONFIG_HOME || path.join(home(), ".config");
const entryFile = (everybody: boolean) =>
  path.join(everybody ? "/usr/share" : dataHome(), "applications", ENTRY);

/**
 * One argument as the desktop entry's own grammar quotes it, with its field codes kept from being read as such. Plain
 * where that will do: xdg-open outside a desktop reads no quotes.
 */
function quoted(program: string): string {
  if (/^[\w./+-]+$/.test(program)) return program;
  return `"${program.replace(/["`$\\]/g, "\\$&")}"`.replaceAll("\\", "\\\\").replaceAll("%", "%%");
}

const unquoted = (exec: string) =>
  exec
    .replaceAll("%%", "\u0000")
    .replace(/ %u$/, "")
    .replaceAll("\u0000", "%")
    .replaceAll("\\\\", "\\")
    .replace(/^"(.*)"$/, "$1")
    .replace(/\\(["`$\\])/g, "$1");

function tool(program: string, args: string[]): string | null {
  const done = spawnSync(program, args, {
    encoding: "utf8",
    timeout: 20_000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return done.status === 0 ? done.stdout.trim() : null;
}

/** The user's list of defaults; changed by hand, since xdg-mime can set one but not take it back. */
function editDefaults(file: string, handler: string | null): void {
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  const lines = text.split("\n").filter((line) => !line.startsWith(`${SCHEME}=`) || !line.includes(ENTRY));
  if (handler) {
    const at = lines.indexOf("[Default Applications]");
    if (at >= 0) lines.splice(at + 1, 0, `${SCHEME}=${handler}`);
    else lines.unshift("[Default Applications]", `${SCHEME}=${handler}`, "");
  }
  if (lines.join("\n") === text) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, lines.join("\n"));
}

const defaultsFiles = () => [
  path.join(configHome(), "mimeapps.list"),
  path.join(dataHome(), "applications", "mimeapps.list"),
];

export const linux: Registration = {
  register(program, everybody) {
    const file = entryFile(everybody);
    if (/[\n\r\t=]/.test(program))
      throw new Error(`The program's own path cannot be written into a desktop entry: ${program}`);
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(
        file,
        [
          "[Desktop Entry]",
          "Type=Application",
          "Name=Slicer opener",
          "Comment=Opens a file of the print desk in the slicer",
          `Exec=${quoted(program)} %u`,
          "NoDisplay=true",
          "Terminal=false",
          "StartupNotify=false",
          `MimeType=${SCHEME};`,
          "",
        ].join("\n"),
      );
    } catch (error) {
      throw new Error(`${file} could not be written (${(error as Error).message}).`);
    }
    tool("update-desktop-database", [path.dirname(file)]);
    if (!everybody && tool("xdg-mime", ["default", ENTRY, SCHEME]) === null)
      editDefaults(defaultsFiles()[0]!, ENTRY);
  },
  unregister(everybody) {
    fs.rmSync(entryFile(everybody), { force: true });
    tool("update-desktop-database", [path.dirname(entryFile(everybody))]);
    if (!everybody) for (const file of defaultsFiles()) editDefaults(file, null);
  },
  current() {
    const handler = tool("xdg-mime", ["query", "default", SCHEME]);
    if (handler && handler !== ENTRY) return handler;
    for (const everybody of [false, true]) {
      const file = entryFile(everybody);
      if (!fs.existsSync(file)) continue;
      const exec = /^Exec=(.*)$/m.exec(fs.readFileSync(file, "utf8"))?.[1];
      if (exec) return unquoted(exec);
    }
    return null;
  },
};
