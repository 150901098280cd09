/** The form's own look at a file: the worker, its answers, what the form checks by them, what it says of printers. */
import { createContext, runInContext } from "node:vm";
import { parseWithZod } from "@conform-to/zod/v4";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { EXAMPLE_CATALOG } from "@server/catalog/example";
import { Refusal } from "@server/errors";
import { labFacts } from "@server/jobs/lab-facts";
import { refuseFile } from "@server/mesh/mesh";
import { reportModel } from "@server/mesh/report";
import { bytesSource } from "@server/mesh/source";
import { judgePart } from "@server/parts/judge";
import { readingOf, sameFile, type ModelReading } from "~/components/model-reading";
import { materialChosen, offerOf } from "~/components/offer";
import { printerAdvice, tooSmallFor } from "~/components/printer-advice";
import { submitSchemaWith, type Verdict } from "~/components/submit-schema";
import { box, to3mf, toBinaryStl } from "../support/solids";

const offer = offerOf(EXAMPLE_CATALOG);
const nothing = { print_method: "", material: "", color: "", printer: "" };

describe("the worker", () => {
  let code: string;
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: ["app/components/model-worker.ts"],
      alias: { "@server": "./server" },
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser", // fails on any import of Node's
      logLevel: "silent",
    });
    code = outputFiles[0]!.text;
  });

  /** What it says about a file, in a world with nothing but what workers have. */
  async function read(name: string, bytes: Buffer, less: Record<string, undefined> = {}) {
    const { TextDecoder, DecompressionStream, ReadableStream, performance } = globalThis;
    const said: ModelReading[] = [];
    await new Promise<void>((done) => {
      const self: { onmessage?: (event: { data: File }) => void; postMessage: (r: ModelReading) => void } = {
        postMessage: (reading) => {
          said.push(reading);
          if (reading.state !== "reading") done();
        },
      };
      const world = { self, TextDecoder, DecompressionStream, ReadableStream, performance, ...less };
      runInContext(code, createContext(world));
      self.onmessage!({ data: new File([new Uint8Array(bytes)], name) });
    });
    return JSON.parse(JSON.stringify(said)) as ModelReading[];
  }

  test("says that it measures once all is read, then gives the server's report", async () => {
    const bytes = toBinaryStl(box([20, 30, 40]));
    expect(await read("box.stl", bytes)).toEqual([
      { state: "reading", measuring: true },
      { state: "report", report: JSON.parse(JSON.stringify(await reportModel(bytesSource(bytes)))) },
    ]);
  });

  test("a broken file, and one with another's name, in the server's sentence", async () => {
    const nan = toBinaryStl(box([20, 30, 40]));
    nan.writeFloatLE(NaN, 84 + 12);
    const error = await reportModel(bytesSource(nan)).catch((e: Refusal) => e);
    expect((await read("nan.stl", nan)).at(-1)).toEqual({
      state: "refused",
      message: (error as Refusal).message,
    });
    expect((await read("box.obj", toBinaryStl(box([1, 2, 3])))).at(-1)).toMatchObject({
      state: "refused",
      message: expect.stringMatching(/really an STL file/) as string,
    });
  });

  test("what an old browser cannot unpack is left to the server", async () => {
    const bytes = await to3mf(box([20, 30, 40]));
    expect((await read("box.3mf", bytes)).at(-1)).toMatchObject({ state: "report" });
    expect((await read("box.3mf", bytes, { DecompressionStream: undefined })).at(-1)).toEqual({
      state: "unavailable",
    });
  });
});

test("only the file's own faults are refused in the browser; this machine's limits are not", () => {
  expect(readingOf(refuseFile("not_finite", "NaN."))).toEqual({ state: "refused", message: "NaN." });
  for (const error of [
    refuseFile("too_slow", "Slow."),
    refuseFile("too_detailed", "Fine."),
    new Refusal("unavailable", "Away."),
    new RangeError("Array buffer allocation failed"),
    "what?",
  ])
    expect(readingOf(error)).toEqual({ state: "unavailable" });
});

describe("the form's schema", () => {
  const file = new File(["solid x"], "a.stl", { lastModified: 5 });
  const errors = (verdict: Verdict | null, fields: Record<string, string | File>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    return parseWithZod(form, { schema: submitSchemaWith(50, () => verdict) }).reply().error ?? {};
  };

  test("a file that was found broken is an error; another one is not", () => {
    const verdict = { of: { name: "a.stl", size: 7, lastModified: 5 }, refused: "Broken." };
    expect(sameFile(file, verdict.of)).toBe(true);
    expect(errors(verdict, { file }).file).toEqual(["Broken."]);
    for (const other of [
      new File(["solid y"], "b.stl", { lastModified: 5 }),
      new File(["solid xx"], "a.stl", { lastModified: 5 }),
      new File(["solid x"], "a.stl", { lastModified: 6 }),
    ])
      expect(errors(verdict, { file: other }).file).toBeUndefined();
    expect(errors(null, { file }).file).toBeUndefined();
    // What needs no reading comes first.
    expect(errors(verdict, { file: new File([], "a.stl") }).file).toEqual([expect.stringMatching(/empty/)]);
    expect(errors(verdict, {}).file).toEqual(["Choose the file with your model."]);
  });

  test("what fits nowhere is to be acknowledged, whatever else is missing", () => {
    const verdict = { of: file, fitsNowhere: "It fits nowhere." };
    expect(errors(verdict, { file }).acknowledged_fit).toEqual(["It fits nowhere."]);
    expect(errors(verdict, { file, acknowledged_fit: "yes" }).acknowledged_fit).toBeUndefined();
    expect(errors({ of: file }, { file }).acknowledged_fit).toBeUndefined();
  });
});

describe("judged by what the form offers", () => {
  test("as the server judges by its catalog", async () => {
    const choice = { printer: "prusa_mk4s", material: "pla" };
    for (const size of [20, 240, 300, 700]) {
      const report = await reportModel(bytesSource(toBinaryStl(box([size, size, size]))));
      expect(judgePart(report, labFacts(offer.lab, choice))).toEqual(
        judgePart(report, labFacts(EXAMPLE_CATALOG, choice)),
      );
    }
  });

  test("printers and materials out of service are not offered", () => {
    const catalog = structuredClone(EXAMPLE_CATALOG);
    catalog.printers[1]!.active = false;
    catalog.materials[1]!.active = false;
    const { lab } = offerOf(catalog);
    expect(lab.printers.map(({ id }) => id)).not.toContain("prusa_xl");
    expect(lab.materials.map(({ id }) => id)).toEqual(["pla"]);
  });

  test("the material: by colour, by name, or the only one; none while it is open", () => {
    const two = structuredClone(EXAMPLE_CATALOG);
    const petg = { id: "petg", name: "PETG", colors: [{ id: "petg-red", name: "Red", hex: "#ff0000", active: true }] }; // prettier-ignore
    two.materials.push({ ...two.materials[0]!, ...petg });
    const filament = { ...nothing, print_method: "Filament" };
    expect(materialChosen(offer, nothing)).toBeUndefined();
    expect(materialChosen(offer, filament)).toBe("pla");
    expect(materialChosen(offerOf(two), filament)).toBeUndefined();
    expect(materialChosen(offerOf(two), { ...filament, material: "petg" })).toBe("petg");
    expect(materialChosen(offerOf(two), { ...filament, color: "petg-red" })).toBe("petg");
  });

  test("printers that are too small, and what to choose instead", () => {
    const small = tooSmallFor([300, 300, 300], offer);
    expect(small).toEqual(["prusa_mk4s", "formlabs_form3"]);
    const say = (print_method: string, printer: string, tooSmall = small) =>
      printerAdvice(offer, { ...nothing, print_method, printer }, tooSmall);
    expect(say("Filament", "prusa_mk4s")).toBe(
      "The Prusa MK4S, which you have chosen above, is too small for this model. Choose the Prusa XL or the Raise3D Pro 2 Plus, or make the model smaller.",
    );
    expect(say("Filament", "prusa_xl")).toBeUndefined();
    expect(say("Filament", "")).toBeUndefined();
    expect(say("", "prusa_mk4s")).toBeUndefined();
    expect(say("Resin", "")).toBe("No Resin printer is large enough for this model.");
    expect(say("Filament", "prusa_mk4s", tooSmallFor([20, 20, 20], offer))).toBeUndefined();
    expect(say("Filament", "prusa_mk4s", tooSmallFor([10, 10, 500], offer))).toMatch(
      /Choose the Raise3D Pro 2 Plus, or make/,
    );
  });
});
