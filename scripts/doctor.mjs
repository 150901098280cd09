/** `npm run doctor`: looks at everything Printdesk needs, says what is missing and how to fix it. */
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { findBrowser } from "./browser.mjs";
import { isBuilt, isInstalled, mayWrite, root } from "./setup.mjs";

if (fs.existsSync(path.join(root, ".env"))) process.loadEnvFile?.(path.join(root, ".env"));
let problems = 0;
function report(ok, what, fix) {
  if (!ok) problems++;
  console.log(`${ok ? "ok     " : "MISSING"}  ${what}${ok || !fix ? "" : `\n         -> ${fix}`}`);
}
function note(what) {
  console.log(`note     ${what}`);
}

const [major, minor] = process.versions.node.split(".").map(Number);
report(
  major > 20 || (major === 20 && minor >= 19),
  `Node.js ${process.versions.node} (20.19 or newer)`,
  "install a newer Node.js",
);

const installed = isInstalled();
report(installed, "packages installed", "npm ci");
if (isBuilt()) report(true, "build up to date");
else note("the build is missing or old; npm start makes it");

report(mayWrite(), `${root} can be written to`, "give this user write permission there");
for (const [name, fallback] of [
  ["DATA_DIR", "data"],
  ["STORAGE_PATH", "storage"],
]) {
  const folder = path.resolve(root, process.env[name] || fallback);
  let nearest = folder;
  while (!fs.existsSync(nearest)) nearest = path.dirname(nearest);
  report(
    mayWrite(nearest),
    `${name} ${folder} can be written to`,
    `give this user write permission, or set ${name}`,
  );
}

const host = process.env.HOST || "127.0.0.1";
const port = Number(process.env.PORT || 3000);
const code = await new Promise((resolve) => {
  const server = net.createServer();
  server.once("error", (error) => resolve(error.code));
  server.listen(port, host, () => server.close(() => resolve(undefined)));
});
report(
  code === undefined,
  `port ${port} on ${host} is free`,
  `${code}: stop what uses it (Printdesk itself?) or set PORT`,
);

if (process.env.DATABASE_URL) {
  let failure = "packages are not installed, not tried";
  let where = "";
  try {
    const url = new URL(process.env.DATABASE_URL);
    where = `${url.hostname}:${url.port || 5432}${url.pathname}`;
    const { default: pg } = await import("pg");
    const client = new pg.Client({
      connectionString: process.env.DATABASE_URL,
      connectionTimeoutMillis: 5000,
    });
    client.on("error", () => {});
    await client.connect();
    failure = undefined;
    await client.end();
  } catch (error) {
    failure = error.message || error.code;
  }
  report(!failure, `database ${where} answers`, `${failure}; check DATABASE_URL and the server`);
} else note("DATABASE_URL is not set: npm start uses its built-in PostgreSQL");

if (installed) {
  const browser = findBrowser();
  if (browser) report(true, `browser for the tests: ${browser}`);
  else note("no browser for the tests; npm test tries to get one");
}

console.log(
  problems ? `\n${problems} thing${problems > 1 ? "s" : ""} to fix.` : "\nEverything needed is here.",
);
process.exitCode = problems ? 1 : 0;
