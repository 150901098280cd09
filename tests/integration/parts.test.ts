/** What is read off a model on its way in: refusals, warnings, measures, and the picture made afterwards. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { announce } from "@server/outbox/enqueue.server";
import { sweepOutbox } from "@server/outbox/work.server";
import { candidatesWithFacts } from "@server/jobs/candidates.server";
import { Job } from "@server/jobs/job.server";
import { jobPart } from "@server/jobs/part-view.server";
import { folderOf } from "@server/files/store.server";
import { referenceFor } from "@server/jobs/sign.server";
import { keepPlace } from "@server/parts/examine.server";
import { findPart } from "@server/parts/part.server";
import { pictureFile } from "@server/parts/picture.server";
import { trackJob } from "@server/reports/track.server";
import { HANDLERS } from "@workers/queues";
import { freshLab, type Lab } from "../support/database";
import {
  deskAt,
  handIn,
  lockFor,
  outboxOf,
  sha256,
  storageListing,
  submitCube,
  theJob,
  VERBS,
} from "../support/desk";
import { binaryStl, cubeStl, zip } from "../support/models";
import { decodePng } from "../support/png";
import { picture, thumbnail } from "../support/sliced";
import { box, meshXml, modelXml, objectXml, relsXml, sphere, toBinaryStl } from "../support/solids";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});
const desk = deskAt("office");
const work = () => sweepOutbox(HANDLERS, announce);

/** As a student's form would be refused. */
async function refusal(content: Buffer, more: Parameters<typeof handIn>[0] = {}) {
  const before = [await lab.owner("SELECT FROM jobs"), storageListing()];
  const error = await handIn({ content, ...more }).then(
    () => "taken",
    (e: unknown) => e,
  );
  expect([await lab.owner("SELECT FROM jobs"), storageListing()]).toEqual(before);
  return error;
}

describe("on its way in", () => {
  test("R18: what is broken inside is refused with its own sentence, and nothing stays", async () => {
    const nan = cubeStl();
    nan.writeFloatLE(NaN, 84 + 12);
    expect(await refusal(nan)).toMatchObject({
      code: "invalid",
      details: {
        reason: "not_finite",
        fields: { file: [expect.stringMatching(/NaN or infinity.*export it again/)] },
      },
    });
  });

  test("what fits no printer is a warning to be acknowledged, not a refusal", async () => {
    const content = toBinaryStl(box([700, 700, 700]));
    const error = await refusal(content);
    expect(error).toMatchObject({
      code: "invalid",
      details: {
        reason: "fits_nowhere",
        fields: { acknowledged_fit: [expect.stringMatching(/fits none of the lab's printers/)] },
      },
    });
    // The nearest of them only.
    expect((error as Error).message).toMatch(/too tall by 95 mm for the Raise3D Pro 2 Plus/);
    expect((error as Error).message).not.toMatch(/Prusa MK4S/);
    const job = await submitCube({ content, acknowledged_fit: "yes" });
    expect((await jobPart(job)).part).toMatchObject({ fits: "no", size_mm: [700, 700, 700] });
  });

  test("a printer that is too small is only advice where another one fits", async () => {
    const job = await submitCube({ content: toBinaryStl(box([300, 300, 300])), printer: "prusa_mk4s" });
    const { part } = await jobPart(job);
    expect(part).toMatchObject({ fits: "as_is", chosen: { printer: "prusa_mk4s", fits: "no" } });
    expect(part!.fit_text).toMatch(/too .* for the Prusa MK4S.*Fits the Prusa XL/s);
  });

  test("the student's page and the receipt tell size, fit and an honest range", async () => {
    const job = await submitCube({ content: toBinaryStl(sphere(20)) });
    const view = await trackJob(referenceFor(job.id));
    expect(view.part).toMatchObject({ triangles: 2304, watertight: true, fits: "as_is" });
    const { grams, cents } = view.part!.estimate!;
    expect(grams[0]).toBeGreaterThan(5);
    expect(grams[1]).toBeLessThan(35);
    expect(grams[0]).toBeLessThan(grams[1]);
    expect(cents[0]).toBeGreaterThanOrEqual(300);
  });

  test("who is sent away because many are waiting has used none of the hour's tries, and is taken later", async () => {
    const places = Array.from({ length: 41 }, (_, n) => keepPlace(`model ${n}`));
    const counted = () =>
      lab.owner("SELECT key, points FROM rate_limits WHERE key LIKE 'submit-%' ORDER BY key");
    const before = await counted();
    const content = cubeStl(11);
    try {
      expect(await refusal(content)).toMatchObject({
        code: "unavailable",
        status: 503,
        details: { reason: "busy", retryAfterSeconds: expect.any(Number) },
      });
      expect(await counted()).toEqual(before);
    } finally {
      for (const giveBack of places) giveBack();
    }
    await handIn({ content });
    expect((await counted()).length).toBe(before.length + 2);
  });

  test("whoever sends the same model as somebody in the queue needs no place of their own", () => {
    const places = Array.from({ length: 41 }, (_, n) => keepPlace(`model ${n}`));
    const beside = keepPlace("model 0");
    places[0]!();
    expect(() => keepPlace("another")).toThrow("Many models are being checked");
    beside();
    keepPlace("another")();
    for (const giveBack of places.slice(1)) giveBack();
  });

  test("the same bytes are read once, whoever sends them", async () => {
    const content = toBinaryStl(box([11, 12, 13]));
    await submitCube({ content });
    await lab.owner("UPDATE parts SET report = report || '{\"triangles\": 99}' WHERE sha256 = $1", [
      sha256(content),
    ]);
    const again = await submitCube({ content });
    expect((await jobPart(again)).part!.triangles).toBe(99);
  });
});

describe("R37: pictures", () => {
  test("every model gets one in three widths, once; a lost one comes back", async () => {
    const content = toBinaryStl(box([21, 22, 23]));
    const job = await submitCube({ content });
    expect((await jobPart(job)).picture).toMatchObject({ widths: [], problem: null });
    await work();
    const { picture: shown } = await jobPart(job);
    expect(shown).toMatchObject({ widths: [128, 256, 512], problem: null });
    for (const width of shown!.widths) {
      const png = decodePng(readFileSync(pictureFile(job.file_hash, width)));
      expect([png.width, png.height]).toEqual([width, width]);
      // Something is seen, and the corners are see-through.
      expect(png.rgba[3]).toBe(0);
      expect(png.rgba.filter((_, i) => i % 4 === 3 && png.rgba[i] === 255).length).toBeGreaterThan(width);
    }
    await submitCube({ content });
    expect(await lab.owner("SELECT FROM outbox WHERE payload->>'sha256' = $1", [job.file_hash])).toHaveLength(
      1,
    );
  });

  test("a model without anything to see gets a placeholder with the reason, and the job goes on", async () => {
    const flat = binaryStl(Array(4).fill([[1, 1, 1], [1, 1, 1], [1, 1, 1]])); // prettier-ignore
    const job = await submitCube({ content: flat });
    await work();
    const { picture: none } = await jobPart(job);
    expect(none).toMatchObject({ widths: [], problem: expect.stringMatching(/nothing to see/i) });
    expect((await outboxOf(job.id, "picture"))[0]).toMatchObject({ state: "done" });
    expect((await theJob(job.id)).status).toBe("UPLOADED");
  });

  test("a 3MF's own picture is taken", async () => {
    const own = picture(300);
    const rels = relsXml().replace(
      "</Relationships>",
      `<Relationship Target="/Metadata/thumbnail.png" Id="t" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"/></Relationships>`,
    );
    const content = await zip({
      "_rels/.rels": rels,
      "3D/3dmodel.model": modelXml(objectXml(1, meshXml(box([5, 6, 7]))), `<item objectid="1"/>`),
      "Metadata/thumbnail.png": own,
    });
    const job = await submitCube({ content, original_name: "part.3mf" });
    await work();
    expect((await jobPart(job)).picture).toMatchObject({ widths: [300] });
    expect(decodePng(readFileSync(pictureFile(job.file_hash, 300)))).toMatchObject({ width: 300 });
    expect((await findPart(job.file_hash))!.picture).toBe("embedded");
  });

  test("the sliced file that is approved lends its picture; time and weight are read from it", async () => {
    const job = await submitCube({ content: toBinaryStl(box([31, 22, 23])) });
    await work();
    const gcode = `; generated by PrusaSlicer 2.9.2 on 2026-11-20\n${thumbnail(picture(220), 220)}G1 X1\n; filament used [g] = 12.34\n; estimated printing time (normal mode) = 1h 30m 0s\n; printer_model = MK4S\n`;
    writeFileSync(path.join(lab.storage, folderOf(job.status, job.stem), "plate.gcode"), gcode);
    const candidates = await candidatesWithFacts(job);
    expect(candidates[0]).toMatchObject({
      name: "plate.gcode",
      suggested: true,
      sliced: { grams: 12.34, hours: 1.5, printer: "MK4S", slicer: "PrusaSlicer 2.9.2" },
    });
    expect(candidates[1]).toMatchObject({ is_original: true, sliced: null });
    await VERBS.approve(desk, job, await lockFor(desk, job.id), { authoritative_filename: "plate.gcode" });
    await work();
    expect((await jobPart(await theJob(job.id))).picture).toMatchObject({
      sha256: sha256(Buffer.from(gcode)),
      widths: [220],
    });
  });

  test("a file that was saved over meanwhile gets no wrong picture", async () => {
    const job = await submitCube({ content: toBinaryStl(box([41, 22, 23])) });
    writeFileSync(path.join(lab.storage, job.file_path), cubeStl(7));
    await work();
    expect((await jobPart(job)).picture!.problem).toMatch(/changed/);
    expect(existsSync(pictureFile(job.file_hash, 512))).toBe(false);
    expect(await Job.query().findById(job.id)).toBeDefined();
  });
});
