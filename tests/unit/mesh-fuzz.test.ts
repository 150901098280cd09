/** Ten thousand broken files: each ends in a report or in a refusal with a sentence, soon. */
import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { reportModel } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { nodeUnpacker } from "@server/mesh/zip.server";
import { zip } from "../support/models";
import {
  box,
  meshXml,
  modelXml,
  objectXml,
  packageOf,
  relsXml,
  sphere,
  to3mf,
  toAsciiStl,
  toBinaryStl,
  together,
  toObj,
  TYPES_XML,
} from "../support/solids";

const RUNS = Number(process.env.MESH_FUZZ_RUNS ?? 10_000);
const SEED = Number(process.env.MESH_FUZZ_SEED ?? 20_260);

/** Mulberry32: the same files on each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WORDS = ["nan", "inf", "-0", "1e999", "solid ", "facet", "endsolid", "v 1 2 3\n", "f 1 2 3\n", "f -1 -2 -3\n", "\\\n", "<!DOCTYPE a>", "<!--", "]]>", "&lol;", "/>", "<object id='1'>", "PK\x03\x04", "\0\0\0\0", "\xff\xff\xff\xff"]; // prettier-ignore

function mutate(bytes: Buffer, next: () => number): Buffer {
  let out = Buffer.from(bytes);
  const at = () => Math.floor(next() * (out.length + 1));
  for (let n = 1 + Math.floor(next() * 4); n > 0; n -= 1) {
    const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
    switch (Math.floor(next() * 8)) {
      case 0: // another byte
        if (from < out.length) out[from] = Math.floor(next() * 256);
        break;
      case 1: // a bit
        if (from < out.length) out[from]! ^= 1 << Math.floor(next() * 8);
        break;
      case 2: // cut off
        out = out.subarray(0, from);
        break;
      case 3: // a part missing
        out = Buffer.concat([out.subarray(0, from), out.subarray(Math.min(to, from + 400))]);
        break;
      case 4: // a part twice
        out = Buffer.concat([
          out.subarray(0, to),
          out.subarray(Math.max(from, to - 400), to),
          out.subarray(to),
        ]);
        break;
      case 5: // a word that means something
        out = Buffer.concat([
          out.subarray(0, from),
          Buffer.from(WORDS[Math.floor(next() * WORDS.length)]!, "latin1"),
          out.subarray(from),
        ]);
        break;
      case 6: // a number where one is
        for (let i = from; i < Math.min(from + 60, out.length); i += 1)
          if (out[i]! >= 48 && out[i]! <= 57) out[i] = 48 + Math.floor(next() * 10);
        break;
      default: // a count or a float
        if (from + 4 <= out.length) out.writeUInt32LE(Math.floor(next() * 2 ** 32), from);
    }
  }
  return out;
}

test(`${RUNS} mutated files end in a report or a refusal`, { timeout: 300_000 }, async () => {
  const small = together(box([10, 20, 30]), sphere(5, 4, 6));
  const xml = modelXml(
    objectXml(1, meshXml(small)) +
      objectXml(2, `<components><component objectid="1" transform="1 0 0 0 1 0 0 0 1 5 0 0"/></components>`),
    `<item objectid="1"/><item objectid="2" transform="0 1 0 -1 0 0 0 0 1 0 0 0"/>`,
  );
  const seeds = [
    toBinaryStl(small),
    toAsciiStl(small),
    toObj(small),
    await to3mf(small),
    await packageOf(xml, { "3D/Objects/a.model": modelXml(objectXml(1, meshXml(box([1, 2, 3]))), "") }),
  ];
  const next = random(SEED);
  const reasons = new Map<string, number>();
  let slowest = 0;
  for (let run = 0; run < RUNS; run += 1) {
    // Every fifth time the XML is broken before it is packed, so that the archive is sound.
    const bytes =
      run % 5 === 4
        ? await zip({
            "[Content_Types].xml": TYPES_XML,
            "_rels/.rels": relsXml(),
            "3D/3dmodel.model": mutate(Buffer.from(xml), next),
          })
        : mutate(seeds[Math.floor(next() * seeds.length)]!, next);
    const started = performance.now();
    const outcome = await reportModel(bytesSource(bytes), { unpacker: nodeUnpacker }).catch(
      (error: unknown) => error,
    );
    slowest = Math.max(slowest, performance.now() - started);
    if (outcome instanceof Refusal) {
      const { code, message, details } = outcome;
      reasons.set(String(details.reason), (reasons.get(String(details.reason)) ?? 0) + 1);
      if (
        code !== "invalid" ||
        !/^[A-Z].*[.)]$/s.test(message) ||
        /undefined|NaN \(|\[object/.test(message) ||
        message.length > 600
      )
        throw new Error(`run ${run}: a refusal without a fit sentence: ${code} ${message}`);
    } else if (outcome instanceof Error) {
      throw new Error(`run ${run} (seed ${SEED}): ${outcome.stack}`);
    } else {
      const { triangles, size_mm, volume_mm3, area_mm2 } = outcome as {
        triangles: number;
        size_mm: number[];
        volume_mm3: number;
        area_mm2: number;
      };
      if (![triangles, ...size_mm, volume_mm3, area_mm2].every(Number.isFinite))
        throw new Error(`run ${run}: a report that is not finite`);
      reasons.set("ok", (reasons.get("ok") ?? 0) + 1);
    }
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
