/** The chosen file and what is known of it: read in the browser, judged by what is chosen above it. */
import { useEffect, useRef, useState, type RefObject } from "react";
import { labFacts } from "@server/jobs/lab-facts";
import { fitsNowhereText, judgePart, type PartView } from "@server/parts/judge";
import { fileProblem } from "./model-file";
import type { ModelReading } from "./model-reading";
import { materialChosen, type Chosen, type Offer } from "./offer";
import { printerAdvice, tooSmallFor } from "./printer-advice";
import type { Verdict } from "./submit-schema";
import { useModelReport } from "./use-model-report";

export interface ChosenModel {
  file: File | null;
  choose: (file: File | null) => void;
  reading: ModelReading;
  /** The report, judged; null while there is none. */
  part: PartView | null;
  /** Ids of the printers that it is too large for. */
  tooSmall: readonly string[];
  /** What is wrong with the printer that was chosen. */
  advice?: string;
  /** What must be chosen before there can be an estimate. */
  openQuestion?: string;
  /** For the form's schema, at any moment. */
  verdict: RefObject<Verdict>;
}

/**
 * @param maxMb larger files are not read
 * @param chosen what the lists hold; null before the script has looked
 */
export function useChosenModel(offer: Offer, maxMb: number, chosen: Chosen | null): ChosenModel {
  const [file, choose] = useState<File | null>(null);
  const reading = useModelReport(file && !fileProblem(file, maxMb) ? file : null);
  const report = reading.state === "report" ? reading.report : null;
  const material = chosen ? materialChosen(offer, chosen) : undefined;
  const part = report && judgePart(report, labFacts(offer.lab, { printer: chosen?.printer, material }));
  const tooSmall = report ? tooSmallFor(report.size_mm, offer) : [];
  const verdict = useRef<Verdict | null>(null);
  verdict.current = file && {
    of: file,
    refused: reading.state === "refused" ? reading.message : undefined,
    fitsNowhere: part?.fits === "no" ? fitsNowhereText(part) : undefined,
  };
  return {
    file,
    choose,
    reading,
    part,
    tooSmall,
    advice: part && part.fits !== "no" ? printerAdvice(offer, chosen, tooSmall) : undefined,
    openQuestion: material
      ? undefined
      : `Choose a ${chosen?.print_method ? "color" : "print method"} above to see an estimate.`,
    verdict,
  };
}

/** Has the form look at the file again once reading it came to a refusal. */
export function useRefusal({ reading }: ChosenModel, look: () => void): void {
  const latest = useRef(look);
  latest.current = look;
  const refused = reading.state === "refused";
  useEffect(() => {
    if (refused) latest.current();
  }, [refused]);
}
