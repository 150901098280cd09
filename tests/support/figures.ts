/**
 * The figures once more, by queries of their own over jobs, log and ledger: nothing here reads what the analytics keep.
 * A test that prunes a job copies its row to `kept_jobs` first, because its steps still count.
 */
import type { Question } from "@server/reports/analytics/question";
import { REJECT_REASONS } from "@server/reject-reasons";
import type { Lab } from "./database";

export interface StepRow {
  step: string;
  day: string;
  week: string;
  month: string;
  staff: string;
  printer: string;
  discipline: string;
  course: string;
  material: string;
  email: string;
  minutes: number | null;
  total_minutes: number | null;
  grams: number | null;
  hours: number | null;
  cents: number | null;
  estimate: number | null;
  first: boolean;
  details: { reasons?: string[]; custom_reason?: string } | null;
}

/** A step counts when it is the first of its kind after which the job never stood before it again. */
const TOLD = `
  WITH j AS (SELECT * FROM jobs UNION ALL SELECT * FROM kept_jobs), counted AS (
    SELECT min(x.id) AS id, x.job_id, CASE x.place WHEN 0 THEN 'submitted' WHEN 1 THEN 'approved' WHEN 2 THEN 'confirmed'
        WHEN 3 THEN 'started' WHEN 4 THEN 'completed' ELSE 'picked_up' END AS step
    FROM own_events x WHERE x.place IS NOT NULL AND (x.place > 0 OR x.event_type = 'JobCreated') AND x.event_type <> 'PrintFailed'
      AND NOT EXISTS (SELECT FROM own_events y WHERE y.job_id = x.job_id AND y.id > x.id AND y.place < x.place)
    GROUP BY x.job_id, x.place
    UNION ALL
    SELECT min(x.id), x.job_id, CASE WHEN x.triggered_by = 'student' THEN 'declined' ELSE 'rejected' END
    FROM own_events x WHERE x.target = 'REJECTED'
      AND NOT EXISTS (SELECT FROM own_events y WHERE y.job_id = x.job_id AND y.id > x.id AND y.place IS NOT NULL)
    GROUP BY x.job_id, x.triggered_by
    UNION ALL
    SELECT id, job_id, 'failed' FROM own_events WHERE event_type = 'PrintFailed'
  ), at_step AS MATERIALIZED (
    SELECT c.job_id, c.step, e.at, CASE WHEN e.triggered_by IN ('student','system') THEN '' ELSE e.triggered_by END AS staff, e.details
    FROM counted c JOIN own_events e ON e.id = c.id
  ), told AS MATERIALIZED (
    SELECT a.*, floor(extract(epoch FROM a.at - p.at) / 60)::int AS minutes,
      CASE WHEN a.step = 'completed' THEN floor(extract(epoch FROM a.at - s.at) / 60)::int END AS total_minutes,
      CASE WHEN a.step IN ('approved','completed') THEN j.weight_g END AS grams,
      CASE WHEN a.step IN ('approved','completed') THEN j.time_hours END AS hours,
      CASE WHEN a.step IN ('approved','completed') THEN j.cost_cents END AS cents, NULL::numeric AS estimate
    FROM at_step a JOIN j ON j.id = a.job_id
    LEFT JOIN at_step s ON s.job_id = a.job_id AND s.step = 'submitted'
    LEFT JOIN at_step p ON p.job_id = a.job_id AND p.step = CASE a.step WHEN 'approved' THEN 'submitted' WHEN 'rejected' THEN 'submitted'
      WHEN 'confirmed' THEN 'approved' WHEN 'started' THEN 'confirmed' WHEN 'completed' THEN 'started' WHEN 'picked_up' THEN 'completed' END
    UNION ALL
    SELECT p.job_id, 'paid', p.paid_ts, p.paid_by_staff, NULL, NULL, NULL, p.grams, NULL, p.price_cents, j.weight_g
    FROM payments p JOIN j ON j.id = p.job_id WHERE p.voided_at IS NULL
  )
  SELECT t.*, j.printer, j.discipline, j.class_number, j.material, lower(j.student_email) AS email,
    t.step = 'submitted' AND t.at = min(t.at) FILTER (WHERE t.step = 'submitted') OVER (PARTITION BY lower(j.student_email)) AS first
  FROM told t JOIN j ON j.id = t.job_id`;

/** Reads jobs, log and ledger as they are now; the queries below are over this reading. */
export async function readAnew(lab: Lab): Promise<void> {
  await lab.owner("DROP TABLE IF EXISTS own_steps, own_events");
  await lab.owner(
    `CREATE TABLE own_events AS SELECT id, job_id, timestamp AS at, event_type, triggered_by, details, details->>'to' AS target,
       CASE WHEN event_type = 'JobCreated' THEN 0 ELSE CASE details->>'to' WHEN 'UPLOADED' THEN 0 WHEN 'PENDING' THEN 1
         WHEN 'READYTOPRINT' THEN 2 WHEN 'PRINTING' THEN 3 WHEN 'COMPLETED' THEN 4 WHEN 'PAIDPICKEDUP' THEN 5 END END AS place
     FROM events WHERE event_type = 'JobCreated' OR details->>'to' IS NOT NULL`,
  );
  await lab.owner("CREATE INDEX ON own_events (job_id)");
  await lab.owner(`CREATE TABLE own_steps AS ${TOLD}`);
}

const STEPS = `
  WITH asked AS (
    SELECT *, (at AT TIME ZONE $1)::date AS day FROM own_steps
    WHERE (at AT TIME ZONE $1)::date BETWEEN $2::date AND $3::date AND ($4 = '' OR printer = $4) AND ($5 = '' OR discipline = $5)
      AND ($6 = '' OR staff = $6)
  )`;

const values = (q: Question, zone: string) => [zone, q.from, q.to, q.printer, q.discipline, q.staff];

/** Every step that a question is about. */
export async function steps(lab: Lab, q: Question, zone: string): Promise<StepRow[]> {
  const rows = await lab.owner<StepRow & { class_number: string }>(
    `${STEPS} SELECT step, to_char(day, 'YYYY-MM-DD') AS day, to_char(date_trunc('week', day), 'YYYY-MM-DD') AS week,
       to_char(date_trunc('month', day), 'YYYY-MM-DD') AS month, staff, printer, discipline, class_number, material, email, minutes,
       total_minutes, grams::float, hours::float, cents, estimate::float, first, details FROM asked`,
    values(q, zone),
  );
  return rows.map((row) => ({ ...row, course: row.class_number.trim().replace(/\s+/g, " ").toUpperCase() }));
}

const WAITING = ["UPLOADED", "PENDING", "READYTOPRINT", "PRINTING", "COMPLETED"];

/** The figures that are more than a sum of steps. */
export const own = {
  /** percentile_disc over all waits. */
  async waits(lab: Lab, q: Question, zone: string) {
    const rows = await lab.owner<{ wait: string; n: string; median: number; p90: number }>(
      `${STEPS}, waits AS (
         SELECT CASE step WHEN 'approved' THEN 'review' WHEN 'rejected' THEN 'review' ELSE step END AS wait, minutes AS m FROM asked
         WHERE step IN ('approved','rejected','confirmed','started','completed','picked_up')
         UNION ALL SELECT 'total', total_minutes FROM asked WHERE step = 'completed'
       )
       SELECT wait, count(*) AS n, percentile_disc(0.5) WITHIN GROUP (ORDER BY m) AS median, percentile_disc(0.9) WITHIN GROUP (ORDER BY m) AS p90
       FROM waits WHERE m IS NOT NULL GROUP BY wait`,
      values(q, zone),
    );
    const shown = (m: number) => m - (m % (m < 240 ? 10 : m < 2880 ? 30 : 180));
    return ["review", "confirmed", "started", "completed", "picked_up", "total"].map((wait) => {
      const row = rows.find((one) => one.wait === wait);
      return row
        ? { wait, n: Number(row.n), median: shown(row.median), p90: shown(row.p90) }
        : { wait, n: 0, median: null, p90: null };
    });
  },

  async rejections(lab: Lab, q: Question, zone: string) {
    // Students decline by themselves: nobody's name narrows that.
    const found = await steps(lab, { ...q, staff: "" }, zone);
    const mine = found.filter((row) => !q.staff || row.staff === q.staff);
    const rejected = mine.filter(({ step }) => step === "rejected");
    const codes = rejected.flatMap(({ details }) => [
      ...new Set([...(details?.reasons ?? []), ...(details?.custom_reason ? ["custom"] : [])]),
    ]);
    const known = [...new Set([...Object.keys(REJECT_REASONS), ...codes])];
    return {
      rejected: rejected.length,
      declined: found.filter(({ step }) => step === "declined").length,
      failed: mine.filter(({ step }) => step === "failed").length,
      reasons: known
        .map((code) => ({ code, n: codes.filter((one) => one === code).length }))
        .filter(({ n }) => n > 0)
        .sort((a, b) => b.n - a.n || a.code.localeCompare(b.code)),
    };
  },

  async estimates(lab: Lab, q: Question, zone: string) {
    const [row] = await lab.owner<Record<string, string | null>>(
      `${STEPS} SELECT
         count(*) FILTER (WHERE step = 'paid' AND estimate > 0) AS compared,
         coalesce(sum(estimate) FILTER (WHERE step = 'paid'), 0) AS estimated_grams,
         coalesce(sum(grams) FILTER (WHERE step = 'paid' AND estimate > 0), 0) AS weighed_grams,
         sum(grams) FILTER (WHERE step = 'paid' AND estimate > 0) / sum(estimate) FILTER (WHERE step = 'paid') - 1 AS bias,
         sum(greatest(grams, estimate) - least(grams, estimate)) FILTER (WHERE step = 'paid' AND estimate > 0)
           / sum(estimate) FILTER (WHERE step = 'paid') AS off,
         avg(CASE WHEN grams BETWEEN estimate * 0.9 AND estimate * 1.1 THEN 1.0 ELSE 0 END) FILTER (WHERE step = 'paid' AND estimate > 0) AS close,
         count(*) FILTER (WHERE step = 'completed' AND minutes IS NOT NULL) AS clocked,
         coalesce(sum(hours) FILTER (WHERE step = 'completed' AND minutes IS NOT NULL), 0) AS sliced_hours,
         coalesce(sum(minutes) FILTER (WHERE step = 'completed'), 0) / 60.0 AS clocked_hours
       FROM asked`,
      values(q, zone),
    );
    return Object.fromEntries(
      Object.entries(row!).map(([key, value]) => [key, value === null ? null : Number(value)]),
    );
  },

  shares(found: StepRow[], every: StepRow[], by: "discipline" | "course") {
    const names = [
      ...new Set([...found, ...every.filter(({ step }) => step === "submitted")].map((row) => row[by])),
    ];
    const sum = (rows: StepRow[], of: "grams" | "hours" | "cents") =>
      Math.round(rows.reduce((all, row) => all + (row[of] ?? 0), 0) * 1000) / 1000;
    return names
      .map((name) => {
        const of = (step: string) => found.filter((row) => row[by] === name && row.step === step);
        const done = of("completed");
        return {
          name,
          submitted: every.filter((row) => row[by] === name && row.step === "submitted").length,
          rejected: of("rejected").length,
          completed: done.length,
          grams: sum(done, "grams"),
          hours: sum(done, "hours"),
          cents: sum(of("paid"), "cents"),
        };
      })
      .filter(({ submitted, rejected, completed, cents }) => submitted || rejected || completed || cents)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  },

  async staff(lab: Lab, q: Question, zone: string) {
    const rows = await lab.owner<{ who: string; event_type: string; n: string; is_active: boolean | null }>(
      `SELECT e.triggered_by AS who, e.event_type, count(*) AS n, s.is_active FROM events e LEFT JOIN staff s ON s.name = e.triggered_by
       WHERE e.triggered_by NOT IN ('student','system') AND (e.timestamp AT TIME ZONE $1)::date BETWEEN $2::date AND $3::date
         AND ($4 = '' OR e.triggered_by = $4) GROUP BY 1, 2, 4`,
      [zone, q.from, q.to, q.staff],
    );
    const total = (of: typeof rows) => of.reduce((sum, { n }) => sum + Number(n), 0);
    const people = [...new Set(rows.map(({ who }) => who))].map((name) => {
      const mine = rows.filter(({ who }) => who === name);
      const events = Object.fromEntries(mine.map(({ event_type, n }) => [event_type, Number(n)]));
      return { name, is_active: mine[0]!.is_active ?? false, total: total(mine), events };
    });
    const kinds = [...new Set(rows.map(({ event_type }) => event_type))].map((kind) => ({
      kind,
      n: total(rows.filter(({ event_type }) => event_type === kind)),
    }));
    return {
      staff: people.sort((a, b) => b.total - a.total || a.name.localeCompare(b.name)),
      events: kinds.sort((a, b) => b.n - a.n || a.kind.localeCompare(b.kind)).map(({ kind }) => kind),
    };
  },

  async students(lab: Lab, q: Question, zone: string) {
    const sent = (await steps(lab, q, zone)).filter(({ step }) => step === "submitted");
    const per = new Map<string, number>();
    for (const { email } of sent) per.set(email, (per.get(email) ?? 0) + 1);
    const counts = [...per.values()].sort((a, b) => b - a);
    const fresh = sent.filter(({ first }) => first).length;
    const between = (least: number, most: number) => counts.filter((n) => n >= least && n <= most).length;
    return {
      students: per.size,
      new_students: fresh,
      returning: per.size - fresh,
      requests: sent.length,
      spread: [
        { label: "1", students: between(1, 1) },
        { label: "2", students: between(2, 2) },
        { label: "3 to 5", students: between(3, 5) },
        { label: "6 to 10", students: between(6, 10) },
        { label: "More than 10", students: between(11, Infinity) },
      ],
      most: counts.slice(0, 10).map((requests) => ({ name: null, requests })),
    };
  },

  async queue(lab: Lab, q: Question): Promise<Record<string, number>> {
    const rows = await lab.owner<{ status: string; n: number }>(
      `SELECT status, count(*)::int AS n FROM jobs WHERE status = ANY ($1) AND ($2 = '' OR printer = $2) AND ($3 = '' OR discipline = $3) GROUP BY 1`,
      [WAITING, q.printer, q.discipline],
    );
    return Object.fromEntries(
      WAITING.map((status) => [status, rows.find((row) => row.status === status)?.n ?? 0]),
    );
  },

  async ages(lab: Lab, q: Question) {
    const rows = await lab.owner<{ status: string; hours: number }>(
      `SELECT status, extract(epoch FROM now() - status_since)::float / 3600 AS hours FROM jobs WHERE status = ANY ($1)
         AND ($2 = '' OR printer = $2) AND ($3 = '' OR discipline = $3)`,
      [WAITING, q.printer, q.discipline],
    );
    return WAITING.map((status) => {
      const mine = rows.filter((row) => row.status === status);
      const count = (from: number, to: number) =>
        mine.filter(({ hours }) => hours >= from && hours < to).length;
      return {
        status,
        fresh: count(0, 24),
        day: count(24, 48),
        "two-days": count(48, 72),
        late: count(72, Infinity),
      };
    });
  },

  async unclaimed(lab: Lab, q: Question, zone: string, days: number) {
    const [row] = await lab.owner<{ prints: string; grams: string; cents: string }>(
      `${STEPS} SELECT count(*) AS prints, coalesce(sum(grams), 0) AS grams, coalesce(sum(cents), 0) AS cents FROM asked
       WHERE step = 'completed' AND job_id IN (SELECT id FROM jobs WHERE status = 'COMPLETED') AND at < now() - make_interval(days => $7)`,
      [...values(q, zone), days],
    );
    return { prints: Number(row!.prints), grams: Number(row!.grams), cents: Number(row!.cents), days };
  },
};
