/**
 * `npm run monitor -- [--url URL] [--json]`: asks the running product how it is, from outside, and, without --url, looks
 * at this machine's disks. A line per check; ends with 1 when something is wrong, 2 on wrong use. For cron, Task Scheduler and people, on every system.
 */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

interface Check {
  name: string;
  ok: boolean;
  says: string;
}

const USAGE = "Usage: npm run monitor -- [--url http://localhost:3000] [--json]";
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const LIMIT_MS = 10_000;
/** A disk with less than this share free is told as wrong, in per cent. */
const FREE_PERCENT = 5;

/** Everything that is checked: the web process, its database and storage, each component, the disks. */
export async function check(url: string, folders: Record<string, string>): Promise<Check[]> {
  const [alive, ready, health] = await Promise.all([
    ask(url, "/healthz"),
    ask(url, "/readyz"),
    components(url),
  ]);
  return [alive, ready, ...health, ...Object.entries(folders).map(([name, folder]) => disk(name, folder))];
}

async function get(url: string, address: string): Promise<{ status: number; text: string; ms: number }> {
  const started = performance.now();
  const answer = await fetch(new URL(address, url), {
    signal: AbortSignal.timeout(LIMIT_MS),
    redirect: "manual",
  });
  const text = await answer.text();
  return { status: answer.status, text, ms: Math.round(performance.now() - started) };
}

async function ask(url: string, address: string): Promise<Check> {
  try {
    const { status, text, ms } = await get(url, address);
    const words = text.split("\n")[0]!.slice(0, 100);
    return {
      name: address,
      ok: status === 200,
      says: status === 200 ? `${words}, ${ms} ms` : `${status}: ${words}`,
    };
  } catch (error) {
    return { name: address, ok: false, says: why(error) };
  }
}

async function components(url: string): Promise<Check[]> {
  const name = "/api/v1/health";
  try {
    const { status, text, ms } = await get(url, name);
    const { components = {} } = JSON.parse(text) as { components?: Record<string, string> };
    const { details = "", ...states } = components;
    return [
      {
        name,
        ok: status === 200,
        says: status === 200 ? `${details || "all is well"}, ${ms} ms` : `${status}: ${details}`,
      },
      // The queue alone being away is told, and no failure: the sweep does its work.
      ...Object.entries(states).map(([part, state]) => ({
        name: part,
        ok: state === "ok" || part === "queue",
        says: state,
      })),
    ];
  } catch (error) {
    return [{ name, ok: false, says: why(error) }];
  }
}

function disk(name: string, folder: string): Check {
  try {
    const { bavail, blocks, bfree, bsize } = fs.statfsSync(folder);
    const percent = (bavail / Math.max(1, blocks - bfree + bavail)) * 100;
    const says = `${((bavail * bsize) / 1e9).toFixed(1)} GB free (${Math.round(percent)} %) at ${folder}`;
    return { name: `disk of ${name}`, ok: percent >= FREE_PERCENT, says };
  } catch (error) {
    return {
      name: `disk of ${name}`,
      ok: false,
      says: `${folder}: ${(error as NodeJS.ErrnoException).code}`,
    };
  }
}

function why(error: unknown): string {
  const { cause, message, name } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === "TimeoutError") return `no answer within ${LIMIT_MS / 1000} s`;
  return name === "SyntaxError"
    ? "the answer is not Printdesk's"
    : (cause?.code ?? cause?.message ?? message);
}

/** Runs the command. @returns the exit code */
export async function main(args: string[]): Promise<number> {
  const file = path.join(root, ".env");
  if (fs.existsSync(file)) process.loadEnvFile(file);
  const { HOST, PORT, DATA_DIR, STORAGE_PATH } = process.env;
  const host =
    !HOST || HOST === "0.0.0.0" || HOST === "::" ? "localhost" : HOST.includes(":") ? `[${HOST}]` : HOST;
  let here = true;
  let url = `http://${host}:${PORT || 3000}`;
  let json = false;
  for (let i = 0; i < args.length; i += 1) {
    if (args[i] === "--json") json = true;
    else if (args[i] === "--url" && URL.canParse(args[i + 1] ?? "")) {
      // Another machine's product: this one's disks are beside the point.
      here = false;
      url = args[(i += 1)]!;
    } else {
      console.error(USAGE);
      return 2;
    }
  }
  const at = (folder: string | undefined, fallback: string) => path.resolve(root, folder || fallback);
  const disks: Record<string, string> = here
    ? { data: at(DATA_DIR, "data"), storage: at(STORAGE_PATH, "storage") }
    : {};
  const checks = await check(url, disks);
  const ok = checks.every((one) => one.ok);
  if (json) console.log(JSON.stringify({ url, at: new Date().toISOString(), ok, checks }));
  else {
    const width = Math.max(...checks.map(({ name }) => name.length));
    for (const { name, ok, says } of checks)
      console.log(`${ok ? "ok   " : "WRONG"}  ${name.padEnd(width)}  ${says}`);
  }
  return ok ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.exitCode = await main(process.argv.slice(2));
