/** What the API's figures are asked, and how they say which days and whose they are. */
import { z } from "zod";
import { questionFrom } from "@server/reports/analytics/offer.server";
import type { Bucket, Question } from "@server/reports/analytics/question";
import { isDay } from "@server/time";

const all = (what: string) => z.string().max(100).default("all").describe(`${what}, or \`all\`.`);
const narrowing = {
  printer: all("The printer's id"),
  discipline: all("One of the disciplines"),
  staff: all("A name of the staff list"),
};
const days = z.coerce
  .number({ error: "Use a whole number from 1 to 732." })
  .int()
  .min(1)
  .max(732)
  .default(30)
  .describe("So many days of the lab's time zone, today included.");
export const PeriodSchema = z.strictObject({ days, ...narrowing });

const day = z
  .string()
  .refine((text) => isDay(text) && /^(19|20)/.test(text), "Use a day as YYYY-MM-DD, from 1900 to 2099.")
  .optional()
  .describe("YYYY-MM-DD, a day of the lab's time zone.");
export const BUCKETS = { daily: "day", weekly: "week", monthly: "month" } as const satisfies Record<
  string,
  Bucket
>;
export const PERIOD_OF = { day: "daily", week: "weekly", month: "monthly" } as const satisfies Record<
  Bucket,
  string
>;
/** What the API calls a series → the verb's. */
export const SERIES = {
  submissions: "submitted",
  approvals: "approved",
  completions: "completed",
  failures: "failed",
  turnaround_minutes: "turnaround_minutes",
  revenue_cents: "cents",
  payments: "paid",
} as const;
export type Metric = keyof typeof SERIES;
export const METRICS = Object.keys(SERIES) as [Metric, ...Metric[]];
export const TrendsQuery = z
  .strictObject({
    period: z
      .enum(["daily", "weekly", "monthly"])
      .optional()
      .describe("How far the points are apart; as fine as can be read when left out."),
    metric: z.enum(METRICS).optional().describe("One series; all of them when left out."),
    start_date: day,
    end_date: day,
    days,
    ...narrowing,
  })
  .refine(({ start_date, end_date }) => !start_date || !end_date || start_date <= end_date, {
    path: ["end_date"],
    message: "The last day comes before the first one.",
  });

export const Asked = {
  start_date: z.iso.date(),
  end_date: z.iso.date(),
  printer: z.string().nullable(),
  discipline: z.string().nullable(),
  staff: z.string().nullable(),
};
/** The same, as answers say it. */
export const asked = ({ from, to, printer, discipline, staff }: Question) => ({
  start_date: from,
  end_date: to,
  printer: printer || null,
  discipline: discipline || null,
  staff: staff || null,
});

/** The verbs' question from a query. */
export function questionOf(
  query: z.output<typeof TrendsQuery> | z.output<typeof PeriodSchema>,
): Promise<Question> {
  const { start_date, end_date } = query as z.output<typeof TrendsQuery>;
  const { days, printer, discipline, staff } = query;
  const params = new URLSearchParams({ days: String(days), printer, discipline, staff });
  if (start_date || end_date) params.set("period", "custom");
  if (start_date) params.set("from", start_date);
  if (end_date) params.set("to", end_date);
  return questionFrom(params);
}
