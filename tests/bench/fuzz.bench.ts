/**
 * A million broken model files: each ends in a report or in a refusal with a sentence, in bounded time and memory.
 * `npm run bench -- fuzz [--inputs N] [--seed N]`; a file that fails is kept and named with its seed.
 */
import { type ChildProcess, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { judge, mutants } from "../support/mutations";
import { finish, option, put, say } from "./table";

const INPUTS = Number(option("--inputs") ?? 1_000_000);
const SEED = Number(option("--seed") ?? Math.floor(Math.random() * 1e9));
/** The longest that one small file may take, and the most memory of a process, promised for hostile files. */
const MOST_MS = 2_000;
const MOST_MB = 256;

interface Share {
  reasons: Record<string, number>;
  slowest: number;
  mb: number;
  failures: string[];
}

if (process.send) process.send(await share(Number(option("--share")), SEED));
else await bench();

/** One process's share of the files. */
async function share(inputs: number, seed: number): Promise<Share> {
  const next = await mutants(seed);
  const result: Share = { reasons: {}, slowest: 0, mb: 0, failures: [] };
  for (let run = 0; run < inputs; run++) {
    const bytes = await next();
    const begun = performance.now();
    try {
      const reason = await judge(bytes);
      result.reasons[reason] = (result.reasons[reason] ?? 0) + 1;
    } catch (error) {
      const file = path.join(os.tmpdir(), `printdesk-fuzz-${seed}-${run}.bin`);
      writeFileSync(file, bytes);
      result.failures.push(`seed ${seed}, file ${run}, kept as ${file}: ${(error as Error).stack}`);
    }
    result.slowest = Math.max(result.slowest, performance.now() - begun);
  }
  result.mb = process.resourceUsage().maxRSS / 1024;
  return result;
}

async function bench(): Promise<void> {
  const processes = os.availableParallelism();
  say(
    `${INPUTS} files in ${processes} processes, seed ${SEED} (to repeat: --seed ${SEED} --inputs ${INPUTS})`,
  );
  const begun = performance.now();
  const shares = await Promise.all(
    Array.from({ length: processes }, (_, n) => {
      const inputs = Math.floor(INPUTS / processes) + (n < INPUTS % processes ? 1 : 0);
      return result(fork(process.argv[1]!, ["--share", String(inputs), "--seed", String(SEED + n)]));
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  const reasons: Record<string, number> = {};
  for (const one of shares)
    for (const [reason, count] of Object.entries(one.reasons))
      reasons[reason] = (reasons[reason] ?? 0) + count;
  const failures = shares.flatMap((one) => one.failures);
  for (const failure of failures) say(failure);
  for (const [reason, count] of Object.entries(reasons).sort((a, b) => b[1] - a[1]))
    say(`${String(count).padStart(9)}  ${reason}`);
  const bench = "fuzz";
  put({ bench, case: `failures among ${INPUTS}`, ours: failures.length, peer: null, peer_name: "–", unit: "files", goal: 0 }); // prettier-ignore
  put({ bench, case: "slowest file", ours: Math.max(...shares.map((one) => one.slowest)), peer: MOST_MS, peer_name: "the most", unit: "ms", goal: 1 }); // prettier-ignore
  put({ bench, case: "memory of a process", ours: Math.max(...shares.map((one) => one.mb)), peer: MOST_MB, peer_name: "the most", unit: "MB", goal: 1 }); // prettier-ignore
  put({ bench, case: "files a second", ours: INPUTS / seconds, peer: null, peer_name: "–", unit: "1/s", goal: null, higher_is_better: true }); // prettier-ignore
  finish(`Broken model files, seed ${SEED}`, "one run");
  if (failures.length) process.exitCode = 1;
}

function result(child: ChildProcess): Promise<Share> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => {
      resolve(message as Share);
      child.disconnect();
    });
    child.once("exit", (code, signal) =>
      reject(new Error(`A process ended (${signal ?? code}) without an answer.`)),
    );
  });
}
