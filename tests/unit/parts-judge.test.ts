import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { EXAMPLE_CATALOG } from "@server/catalog/example";
import { bytesSource } from "@server/mesh/source";
import { reportModel } from "@server/mesh/report";
import { judgePart, whyNoEstimate } from "@server/parts/judge";
import { FitText } from "~/components/fit-text";
import { ModelPicture } from "~/components/model-picture";
import { box, toBinaryStl, type Point } from "../support/solids";

const { printers, materials } = EXAMPLE_CATALOG;
const judged = async (size: Point, printer = "prusa_mk4s", cut = 0) => {
  const solid = box(size);
  const bytes = toBinaryStl({ ...solid, faces: solid.faces.slice(cut) });
  const lab = { printers, printer, material: materials[0], price: (grams: number) => Math.round(grams * 10) };
  return judgePart(await reportModel(bytesSource(bytes)), lab);
};

test("a part that its printer cannot take says where else it fits, and only that", async () => {
  const part = await judged([300, 120, 60]);
  expect(part.chosen).toMatchObject({ fits: "no", text: "It is too wide by 50 mm for the Prusa MK4S." });
  expect(part.elsewhere_text).toBe("Fits the Prusa XL and Raise3D Pro 2 Plus.");
  const html = renderToStaticMarkup(FitText({ part }));
  expect(html).toMatch(/text-danger.*too wide by 50 mm.*Fits the Prusa XL/);
});

test("one that fits says no more than that; one that fits nowhere says by how much", async () => {
  const part = await judged([20, 20, 20]);
  expect(part.elsewhere_text).toBeNull();
  expect(renderToStaticMarkup(FitText({ part }))).toBe("Fits the Prusa MK4S.");
  const huge = await judged([700, 700, 700]);
  expect(huge.elsewhere_text).toMatch(/fits none.*Prusa XL.*Formlabs Form 3/);
  expect(huge.elsewhere_text).not.toMatch(/MK4S/);
});

test("no estimate has its true reason", async () => {
  expect((await judged([20, 20, 20])).estimate).not.toBeNull();
  const open = await judged([20, 20, 20], "prusa_mk4s", 1);
  expect(open.estimate).toBeNull();
  expect(whyNoEstimate(open)).toMatch(/not closed/);
  const tiny = await judged([2, 1, 1]);
  expect(tiny.estimate).toBeNull();
  expect(whyNoEstimate(tiny)).toMatch(/size makes no sense/);
});

test("a large placeholder says its reason in sight, a small one to those who ask", () => {
  const picture = { sha256: "0", widths: [], problem: "The picture took too long to draw." };
  const html = (edge: number) =>
    renderToStaticMarkup(ModelPicture({ picture, src: String, file: "a.stl", edge }));
  expect(html(256)).toMatch(/<p [^>]*>The picture took too long to draw\.<\/p>/);
  expect(html(72)).not.toContain("</p>");
  expect(html(72)).toContain('aria-label="No picture: The picture took too long to draw."');
});
