/** Builds everything into build/: the Remix app with Vite, the Node programs with esbuild. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { buildStamp, root, sourceHash } from "./setup.mjs";

const entries = {
  web: "server/index.ts",
  worker: "workers/index.ts",
  launch: "scripts/launch.ts",
  "hash-password": "scripts/hash-password.ts",
  migrate: "scripts/migrate.ts",
  chore: "scripts/chore.ts",
  backup: "scripts/backup.ts",
  restore: "scripts/restore.ts",
  quirrel: "scripts/quirrel.ts",
  verify: "scripts/verify.ts",
  mesh: "scripts/mesh.ts",
  monitor: "scripts/monitor.ts",
  demo: "scripts/demo.ts",
  "thumbnail-thread": "server/mesh/thumbnail-thread.server.ts",
};

const started = Date.now();
const stamp = sourceHash();
fs.rmSync(buildStamp, { force: true });

const missing = Object.values(entries).filter((file) => !fs.existsSync(path.join(root, file)));
if (missing.length) {
  console.error(`build: missing ${missing.join(", ")}`);
  process.exit(1);
}

const remix = spawnSync(
  process.execPath,
  [
    path.join(root, "node_modules", "@remix-run", "dev", "dist", "cli.js"),
    "vite:build",
    "--logLevel",
    "warn",
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, NODE_ENV: "production" } },
);
if (remix.status !== 0) {
  console.error("build: the Remix build failed.");
  process.exit(1);
}

const esbuild = await import("esbuild");
try {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([out, file]) => ({ in: file, out })),
    outdir: "build",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: true,
    logLevel: "warning",
  });
} catch {
  process.exit(1);
}

// Last: an interrupted build is never taken for a finished one.
fs.writeFileSync(buildStamp, `${stamp}\n`);
console.log(`Built in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
