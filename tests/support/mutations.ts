/** Broken model files by the thousand, the same for the same seed, and the judgement that each must stand. */
import { Refusal } from "@server/errors";
import { reportModel } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { nodeUnpacker } from "@server/mesh/zip.server";
import { zip } from "./models";
import { box, meshXml, modelXml, objectXml, packageOf, relsXml, sphere, to3mf, toAsciiStl, toBinaryStl, together, toObj, TYPES_XML } from "./solids"; // prettier-ignore

/** Mulberry32: the same files on each run. */
export function random(seed: number): () => number {
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

/** @returns a function that gives the next broken file */
export async function mutants(seed: number): Promise<() => Promise<Buffer>> {
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
  const next = random(seed);
  let run = -1;
  return async () => {
    run += 1;
    // Every fifth time the XML is broken before it is packed, so that the archive is sound.
    return run % 5 === 4
      ? zip({
          "[Content_Types].xml": TYPES_XML,
          "_rels/.rels": relsXml(),
          "3D/3dmodel.model": mutate(Buffer.from(xml), next),
        })
      : mutate(seeds[Math.floor(next() * seeds.length)]!, next);
  };
}

/**
 * Reads a file and judges the outcome: a report with finite numbers, or a refusal with a fit sentence.
 * @returns the refusal's reason, or "ok"
 * @throws when it is neither
 */
export async function judge(bytes: Buffer): Promise<string> {
  const outcome = await reportModel(bytesSource(bytes), { unpacker: nodeUnpacker }).catch(
    (error: unknown) => error,
  );
  if (outcome instanceof Refusal) {
    const { code, message, details } = outcome;
    if (
      code !== "invalid" ||
      !/^[A-Z].*[.)]$/s.test(message) ||
      /undefined|NaN \(|\[object/.test(message) ||
      message.length > 600
    )
      throw new Error(`a refusal without a fit sentence: ${code} ${message}`);
    return String(details.reason);
  }
  if (outcome instanceof Error) throw outcome;
  const { triangles, size_mm, volume_mm3, area_mm2 } = outcome as Awaited<ReturnType<typeof reportModel>>;
  if (![triangles, ...size_mm, volume_mm3, area_mm2].every(Number.isFinite))
    throw new Error("a report that is not finite");
  return "ok";
}
