/**
 * `npm run build:opener [-- --only linux-x64,win-x64] [--out FOLDER] [--if-changed]`: the slicer opener as single executables, made of one
 * bundled source and Node itself: this Node for this system, Node's package of the same version for the others.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { pipeline } from "node:stream/promises";
import { checkNode, npmProgram, root } from "./setup.mjs";

const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";
const VERSION = process.versions.node;
const source = path.join(root, "sliceropener");
const here = { win32: "win", darwin: "darwin", linux: "linux" }[process.platform] + `-${process.arch}`;

/** What is built for each platform, and what lies beside it in the ZIP. */
const TARGETS = {
  "win-x64": {
    program: "SlicerOpener.exe",
    node: "node.exe",
    scripts: ["register.bat", "unregister.bat"],
    example: {
      STORAGE: "Z:\\storage",
      LOG: "%LOCALAPPDATA%\\SlicerOpener\\sliceropener.log",
      PRUSA: "%ProgramFiles%\\Prusa3D\\PrusaSlicer\\prusa-slicer.exe",
      ORCA: "%ProgramFiles%\\OrcaSlicer\\orca-slicer.exe",
    },
  },
  "linux-x64": unix("/mnt/storage", "/usr/bin/prusa-slicer", "/usr/bin/orca-slicer"),
  ...(process.platform === "darwin" && {
    [here]: unix(
      "/Volumes/storage",
      "/Applications/PrusaSlicer.app/Contents/MacOS/PrusaSlicer",
      "/Applications/OrcaSlicer.app/Contents/MacOS/OrcaSlicer",
    ),
  }),
};

function unix(STORAGE, PRUSA, ORCA) {
  return {
    program: "SlicerOpener",
    node: "bin/node",
    scripts: ["register.sh", "unregister.sh"],
    example: { STORAGE, LOG: "/tmp/sliceropener.log", PRUSA, ORCA },
  };
}

const option = (name) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
};

checkNode();
const out = path.resolve(option("--out") ?? path.join(root, "build", "opener"));
const work = path.join(out, ".work");
const wanted = (option("--only") ?? Object.keys(TARGETS).join(",")).split(",").filter(Boolean);
const unknown = wanted.filter((name) => !TARGETS[name]);
if (unknown.length) {
  console.error(
    `build:opener: cannot build for ${unknown.join(", ")} here; there are ${Object.keys(TARGETS).join(", ")}.`,
  );
  process.exit(2);
}

const version = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).version;
const manifest = path.join(out, "builds.json");
const before = fs.existsSync(manifest) ? JSON.parse(fs.readFileSync(manifest, "utf8")).builds : [];
const stamp = sourceStamp();
if (process.argv.includes("--if-changed") && wanted.every(isThere)) {
  console.log(`The slicer opener is built already: ${wanted.join(", ")}.`);
  process.exit(0);
}

fs.rmSync(work, { recursive: true, force: true });
fs.mkdirSync(work, { recursive: true });
const builds = [];
const failed = [];
try {
  const blob = await makeBlob();
  for (const name of wanted) {
    try {
      builds.push(await build(name, blob));
    } catch (error) {
      failed.push(name);
      console.error(`build:opener: ${name} could not be built: ${error.message}`);
    }
  }
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
// What an earlier run built for the other platforms stays.
const kept = before.filter((old) => !builds.some(({ platform }) => platform === old.platform));
const all = [...kept, ...builds].sort((a, b) => a.platform.localeCompare(b.platform, "en"));
fs.writeFileSync(manifest, `${JSON.stringify({ builds: all }, null, 2)}\n`);
process.exitCode = failed.length || builds.length === 0 ? 1 : 0;

/** What the programs are made of, as one figure. */
function sourceStamp() {
  const hash = createHash("sha256").update(`${VERSION} ${version}`);
  for (const name of fs.readdirSync(source).sort())
    hash.update(name).update(fs.readFileSync(path.join(source, name)));
  return hash.update(fs.readFileSync(fileURLToPath(import.meta.url))).digest("hex");
}

function isThere(name) {
  const build = before.find(({ platform }) => platform === name);
  return (
    build?.source === stamp &&
    [build.program, build.zip].every(({ file }) => fs.existsSync(path.join(out, file)))
  );
}

/** The program as one script, in the form that Node carries inside itself. Made without code cache: that would bind it to this system. */
async function makeBlob() {
  const { build } = await import("esbuild");
  const main = path.join(work, "opener.cjs");
  await build({
    absWorkingDir: root,
    entryPoints: [path.join(source, "main.ts")],
    outfile: main,
    bundle: true,
    minify: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    define: { OPENER_VERSION: JSON.stringify(version) },
    logLevel: "warning",
  });
  const output = path.join(work, "opener.blob");
  const config = path.join(work, "sea.json");
  fs.writeFileSync(
    config,
    JSON.stringify({
      main,
      output,
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache: false,
    }),
  );
  run(process.execPath, ["--experimental-sea-config", config]);
  return fs.readFileSync(output);
}

async function build(name, blob) {
  const { program, scripts, example } = TARGETS[name];
  const folder = path.join(out, name);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, program);
  fs.copyFileSync(nodeFor(name), file);
  fs.chmodSync(file, 0o755);
  if (name.startsWith("win")) await makeWindowsProgram(file);
  else if (name.startsWith("linux")) strip(file);
  else run("codesign", ["--remove-signature", file]);
  const { inject } = await import("postject");
  await quietly(() =>
    inject(file, "NODE_SEA_BLOB", blob, {
      sentinelFuse: FUSE,
      ...(name.startsWith("darwin") && { machoSegmentName: "NODE_SEA" }),
    }),
  );
  if (name.startsWith("darwin")) run("codesign", ["--sign", "-", file]);

  const ini = Object.entries(example).reduce(
    (text, [key, value]) => text.replaceAll(`@${key}@`, () => value),
    fs.readFileSync(path.join(source, "config.example.ini"), "utf8"),
  );
  const windows = name.startsWith("win");
  const lines = (text) => (windows ? text.replace(/\r?\n/g, "\r\n") : text);
  fs.writeFileSync(path.join(folder, "config.example.ini"), lines(ini));
  for (const each of ["README.md", ...scripts]) {
    fs.writeFileSync(path.join(folder, each), lines(fs.readFileSync(path.join(source, each), "utf8")));
    if (each.endsWith(".sh")) fs.chmodSync(path.join(folder, each), 0o755);
  }
  const zip = `SlicerOpener-${version}-${name}.zip`;
  for (const old of fs.readdirSync(out)) if (old.endsWith(`-${name}.zip`)) fs.rmSync(path.join(out, old));
  await pack(folder, path.join(out, zip));
  const entry = {
    platform: name,
    version,
    node: VERSION,
    source: stamp,
    program: { file: `${name}/${program}`, ...figures(file) },
    zip: { file: zip, ...figures(path.join(out, zip)) },
  };
  for (const { file: what, size_bytes, sha256 } of [entry.program, entry.zip])
    console.log(`${what.padEnd(40)} ${(size_bytes / 1e6).toFixed(1).padStart(6)} MB  SHA-256 ${sha256}`);
  return entry;
}

function figures(file) {
  const bytes = fs.readFileSync(file);
  return { size_bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** The plain Node program of a platform; fetched ones are kept, apart from this project's own packages. */
function nodeFor(name) {
  // A distribution's own Node may keep its parts in libraries, and cannot carry a program then.
  if (name === here && fs.readFileSync(process.execPath).includes(FUSE)) return process.execPath;
  const spec = `node-${name}@${VERSION}`;
  const folder = path.join(root, ".cache", "opener", `node-${name}-${VERSION}`);
  const file = path.join(
    folder,
    "package",
    ...(TARGETS[name].node === "node.exe" ? ["bin", "node.exe"] : ["bin", "node"]),
  );
  if (fs.existsSync(path.join(folder, ".whole"))) return file;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  console.log(`Fetching ${spec} …`);
  const npm = npmProgram();
  run(
    npm.program,
    [...npm.args, "pack", spec, "--silent", "--ignore-scripts", "--pack-destination", folder],
    {
      cwd: folder,
      shell: npm.shell,
    },
  );
  const archive = fs.readdirSync(folder).find((each) => each.endsWith(".tgz"));
  if (!archive) throw new Error(`${spec} was not found`);
  run("tar", ["-xzf", archive, "package/bin"], { cwd: folder });
  fs.rmSync(path.join(folder, archive));
  if (!fs.existsSync(file)) throw new Error(`${spec} does not hold ${path.basename(file)}`);
  fs.writeFileSync(path.join(folder, ".whole"), "");
  return file;
}

/** Our names instead of Node's, and no console window. Node's signature would no longer fit and goes. */
async function makeWindowsProgram(file) {
  const { NtExecutable, NtExecutableResource, Resource } = await import("resedit");
  const exe = NtExecutable.from(fs.readFileSync(file), { ignoreCert: true });
  exe.newHeader.optionalHeader.subsystem = 2; // GUI
  const resources = NtExecutableResource.from(exe);
  const [info] = Resource.VersionInfo.fromEntries(resources.entries);
  const language = info.getAllLanguagesForStringValues()[0];
  const [major, minor, patch] = version.split(".").map(Number);
  for (const old of Object.keys(info.getStringValues(language))) info.removeStringValue(language, old);
  info.setStringValues(language, {
    ProductName: "Printdesk slicer opener",
    FileDescription: "Opens files of the print desk in the slicer",
    InternalName: "SlicerOpener",
    OriginalFilename: "SlicerOpener.exe",
    LegalCopyright: "Contains Node.js, see https://nodejs.org for its licence",
  });
  info.setFileVersion(major, minor, patch, 0, language);
  info.setProductVersion(major, minor, patch, 0, language);
  info.outputToResourceEntries(resources.entries);
  // Node's icon is not ours.
  resources.entries = resources.entries.filter(({ type }) => type !== 3 && type !== 14);
  resources.outputResource(exe);
  fs.writeFileSync(file, Buffer.from(exe.generate()));
}

/** Without the names of Node's own functions, which only a debugger wants; where the tool is missing they stay. */
function strip(file) {
  spawnSync("strip", [file], { stdio: "ignore" });
}

async function pack(folder, zipFile) {
  const { ZipFile } = await import("yazl");
  const zip = new ZipFile();
  for (const name of fs.readdirSync(folder).sort()) {
    const { mode } = fs.statSync(path.join(folder, name));
    zip.addFile(path.join(folder, name), name, { mode: mode & 0o100 ? 0o100755 : 0o100644 });
  }
  zip.end();
  await pipeline(zip.outputStream, fs.createWriteStream(zipFile));
}

function run(program, args, options = {}) {
  const done = spawnSync(program, args, { encoding: "utf8", timeout: 300_000, ...options });
  if (done.status !== 0)
    throw new Error(
      `${path.basename(program)} ${args[0]} failed: ${(done.error?.message ?? (done.stderr || done.stdout)).trim().slice(-500)}`,
    );
}

/** The injecting library says on the console what it thinks of Node's own sections. */
async function quietly(work) {
  const { warn, log } = console;
  console.warn = console.log = () => undefined;
  try {
    await work();
  } finally {
    Object.assign(console, { warn, log });
  }
}
