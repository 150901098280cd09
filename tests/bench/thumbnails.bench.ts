/**
 * A model's report and 512 px picture: as a new process and in the warm worker, beside what a lab would use: f3d and
 * OpenSCAD under Xvfb. `npm run bench -- thumbnails [--only b10,b50]`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { finish, installed, median, option, put, runProcess, runs, say } from "./table";
import { makeFiles } from "./mesh-files.mjs";

const root = process.cwd();
const folder = mkdtempSync(path.join(tmpdir(), "bench-thumbnail-"));
const FILES = option("--only")?.split(",") ?? ["b1", "b10", "b50", "a50", "o10", "o50"];

const PROGRAM = `
import { writeFileSync } from "node:fs";
import { readMeshFile } from "./server/mesh/report.server";
import { reportMesh } from "./server/mesh/report";
import { examineInThread, renderThumbnail } from "./server/mesh/thumbnail.server";
const [what, file, out] = process.argv.slice(2);
if (what === "warm") {
  for (const i of [0, 1]) {
    const begun = performance.now();
    const { png } = await examineInThread(file);
    writeFileSync(out, png);
    if (i === 1) console.error("warm " + (performance.now() - begun));
  }
} else {
  const mesh = await readMeshFile(file);
  writeFileSync(out, renderThumbnail(mesh));
  if (what === "both") writeFileSync(out + ".json", JSON.stringify(reportMesh(mesh)));
}
`;

try {
  await build({
    absWorkingDir: root,
    stdin: { contents: PROGRAM, resolveDir: root, sourcefile: "run.ts", loader: "ts" },
    outfile: path.join(folder, "run.mjs"),
    bundle: true,
    external: ["esbuild"],
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
  });
  await build({
    absWorkingDir: root,
    entryPoints: { "thumbnail-thread": "server/mesh/thumbnail-thread.server.ts" },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    external: ["esbuild"],
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
  });
  say("Making the files …");
  const files = (await makeFiles(path.join(folder, "files"), FILES)) as Record<
    string,
    { file: string; what: string }
  >;
  const png = path.join(folder, "out.png");
  const drawn = () => statSync(png, { throwIfNoEntry: false })!.size > 1_000;
  const scad = path.join(folder, "import.scad");
  const ours = (what: string, file: string) => [
    process.execPath,
    path.join(folder, "run.mjs"),
    what,
    file,
    png,
  ];
  const hasXvfb = installed("xvfb-run", "xvfb");
  const xvfb = ["xvfb-run", "-a", "-s", "-screen 0 1024x768x24"];
  const peers: { name: string; there: boolean; command: (file: string) => string[]; reads: RegExp }[] = [
    {
      name: "f3d under Xvfb",
      there: hasXvfb && installed("f3d"),
      command: (file) => [
        ...xvfb,
        "f3d",
        "--dry-run",
        "--up",
        "+Z",
        "--resolution=512,512",
        `--output=${png}`,
        file,
      ],
      reads: /\.(stl|obj)$/,
    },
    {
      name: "OpenSCAD preview under Xvfb",
      there: hasXvfb && installed("openscad"),
      command: () => [...xvfb, "openscad", "-o", png, "--imgsize=512,512", "--viewall", "--autocenter", scad],
      reads: /\.stl$/,
    },
  ];

  for (const name of FILES) {
    const { file, what } = files[name]!;
    writeFileSync(scad, `import(${JSON.stringify(file)});\n`);
    const times: Record<string, { seconds: number; mb: number | null }[]> = {};
    const there = peers.filter((peer) => peer.there && peer.reads.test(file));
    const warms: number[] = [];
    // In turns, so that whatever else the machine does meets all alike.
    for (let run = 0; run < runs; run += 1) {
      for (const [key, command] of [
        ["both", ours("both", file)],
        ["alone", ours("alone", file)],
        ...there.map((peer): [string, string[]] => [peer.name, peer.command(file)]),
      ] as [string, string[]][]) {
        rmSync(png, { force: true });
        (times[key] ??= []).push(runProcess(command, drawn));
      }
      warms.push(warmSeconds(ours("warm", file)));
    }
    const seconds = (key: string) => (times[key] ? median(times[key].map((t) => t.seconds)) : null);
    const mb = (key: string) =>
      times[key] && times[key][0]!.mb !== null ? median(times[key].map((t) => t.mb!)) : null;
    const warm = median(warms);
    const bench = "thumbnails";
    for (const peer of peers.filter(({ reads }) => reads.test(file))) {
      const f3d = peer.name.startsWith("f3d");
      const large = name !== "b1";
      const common = { bench, peer_name: peer.name };
      const rows = [
        {
          case: `${what}: report and picture`,
          ours: seconds("both")!,
          peer: seconds(peer.name),
          unit: "s",
          goal: f3d && large ? 1 : null,
        },
        {
          case: `${what}: report and picture, memory`,
          ours: mb("both"),
          peer: mb(peer.name),
          unit: "MB",
          goal: f3d && large ? 0.7 : null,
        },
        {
          case: `${what}: picture alone`,
          ours: seconds("alone")!,
          peer: seconds(peer.name),
          unit: "s",
          goal: f3d ? 1 : null,
        },
        {
          case: `${what}: report and picture in the warm worker`,
          ours: warm,
          peer: seconds(peer.name),
          unit: "s",
          goal: f3d && large ? 0.7 : null,
        },
      ];
      for (const row of rows) if (row.ours !== null) put({ ...common, ...row, ours: row.ours });
    }
  }
  finish("Report and 512 px thumbnail");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The second job of a process: thread started, file read, measured, drawn, picture written. */
function warmSeconds(command: string[]): number {
  const [program, ...args] = command;
  const done = spawnSync(program!, args, { encoding: "utf8" });
  const ms = /^warm ([\d.]+)$/m.exec(done.stderr)?.[1];
  if (done.status !== 0 || ms === undefined) throw new Error(`${command.join(" ")}: ${done.stderr}`);
  return Number(ms) / 1000;
}
