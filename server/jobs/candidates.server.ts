/** The files that may be chosen for printing, with what a slicer wrote into them. */
import path from "node:path";
import { absolute, folderOf } from "../files/store.server";
import { readSliced } from "../mesh/sliced.server";
import { type Candidate, listCandidates } from "./files.server";
import type { Job } from "./job.server";

/** What a slicer's file says of the print; what it does not say is null. */
export interface SlicedSays {
  /** "PrusaSlicer 2.9.2" */
  slicer: string | null;
  printer: string | null;
  material: string | null;
  /** Hours, rounded up to 0.01. */
  hours: number | null;
  grams: number | null;
  /** The file's kind is known by its name only, or it says nothing: a sentence. */
  problem: string | null;
}

export interface CandidateWithFacts extends Candidate {
  /** Null for what no slicer has sliced. */
  sliced: SlicedSays | null;
}

const PROBLEMS: Record<string, string | null> = {
  not_sliced: null, // a project or a model: nothing was to be expected
  name_only: "Time and weight cannot be read from this kind of file; enter them yourself.",
  unreadable: "This file cannot be read right now.",
  empty: "This file is empty.",
  damaged: "This file is damaged or still being written; check what was read from it.",
  unknown: "No slicer's words were found in this file.",
};

/** The printable files of a job's folder, newest first. @throws Refusal `unavailable` when the storage refuses */
export async function candidatesWithFacts(
  job: Pick<Job, "id" | "status" | "stem">,
): Promise<CandidateWithFacts[]> {
  const folder = absolute(folderOf(job.status, job.stem));
  return Promise.all(
    (await listCandidates(job)).map(async (file) => ({
      ...file,
      sliced: /\.(stl|obj)$/i.test(file.name) ? null : await saysOf(path.join(folder, file.name), file.name),
    })),
  );
}

async function saysOf(file: string, name: string): Promise<SlicedSays | null> {
  const { slicer, slicerVersion, printer, material, hours, grams, problem } = await readSliced(file, name);
  if (problem === "not_sliced") return null;
  return {
    slicer: slicer && [slicer, slicerVersion].filter(Boolean).join(" "),
    printer,
    material,
    hours,
    grams,
    problem: problem && (PROBLEMS[problem] ?? null),
  };
}
