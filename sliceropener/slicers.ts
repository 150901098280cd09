/** Which programs could open a file: those of config.ini, or else the usual ones that are installed here. */
import fs from "node:fs";
import type { Slicer } from "./config";
import { pathsOf, type Platform } from "./place";
import { shown, Stop } from "./verdicts";

const MODELS = [".stl", ".obj", ".3mf"];

interface Known {
  name: string;
  extensions: string[];
  /** Where it is usually installed; one `*` per name stands for a version. */
  places: Record<Platform, string[]>;
}

const flatpak = (id: string) => [
  `/var/lib/flatpak/exports/bin/${id}`,
  `~/.local/share/flatpak/exports/bin/${id}`,
];

/** Offered when config.ini names none. */
export const KNOWN: readonly Known[] = [
  {
    name: "PrusaSlicer",
    extensions: [...MODELS, ".amf", ".step", ".stp"],
    places: {
      win32: [
        "%ProgramFiles%\\Prusa3D\\PrusaSlicer\\prusa-slicer.exe",
        "%LOCALAPPDATA%\\Programs\\PrusaSlicer\\prusa-slicer.exe",
      ],
      linux: ["/usr/bin/prusa-slicer", "/usr/local/bin/prusa-slicer", ...flatpak("com.prusa3d.PrusaSlicer")],
      darwin: [
        "/Applications/Original Prusa Drivers/PrusaSlicer.app/Contents/MacOS/PrusaSlicer",
        "/Applications/PrusaSlicer.app/Contents/MacOS/PrusaSlicer",
      ],
    },
  },
  {
    name: "OrcaSlicer",
    extensions: [...MODELS, ".amf", ".step", ".stp"],
    places: {
      win32: ["%ProgramFiles%\\OrcaSlicer\\orca-slicer.exe"],
      linux: ["/usr/bin/orca-slicer", "/usr/local/bin/orca-slicer", ...flatpak("io.github.softfever.OrcaSlicer")], // prettier-ignore
      darwin: ["/Applications/OrcaSlicer.app/Contents/MacOS/OrcaSlicer"],
    },
  },
  {
    name: "Bambu Studio",
    extensions: [...MODELS, ".amf", ".step", ".stp"],
    places: {
      win32: ["%ProgramFiles%\\Bambu Studio\\bambu-studio.exe"],
      linux: ["/usr/bin/bambu-studio", "/usr/local/bin/bambu-studio", ...flatpak("com.bambulab.BambuStudio")],
      darwin: ["/Applications/BambuStudio.app/Contents/MacOS/BambuStudio"],
    },
  },
  {
    name: "UltiMaker Cura",
    extensions: [...MODELS, ".amf"],
    places: {
      win32: [
        "%ProgramFiles%\\UltiMaker Cura *\\UltiMaker-Cura.exe",
        "%ProgramFiles%\\Ultimaker Cura *\\Ultimaker-Cura.exe",
      ],
      linux: ["/usr/bin/cura", "/usr/local/bin/cura", ...flatpak("com.ultimaker.cura")],
      darwin: [
        "/Applications/UltiMaker Cura.app/Contents/MacOS/UltiMaker-Cura",
        "/Applications/Ultimaker Cura.app/Contents/MacOS/Ultimaker-Cura",
      ],
    },
  },
  {
    name: "PreForm",
    extensions: [...MODELS, ".form"],
    places: {
      win32: ["%ProgramFiles%\\Formlabs\\PreForm\\PreForm.exe"],
      linux: [],
      darwin: ["/Applications/PreForm.app/Contents/MacOS/PreForm"],
    },
  },
  {
    name: "ideaMaker",
    extensions: [...MODELS, ".idea"],
    places: {
      win32: ["%ProgramFiles%\\Raise3D\\ideaMaker\\ideaMaker.exe"],
      linux: ["/usr/bin/ideamaker", "/opt/ideaMaker/ideaMaker"],
      darwin: ["/Applications/ideaMaker.app/Contents/MacOS/ideaMaker"],
    },
  },
];

/** True for a program that is there. */
export function isProgram(path: string): boolean {
  try {
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The usual slicers that are installed on this computer. */
export function installedSlicers(platform: Platform, env: Record<string, string | undefined>): Slicer[] {
  return KNOWN.flatMap(({ name, extensions, places }) => {
    const path = places[platform].flatMap((place) => expand(platform, place, env)).find(isProgram);
    return path ? [{ name, path, extensions, arguments: [] }] : [];
  });
}

function expand(platform: Platform, place: string, env: Record<string, string | undefined>): string[] {
  let known = true;
  const fill = (name: string) => env[name] ?? ((known = false), "");
  const path = place.replace(/%([^%]+)%/g, (_, name: string) => fill(name)).replace(/^~/, () => fill("HOME"));
  if (!known) return [];
  if (!path.includes("*")) return [path];
  // The newest version of those that are there.
  const { dirname, basename, join } = pathsOf(platform);
  const folder = dirname(path);
  const prefix = basename(folder).slice(0, -1).toLowerCase();
  try {
    return fs
      .readdirSync(dirname(folder))
      .filter((name) => name.toLowerCase().startsWith(prefix))
      .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
      .map((name) => join(dirname(folder), name, basename(path)));
  } catch {
    return [];
  }
}

/**
 * The slicers that take this file and are there.
 * @throws Stop `no_slicer` when none takes it, `slicer_missing` when none of those that do is installed
 */
export function slicersFor(
  platform: Platform,
  file: string,
  slicers: readonly Slicer[],
  there: (path: string) => boolean = isProgram,
): Slicer[] {
  const { extname, basename } = pathsOf(platform);
  const ext = extname(file).toLowerCase();
  const fitting = slicers.filter(({ extensions }) => extensions.includes(ext));
  if (fitting.length === 0)
    throw new Stop(
      "no_slicer",
      slicers.length === 0
        ? "No slicer was found on this computer. Install one, or name it in config.ini: [slicer_…] with name, path and extensions."
        : `No slicer on this computer is set up for ${ext ? `${shown(ext, 20)} files` : "files without an extension"} (“${shown(basename(file), 80)}”). Add the extension to a [slicer_…] section of config.ini.`,
      file,
    );
  const found = fitting.filter(({ path }) => there(path));
  if (found.length === 0)
    throw new Stop(
      "slicer_missing",
      `${fitting.map(({ name, path }) => `${name} is not at ${path}`).join("; ")}. Correct the path in config.ini or install the slicer.`,
      file,
    );
  return found;
}

/** What the slicer is started with. The file is one argument by itself and, being an absolute path, never an option. */
export function argumentsFor(slicer: Slicer, file: string): string[] {
  return slicer.arguments.some((word) => word.includes("{file}"))
    ? slicer.arguments.map((word) => word.replaceAll("{file}", () => file))
    : [...slicer.arguments, file];
}
