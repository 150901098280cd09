/** Who the lab works for: figures per discipline and per course. A course is one however its number is typed. */
import { noSums, sums } from "./rows.server";
import type { Question } from "./question";

export interface Share {
  name: string;
  submitted: number;
  rejected: number;
  completed: number;
  grams: number;
  hours: number;
  cents: number;
}

export interface CourseReport {
  disciplines: Share[];
  /** The courses with most requests, at most `MOST_COURSES`, and how many there are. */
  courses: Share[];
  courses_total: number;
}

export const MOST_COURSES = 50;

export async function courseReport(question: Question, most = MOST_COURSES): Promise<CourseReport> {
  const grain = question.printer ? 4 : 3;
  const [disciplines, courses, everybody] = await Promise.all([
    sums(question, [["discipline"]]),
    sums(question, [["course"]], { grain }),
    question.staff
      ? Promise.all([
          sums(question, [["discipline"]], { staff: false }),
          sums(question, [["course"]], { grain, staff: false }),
        ])
      : null,
  ]);
  const byCourse = shares(courses, everybody?.[1] ?? courses, "course");
  return {
    disciplines: shares(disciplines, everybody?.[0] ?? disciplines, "discipline"),
    courses: byCourse.slice(0, most),
    courses_total: byCourse.length,
  };
}

/** What staff did, beside what students asked for (which is nobody's on the staff list). */
function shares<D extends "discipline" | "course">(
  own: Awaited<ReturnType<typeof sums<D>>>,
  every: Awaited<ReturnType<typeof sums<D>>>,
  dim: D,
): Share[] {
  const name = (row: (typeof own)[number]) => row[dim as never] as string;
  const done = new Map(own.map((row) => [name(row), row]));
  const asked = new Map(every.map((row) => [name(row), row]));
  return [...new Set([...done.keys(), ...asked.keys()])]
    .map((key) => {
      const { rejected, completed, grams, hours, cents } = done.get(key) ?? noSums();
      return {
        name: key,
        submitted: asked.get(key)?.submitted ?? 0,
        rejected,
        completed,
        grams,
        hours,
        cents,
      };
    })
    .filter(({ submitted, rejected, completed, cents }) => submitted || rejected || completed || cents)
    .sort((a, b) => b.submitted - a.submitted || b.completed - a.completed || a.name.localeCompare(b.name));
}
