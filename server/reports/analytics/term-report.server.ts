/** One page for the head of the lab: a term's figures from the same sums as everywhere else. */
import { db } from "../../db.server";
import { settings } from "../../settings/settings.server";
import { courseReport, type Share } from "./courses.server";
import { leadTimes, type LeadTime } from "./lead-times.server";
import { COMPARED, estimateError, type EstimateError } from "./money.server";
import { printerReport } from "./printers.server";
import type { Question } from "./question";
import { rejections, type Rejections } from "./rejections.server";
import { boundsOf, noSums, sums } from "./rows.server";
import { studentReport } from "./students.server";

/** Prints that lie unclaimed since the term, longer than the lab waits. */
export interface Unclaimed {
  prints: number;
  grams: number;
  cents: number;
  days: number;
}

export interface TermReport {
  submitted: number;
  completed: number;
  picked_up: number;
  failed: number;
  grams: number;
  hours: number;
  cents: number;
  paid: number;
  students: number;
  new_students: number;
  disciplines: Share[];
  courses: Share[];
  courses_total: number;
  rejections: Rejections;
  printers: { name: string; completed: number; hours: number; grams: number }[];
  waits: LeadTime[];
  unclaimed: Unclaimed;
  estimates: EstimateError;
}

/** As many courses as one page has room for. */
const COURSES = 10;

const SUMMED = [
  "submitted",
  "completed",
  "picked_up",
  "failed",
  "grams",
  "hours",
  "cents",
  "paid",
  ...COMPARED,
] as const;

export async function termReport(asked: Question): Promise<TermReport> {
  const question = { ...asked, staff: "" };
  const [[all = noSums(SUMMED)], courses, why, printers, waits, students, unclaimed] = await Promise.all([
    sums(question, SUMMED, [[]]),
    courseReport(question, COURSES),
    rejections(question),
    printerReport(question),
    leadTimes(question),
    studentReport(question),
    unclaimedPrints(question),
  ]);
  const { submitted, completed, picked_up, failed, grams, hours, cents, paid } = all;
  return {
    ...{ submitted, completed, picked_up, failed, grams, hours, cents, paid },
    students: students.students,
    new_students: students.new_students,
    ...courses,
    rejections: why,
    printers: printers.printers.map(({ name, completed, hours, grams }) => ({
      name,
      completed,
      hours,
      grams,
    })),
    waits,
    unclaimed,
    estimates: estimateError(all),
  };
}

async function unclaimedPrints(question: Question): Promise<Unclaimed> {
  const bounds = await boundsOf(question);
  const { unclaimed_days } = await settings();
  const { rows: [found] } = await db().raw(
    `SELECT count(*) AS prints, coalesce(sum(j.weight_g), 0) AS grams, coalesce(sum(j.cost_cents), 0) AS cents
     FROM jobs j WHERE j.status = 'COMPLETED' AND j.status_since < now() - make_interval(days => CAST(:days AS integer))
       AND j.status_since >= CAST(:from AS timestamp) AT TIME ZONE :zone
       AND j.status_since < (CAST(:to AS timestamp) + interval '1 day') AT TIME ZONE :zone
       ${bounds.printer ? "AND j.printer = :printer" : ""} ${bounds.discipline ? "AND j.discipline = :discipline" : ""}`,
    { ...bounds, days: unclaimed_days },
  ); // prettier-ignore
  return {
    prints: Number(found.prints),
    grams: Number(found.grams),
    cents: Number(found.cents),
    days: unclaimed_days,
  };
}
