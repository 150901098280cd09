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

const DONE = ["rejected", "completed", "grams", "hours", "cents"] as const;
const SUMMED = ["submitted", ...DONE] as const;

export async function courseReport(question: Question, most = MOST_COURSES): Promise<CourseReport> {
  const grain = question.printer ? 4 : 3;
  const { staff } = question;
  // What staff did, beside what students asked for (which is nobody's on the staff list).
  const [disciplines, courses, disciplinesAsked, coursesAsked] = await Promise.all([
    sums(question, SUMMED, [["discipline"]]),
    sums(question, SUMMED, [["course"]], { grain }),
    staff ? sums(question, ["submitted"], [["discipline"]], { staff: false }) : null,
    staff ? sums(question, ["submitted"], [["course"]], { grain, staff: false }) : null,
  ]);
  const byCourse = shares("course", courses, coursesAsked ?? courses);
  return {
    disciplines: shares("discipline", disciplines, disciplinesAsked ?? disciplines),
    courses: byCourse.slice(0, most),
    courses_total: byCourse.length,
  };
}

function shares<D extends "discipline" | "course">(
  dim: D,
  done: (Record<D, string> & Record<(typeof DONE)[number], number>)[],
  asked: (Record<D, string> & { submitted: number })[],
): Share[] {
  const own = new Map(done.map((row) => [row[dim] as string, row]));
  const requests = new Map(asked.map((row) => [row[dim] as string, row.submitted]));
  return [...new Set([...own.keys(), ...requests.keys()])]
    .map((name) => {
      const { rejected, completed, grams, hours, cents } = own.get(name) ?? noSums(DONE);
      return { name, submitted: requests.get(name) ?? 0, rejected, completed, grams, hours, cents };
    })
    .filter(({ submitted, rejected, completed, cents }) => submitted || rejected || completed || cents)
    .sort((a, b) => b.submitted - a.submitted || b.completed - a.completed || a.name.localeCompare(b.name));
}
