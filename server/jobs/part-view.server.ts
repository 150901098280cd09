/** What is known of jobs' model files, judged by the catalog in force: for cards, job page, mails, status page. */
import { currentCatalog } from "../catalog/catalog.server";
import { Refusal } from "../errors";
import { judgePart, type PartView } from "../parts/judge";
import { findParts, type Part } from "../parts/part.server";
import { Job, JobFile } from "./job.server";
import { labFacts } from "./lab-facts";
import { jobNotFound } from "./lock.server";

/** A part's picture: where to ask for it, or why there is none. */
export interface PictureView {
  sha256: string;
  /** Widths in pixels, smallest first; empty while there is none. */
  widths: number[];
  /** Why there is none; null while it is being made. */
  problem: string | null;
}

/** What the pages know of a job's file. */
export interface JobPart {
  /** Null: not measured (our reader failed, or the job is older than the reader). */
  part: PartView | null;
  picture: PictureView | null;
}

type OfJob = Pick<Job, "id" | "file_hash" | "printer" | "material">;

/** Several jobs' parts together. The student's file is measured; the file to be printed gives the picture if it can. */
export async function jobParts(jobs: OfJob[]): Promise<Map<string, JobPart>> {
  if (jobs.length === 0) return new Map();
  const ids = jobs.map(({ id }) => id);
  const chosen = await JobFile.query().where("role", "authoritative").whereIn("job_id", ids);
  const toPrint = new Map(chosen.map((file) => [file.job_id, file.sha256]));
  const [catalog, parts] = await Promise.all([
    currentCatalog(),
    findParts([...jobs.map(({ file_hash }) => file_hash), ...toPrint.values()]),
  ]);
  return new Map(
    jobs.map((job) => {
      const original = parts.get(job.file_hash);
      const printed = parts.get(toPrint.get(job.id) ?? "");
      const part = original?.report ? judgePart(original.report, labFacts(catalog.data, job)) : null;
      const shown = printed?.picture_widths.length ? printed : original;
      return [job.id, { part, picture: pictureOf(shown) }];
    }),
  );
}

/** One job's. */
export async function jobPart(job: OfJob): Promise<JobPart> {
  return (await jobParts([job])).get(job.id)!;
}

/**
 * The picture of a job, by its UUID.
 * @throws Refusal `not_found` for an unknown job, or while there is no picture
 */
export async function jobPicture(id: string): Promise<PictureView> {
  const job = await Job.query().findById(id);
  if (!job) throw jobNotFound();
  const { picture } = await jobPart(job);
  if (!picture?.widths.length)
    throw new Refusal("not_found", picture?.problem ?? "The picture of this model is still being made.");
  return picture;
}

function pictureOf(part: Part | undefined): PictureView | null {
  if (!part) return null;
  return { sha256: part.sha256, widths: part.picture_widths, problem: part.picture_problem };
}
