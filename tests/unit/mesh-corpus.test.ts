/** R18 and R19: every file of corpus F gets the right verdict; bombs cost next to nothing. The command does the work. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { reportModel } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { corpusF, noise, stored } from "../support/corpus-f";
import { zip } from "../support/models";
import {
  box,
  meshXml,
  modelXml,
  objectXml,
  packageOf,
  to3mf,
  toBinaryStl,
  TYPES_XML,
} from "../support/solids";

let folder: string;
let command: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mesh-corpus-"));
  command = join(folder, "mesh.mjs");
  await build({
    entryPoints: ["scripts/mesh.ts"],
    outfile: command,
    bundle: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "error",
  });
});
afterAll(() => rm(folder, { recursive: true }));

interface Ran {
  code: number | null;
  out: string;
  err: string;
  /** CPU time of the process, seconds; on a busy machine the wall clock says little. */
  cpu: number;
  /** Peak resident memory, MB. */
  rss: number;
}

const COST = `data:text/javascript,process.on("exit",()=>{const{userCPUTime:u,systemCPUTime:s,maxRSS:m}=process.resourceUsage();console.error("COST",(u+s)/1e6,m/1024)})`;

/** Runs the command in a process of its own. */
function mesh(...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, ["--import", COST, command, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ran: Ran = { code: null, out: "", err: "", cpu: NaN, rss: NaN };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (ran.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (ran.err += text));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      const [, cpu, rss] = /COST (\S+) (\S+)/.exec(ran.err) ?? [];
      resolve({ ...ran, code, cpu: Number(cpu), rss: Number(rss), err: ran.err.replace(/COST .*\n/, "") });
    });
  });
}

const linesOf = (out: string) =>
  out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test(
  "R18: more than 150 files, each with the right verdict, within 256 MB and 2 s",
  { timeout: 120_000 },
  async () => {
    const corpus = await corpusF();
    expect(corpus.length).toBeGreaterThan(150);
    expect(new Set(corpus.map((file) => file.name)).size).toBe(corpus.length);
    const wrong: string[] = [];
    for (const { name, bytes, verdict, says } of corpus) {
      await writeFile(join(folder, name), bytes);
      const before = process.cpuUsage();
      const outcome = await reportModel(bytesSource(bytes), { name }).catch((error: unknown) => error);
      const { user, system } = process.cpuUsage(before);
      const found =
        outcome instanceof Refusal
          ? String(outcome.details.reason)
          : outcome instanceof Error
            ? String(outcome.stack)
            : "ok";
      if (!verdict.split("|").includes(found)) wrong.push(`${name}: ${found} instead of ${verdict}`);
      if (outcome instanceof Refusal && says && !outcome.message.includes(says))
        wrong.push(`${name} does not say “${says}”: ${outcome.message}`);
      if (user + system > 2e6) wrong.push(`${name} took ${(user + system) / 1e6} s`);
    }
    expect(wrong).toEqual([]);

    const ran = await mesh(...corpus.map((file) => file.name));
    const lines = linesOf(ran.out);
    expect(ran.err).toBe("");
    expect(ran.code).toBe(1);
    expect(ran.rss).toBeLessThan(256);
    expect(lines.map((line) => line.file)).toEqual(corpus.map((file) => file.name));
    for (const [i, { name, verdict, says }] of corpus.entries()) {
      const line = lines[i]!;
      if (!verdict.split("|").includes(line.ok ? "ok" : String(line.reason)))
        wrong.push(`${name}: ${JSON.stringify(line)}`);
      const words = [line.error, ...((line.advice as string[]) ?? [])].join(" ");
      if (says && !words.includes(says)) wrong.push(`${name} does not say “${says}”: ${words}`);
    }
    expect(wrong).toEqual([]);
  },
);

describe("R19: bombs", () => {
  const xml = modelXml(objectXml(1, meshXml(box([1, 2, 3]))), `<item objectid="1"/>`);
  const laughs = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
    "",
  );
  /** Blanks that pack 150 to 1, under the limit for one entry. */
  const blanks = () => {
    const grain = noise(20_000)
      .toString("hex")
      .replace(/./g, (c) => (c < "8" ? " " : "\t"));
    return (grain + " ".repeat(1_000_000)).repeat(60);
  };
  const bombs: [name: string, bytes: () => Buffer | Promise<Buffer>, verdict: RegExp][] = [
    ["200 MB of zeros, 1:1024", () => packageOf(Buffer.alloc(200_000_000)), /harmful_zip/],
    [
      "an archive in an archive in an archive",
      async () =>
        packageOf(xml, { "0.zip": await zip({ "1.zip": await zip({ a: Buffer.alloc(9_000_000) }) }) }),
      /harmful_zip/,
    ],
    ["a size that lies: says 500, is 100 MB", async () => lying(), /bad_zip/],
    ["a million entries", () => entries(1_000_000), /harmful_zip/],
    ["a thousand entries on the same bytes", () => entries(1_000, true), /bad_zip|no_model/],
    [
      "a billion laughs",
      () =>
        packageOf(
          xml
            .replace("<model", `<!DOCTYPE m [<!ENTITY l0 "ha">${laughs}]><model`)
            .replace("<resources>", "<metadata>&l9;</metadata><resources>"),
        ),
      /bad_xml/,
    ],
    [
      "an external entity",
      () => packageOf(xml.replace("<model", `<!DOCTYPE m [<!ENTITY e SYSTEM "http://127.0.0.1:1/">]><model`)),
      /bad_xml/,
    ],
    [
      "a million tags deep",
      () => stored("3D/3dmodel.model", xml.replace("<resources>", "<a>".repeat(1_000_000))),
      /bad_xml/,
    ],
    [
      "a million attributes",
      () =>
        stored(
          "3D/3dmodel.model",
          xml.replace(
            "<resources>",
            `<resources ${Array.from({ length: 300_000 }, (_, i) => `a${i}=""`).join(" ")}>`,
          ),
        ),
      /endless|ok/,
    ],
    [
      "blanks just under the ratio",
      async () =>
        zip({
          "[Content_Types].xml": TYPES_XML,
          "3D/3dmodel.model": `${xml.slice(0, -8)}${blanks()}</model>`,
        }),
      /ok|harmful_zip/,
    ],
    [
      "4 GB of triangles announced",
      () => Buffer.concat([Buffer.alloc(80, "x"), Buffer.alloc(4, 0xff), Buffer.alloc(16)]),
      /bad_count/,
    ],
    [
      "copies of copies",
      () =>
        packageOf(
          modelXml(
            objectXml(1, meshXml(box([1, 2, 3]))) +
              Array.from({ length: 25 }, (_, i) =>
                objectXml(i + 2, `<components>${`<component objectid="${i + 1}"/>`.repeat(8)}</components>`),
              ).join(""),
            `<item objectid="26"/>`,
          ),
        ),
      /bad_model|too_detailed/,
    ],
  ];

  test.each(bombs)("%s", { timeout: 60_000 }, async (_name, make, verdict) => {
    await writeFile(join(folder, "harmless.3mf"), await to3mf(box([1, 2, 3])));
    const bytes = await make();
    const name = bytes.readUInt16LE(0) === 0x4b50 ? "bomb.3mf" : "bomb.stl";
    await writeFile(join(folder, name), bytes);
    const calm = await mesh("harmless.3mf");
    const ran = await mesh(name);
    const [line] = linesOf(ran.out);
    expect(line!.ok ? "ok" : String(line!.reason)).toMatch(verdict);
    expect(ran.rss - calm.rss).toBeLessThan(64);
    expect(ran.cpu - calm.cpu).toBeLessThan(1);
  });

  function lying(): Buffer {
    const bytes = Buffer.alloc(100_000_000, 32);
    return stored("3D/3dmodel.model", bytes, { method: 8, size: 500 });
  }

  function entries(count: number, same = false): Buffer {
    const one = stored("3D/3dmodel.model", xml);
    const body = one.indexOf("PK\x01\x02");
    const record = one.subarray(body, one.length - 22);
    const records = Array.from({ length: count }, (_, i) => {
      const copy = Buffer.from(record);
      if (same) copy.write(String(i).padStart(5, "0"), 46);
      return copy;
    });
    const list = Buffer.concat(records);
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.writeUInt16LE(Math.min(count, 0xfffe), 8);
    end.writeUInt16LE(Math.min(count, 0xfffe), 10);
    end.writeUInt32LE(list.length, 12);
    end.writeUInt32LE(body, 16);
    return Buffer.concat([one.subarray(0, body), list, end]);
  }
});

describe("npm run mesh", () => {
  test("prints a line for each file, with everything promised", async () => {
    await writeFile(join(folder, "a b ü.stl"), toBinaryStl(box([10, 20, 30])));
    const { out, err, code } = await mesh("a b ü.stl", "gone.stl", ".");
    expect(err).toBe("");
    expect(code).toBe(1);
    const [cube, gone, dot] = linesOf(out);
    expect(cube).toMatchObject({
      file: "a b ü.stl",
      ok: true,
      error: null,
      format: "stl",
      triangles: 12,
      size_mm: [10, 20, 30],
      volume_mm3: 6000,
      area_mm2: 2200,
      watertight: true,
      shells: 1,
      open_edges: 0,
      nonmanifold_edges: 0,
      unit: "unknown",
    });
    expect((cube!.fits as { printer: string; fits: string }[]).map((p) => [p.printer, p.fits])).toEqual([
      ["prusa_mk4s", "as_is"],
      ["prusa_xl", "as_is"],
      ["raise3d_pro2_plus", "as_is"],
      ["formlabs_form3", "as_is"],
    ]);
    expect(gone).toMatchObject({ ok: false, error: "There is no such file.", reason: "file" });
    expect(dot).toMatchObject({ ok: false, error: "This is a folder or a device, not a file." });
  });

  test("takes the printers of a file", async () => {
    await writeFile(join(folder, "small.stl"), toBinaryStl(box([10, 20, 30])));
    await writeFile(
      join(folder, "printers.json"),
      JSON.stringify({ printers: [{ id: "p", name: "P", build_volume_mm: [30, 15, 25] }] }),
    );
    const { out, code } = await mesh("--printers", "printers.json", "small.stl");
    expect(code).toBe(0);
    expect(linesOf(out)[0]!.fits).toEqual([expect.objectContaining({ printer: "p", fits: "turned" })]);
  });

  test("says how it is used", async () => {
    expect(await mesh()).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("Usage: npm run mesh"),
    });
    expect(await mesh("--wrong")).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("--wrong is unknown"),
    });
    expect(await mesh("--printers", "gone.json", "small.stl")).toMatchObject({ code: 2, out: "" });
  });
});

test("files up to the largest upload, and one byte over", { timeout: 60_000 }, async () => {
  const limit = 50 * 1024 * 1024;
  const count = Math.floor((limit - 84) / 50);
  const bytes = Buffer.alloc(84 + 50 * count);
  bytes.write("largest");
  bytes.writeUInt32LE(count, 80);
  const cube = toBinaryStl(box([10, 20, 30]));
  for (let at = 84; at < bytes.length; at += 600)
    cube.copy(bytes, at, 84, 84 + Math.min(600, bytes.length - at));
  expect(await reportModel(bytesSource(bytes), { limits: { bytes: limit } })).toMatchObject({
    triangles: count,
    vertices: 8,
  });
  const over = bytesSource(Buffer.alloc(limit + 1, 32));
  await expect(reportModel(over, { limits: { bytes: limit } })).rejects.toThrow(/larger than 50 MB/);
  await expect(reportModel(bytesSource(noise(1024 * 1024)))).rejects.toThrow(/none of the model formats/);
});
