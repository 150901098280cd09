/** Ten thousand broken files: each ends in a report or in a refusal with a sentence, soon. (A million: `npm run bench -- fuzz`.) */
import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { reportModel } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { zip } from "../support/models";
import { judge, mutants, random } from "../support/mutations";

const RUNS = Number(process.env.MESH_FUZZ_RUNS ?? 10_000);
const SEED = Number(process.env.MESH_FUZZ_SEED ?? 20_260);

test(`${RUNS} mutated files end in a report or a refusal`, { timeout: 300_000 }, async () => {
  const next = await mutants(SEED);
  const reasons = new Map<string, number>();
  let slowest = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const bytes = await next();
    const started = performance.now();
    const reason = await judge(bytes).catch((cause: unknown) => {
      throw new Error(`run ${run} of seed ${SEED}`, { cause });
    });
    slowest = Math.max(slowest, performance.now() - started);
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  expect(slowest).toBeLessThan(2000);
  expect(reasons.size).toBeGreaterThan(10);
  expect(reasons.get("ok")).toBeGreaterThan(RUNS / 100);
});

test("noise of every length up to 500 bytes, and packed noise, is refused", async () => {
  const next = random(SEED + 1);
  for (let length = 0; length < 500; length += 1) {
    const noise = Buffer.from(Array.from({ length }, () => Math.floor(next() * 256)));
    await expect(reportModel(bytesSource(noise))).rejects.toBeInstanceOf(Refusal);
    const packed = await zip({ "3D/3dmodel.model": deflateRawSync(noise) });
    await expect(reportModel(bytesSource(packed))).rejects.toBeInstanceOf(Refusal);
  }
});
