/** The slicer opener's config.ini for one workstation. Pure. */

export type OpenerPlatform = "win" | "linux" | "darwin";

/** The kind of computer that mounts the storage like this. */
export function platformOfMount(mount: string): OpenerPlatform {
  if (/^[A-Za-z]:|^\\\\/.test(mount)) return "win";
  return mount.startsWith("/Volumes/") ? "darwin" : "linux";
}

const SLICERS: Record<OpenerPlatform, [prusa: string, orca: string]> = {
  win: [
    "%ProgramFiles%\\Prusa3D\\PrusaSlicer\\prusa-slicer.exe",
    "%ProgramFiles%\\OrcaSlicer\\orca-slicer.exe",
  ],
  linux: ["/usr/bin/prusa-slicer", "/usr/bin/orca-slicer"],
  darwin: [
    "/Applications/PrusaSlicer.app/Contents/MacOS/PrusaSlicer",
    "/Applications/OrcaSlicer.app/Contents/MacOS/OrcaSlicer",
  ],
};

/**
 * @param workstation its name, for the first line
 * @param mount where it mounts the storage
 * @returns the file's text, with the line ends of its system
 */
export function openerConfig(workstation: string, mount: string): string {
  const platform = platformOfMount(mount);
  const [prusa, orca] = SLICERS[platform];
  const plain = (text: string) => text.replace(/\p{Cc}+/gu, " ").trim();
  const lines = [
    `; Slicer opener on ${plain(workstation)}. Put this file beside the program, as config.ini.`,
    "[main]",
    `AUTHORITATIVE_STORAGE_BASE_PATH = ${plain(mount)}`,
    "",
    "; Shown are: all (a short word after each opening too), errors, none.",
    "DIALOGS = all",
    "",
    "; Without a [slicer_...] section the usual slicers that are installed are found by themselves.",
    "; To choose them yourself, take away the semicolons and correct the paths.",
    ";[slicer_prusa]",
    ";name = PrusaSlicer",
    `;path = ${prusa}`,
    ";extensions = .stl, .obj, .3mf",
    ";",
    ";[slicer_orca]",
    ";name = OrcaSlicer",
    `;path = ${orca}`,
    ";extensions = .stl, .obj, .3mf",
    "",
  ];
  return lines.join(platform === "win" ? "\r\n" : "\n");
}
