/**
 * What a measured part means to this lab: where it fits, whether its scale makes sense, what it will about
 * weigh and cost. Pure: the form judges in the browser what the server judges again.
 */
import { estimate, type Estimate, type EstimateMaterial } from "../mesh/estimate";
import { fitReport, scaleAdvice, type BuildVolume, type PrinterFit } from "../mesh/fit";
import type { MeshProblem, MeshUnit } from "../mesh/mesh";
import type { MeshReport } from "../mesh/report";

/** What of the catalog matters; nothing of it is needed to say how big a part is. */
export interface LabFacts {
  printers: readonly BuildVolume[];
  /** Id of the printer that was chosen. */
  printer?: string;
  material?: EstimateMaterial;
  /** Cents for a weight in grams. */
  price?: (grams: number) => number;
}

/** A part as pages, mails and API show it. Sizes in mm, volume in mm³, money in cents. */
export interface PartView {
  format: MeshReport["format"];
  triangles: number;
  size_mm: MeshReport["size_mm"];
  volume_mm3: number;
  unit: MeshUnit;
  shells: number;
  watertight: boolean;
  /** The best answer of all active printers. */
  fits: "as_is" | "turned" | "no";
  /** Where it fits, in one or two sentences. */
  fit_text: string;
  /** The same, sentence by sentence. */
  fit_lines: string[];
  /** The same for the printer that was chosen; null when there is none, or it is out of service. */
  chosen: PrinterFit | null;
  /** Where else it fits, when the printer that was chosen cannot take it. */
  elsewhere_text: string | null;
  /** When the size looks like a wrong unit: what it would be in another one. */
  scale_text: string | null;
  /** What is poor about the mesh, worst first. */
  advice: MeshProblem[];
  estimate: Estimate | null;
}

/** @param report of the part; never changed */
export function judgePart(report: MeshReport, lab: LabFacts): PartView {
  const fit = fitReport(report.size_mm, lab.printers);
  const chosen = fit.printers.find(({ printer }) => printer === lab.printer) ?? null;
  const { format, triangles, size_mm, volume_mm3, unit, shells, watertight, advice } = report;
  return {
    format,
    triangles,
    size_mm,
    volume_mm3,
    unit,
    shells,
    watertight,
    advice,
    fits: fit.fits,
    fit_text: fit.text,
    fit_lines: fit.lines,
    chosen,
    elsewhere_text: chosen?.fits === "no" ? elsewhere(report, lab) : null,
    scale_text: scaleAdvice(size_mm, lab.printers, unit) ?? null,
    estimate: lab.material && lab.price ? estimate(report, lab.material, lab.price) : null,
  };
}

/**
 * What a student is told whose model fits no printer, before it is taken: form and server say the same. Of the
 * printers only the nearest; an error of a dozen lines is not read.
 */
export function fitsNowhereText({ fit_lines, scale_text }: PartView): string {
  const todo = "If you want to send it all the same, say so below and send the form again.";
  return [...fit_lines.slice(0, 2), scale_text, todo].filter(Boolean).join(" ");
}

/** The printers that can take it; when none can, how far it is from each of the others. */
function elsewhere({ size_mm }: MeshReport, { printers, printer }: LabFacts): string | null {
  const others = printers.filter(({ id, active }) => id !== printer && active !== false);
  const able = others.filter((one) => fitReport(size_mm, [one]).fits !== "no");
  return others.length > 0 ? fitReport(size_mm, able.length > 0 ? able : others).text : null;
}

/** Why there is no estimate. */
export function whyNoEstimate({ watertight, scale_text }: PartView): string {
  if (!watertight) return "No estimate: the model is not closed, so its weight cannot be told from the file.";
  if (scale_text) return "No estimate: the size makes no sense yet.";
  return "No estimate: this model's weight cannot be told from the file.";
}

/** "20 × 20 × 7.5 mm" */
export function sizeText(size: MeshReport["size_mm"]): string {
  return `${size.map((mm) => (mm >= 100 ? mm.toFixed(0) : Number(mm.toFixed(mm >= 10 ? 1 : 2)))).join(" × ")} mm`;
}
