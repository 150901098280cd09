import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";
import type * as report from "@server/mesh/report";
import { reportModel } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { box, sphere, to3mf, toAsciiStl, toBinaryStl, toObj } from "../support/solids";

test("the same code runs with nothing but what a Web Worker has", async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export { reportModel } from "./server/mesh/report"; export { blobSource } from "./server/mesh/source";
        export { fitReport, scaleAdvice } from "./server/mesh/fit"; export { estimate } from "./server/mesh/estimate";`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "iife",
    globalName: "mesh",
    platform: "browser", // fails on any import of Node's
    logLevel: "silent",
  });
  expect(Object.keys(metafile.inputs).filter((file) => file.includes(".server."))).toEqual([]);
  expect(outputFiles[0]!.contents.length).toBeLessThan(64 * 1024);

  const { TextDecoder, DecompressionStream, ReadableStream, Blob, performance } = globalThis;
  const worker = createContext({ TextDecoder, DecompressionStream, ReadableStream, Blob, performance });
  runInContext(outputFiles[0]!.text, worker);
  const { reportModel: inWorker, blobSource } = (
    worker as unknown as { mesh: typeof report & { blobSource(b: Blob): never } }
  ).mesh;
  for (const solid of [box([1, 20, 30]), sphere(20, 60, 90)])
    for (const bytes of [toBinaryStl(solid), toAsciiStl(solid), toObj(solid), await to3mf(solid)]) {
      const found: unknown = await inWorker(blobSource(new Blob([new Uint8Array(bytes)])));
      expect(JSON.parse(JSON.stringify(found))).toEqual(
        JSON.parse(JSON.stringify(await reportModel(bytesSource(bytes)))),
      );
    }
  await expect(inWorker(blobSource(new Blob(["solid x"])))).rejects.toMatchObject({
    name: "Refusal",
    code: "invalid",
  });
});
