/** How many students came, how many for the first time, and how often. Names only when asked for. */
import { db } from "../../db.server";
import { boundsOf, narrowed, WITHIN } from "./rows.server";
import type { Question } from "./question";

export interface StudentReport {
  students: number;
  /** Whose first request of all lies in the period (and in what narrows it). */
  new_students: number;
  returning: number;
  requests: number;
  /** Students by how many requests they sent in the period. */
  spread: { label: string; students: number }[];
  /** The most frequent ones; `name` is null unless asked for, or when the student's requests are pruned. */
  most: { name: string | null; requests: number }[];
}

const SPREAD = ["1", "2", "3 to 5", "6 to 10", "More than 10"];
const MOST = 10;

/** Staff do not narrow it: nobody on the staff list sends requests. */
export async function studentReport(question: Question, { names = false } = {}): Promise<StudentReport> {
  const bounds = await boundsOf(question);
  type Row = { what: string; place: number; n: number; fresh: number; student: number };
  const { rows } = await db().raw<{ rows: Row[] }>(
    `WITH per AS MATERIALIZED (
       SELECT student, count(*) AS n, count(*) FILTER (WHERE first_request) AS fresh FROM report_steps
       WHERE step = 'submitted' AND ${WITHIN}${narrowed(bounds, ["printer", "discipline"])} GROUP BY student
     )
     SELECT 'spread' AS what, CASE WHEN n <= 2 THEN n - 1 WHEN n <= 5 THEN 2 WHEN n <= 10 THEN 3 ELSE 4 END AS place,
       count(*) AS student, sum(n) AS n, sum(fresh) AS fresh FROM per GROUP BY 2
     UNION ALL (SELECT 'most', 0, student, n, fresh FROM per ORDER BY n DESC, student LIMIT ${MOST})`,
    bounds,
  );
  const spread = rows.filter(({ what }) => what === "spread");
  const total = (of: (row: Row) => number) => spread.reduce((sum, row) => sum + Number(of(row)), 0);
  const students = total(({ student }) => student);
  const new_students = total(({ fresh }) => fresh);
  const most = rows.filter(({ what }) => what === "most").sort((a, b) => b.n - a.n || a.student - b.student);
  const known = names
    ? await nameStudents(most.map(({ student }) => Number(student)))
    : new Map<number, string>();
  return {
    students,
    new_students,
    returning: students - new_students,
    requests: total(({ n }) => n),
    spread: SPREAD.map((label, i) => ({
      label,
      students: Number(spread.find(({ place }) => Number(place) === i)?.student ?? 0),
    })),
    most: most.map(({ student, n }) => ({ name: known.get(Number(student)) ?? null, requests: Number(n) })),
  };
}

/** The name on each student's newest request. */
async function nameStudents(numbers: number[]): Promise<Map<number, string>> {
  const { rows } = await db().raw<{ rows: { id: number; name: string }[] }>(
    `SELECT DISTINCT ON (s.id) s.id, j.student_name AS name FROM report_students s JOIN jobs j ON lower(j.student_email) = s.email
     WHERE s.id = ANY (?) ORDER BY s.id, j.created_at DESC`,
    [numbers],
  );
  return new Map(rows.map(({ id, name }) => [Number(id), name]));
}
