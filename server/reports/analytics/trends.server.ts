/** How the lab's work went over time: what came in, what was approved, printed and paid, by day, week or month. */
import { bucketOf, bucketsOf, type Bucket, type Question } from "./question";
import { noSums, sums } from "./rows.server";

export interface Trends {
  bucket: Bucket;
  /** First day of each point: "2026-11-24". */
  starts: string[];
  submitted: number[];
  approved: number[];
  completed: number[];
  failed: number[];
  /** Mean from request to finished print, in minutes; null where nothing was finished. */
  turnaround_minutes: (number | null)[];
  cents: number[];
  paid: number[];
}

const SUMMED = [
  "submitted",
  "approved",
  "completed",
  "failed",
  "turned_round",
  "turnaround_minutes",
  "cents",
  "paid",
] as const;

/** @param bucket how far the points are apart; as fine as can still be read when not given */
export async function trends(question: Question, bucket: Bucket = bucketOf(question)): Promise<Trends> {
  const starts = bucketsOf(question, bucket);
  const [all, everybody] = await Promise.all([
    sums(question, SUMMED, [["day"]], { bucket }),
    question.staff ? sums(question, ["submitted"], [["day"]], { bucket, staff: false }) : null,
  ]);
  const own = new Map(all.map((row) => [row.day, row]));
  const every = new Map((everybody ?? all).map((row) => [row.day, row]));
  const points = starts.map((start) => own.get(start) ?? noSums(SUMMED));
  return {
    bucket,
    starts,
    submitted: starts.map((start) => every.get(start)?.submitted ?? 0),
    approved: points.map(({ approved }) => approved),
    completed: points.map(({ completed }) => completed),
    failed: points.map(({ failed }) => failed),
    turnaround_minutes: points.map(({ turned_round, turnaround_minutes }) =>
      turned_round ? Math.floor(turnaround_minutes / turned_round) : null,
    ),
    cents: points.map(({ cents }) => cents),
    paid: points.map(({ paid }) => paid),
  };
}
