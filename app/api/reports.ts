/** "Analytics & Insights" and "Dashboard Stats": the figures of the analytics pages, which docs/figures.md defines. */
import { z } from "zod";
import { At } from "@server/reports/job-object";
import { capacity } from "@server/reports/analytics/capacity.server";
import { leadTimes } from "@server/reports/analytics/lead-times.server";
import { moneyReport } from "@server/reports/analytics/money.server";
import { inQueue, overview, storageUse } from "@server/reports/analytics/overview.server";
import { printerReport } from "@server/reports/analytics/printers.server";
import type { Question } from "@server/reports/analytics/question";
import { queueAges } from "@server/reports/analytics/queue.server";
import { rejections } from "@server/reports/analytics/rejections.server";
import { staffActivity } from "@server/reports/analytics/staff-activity.server";
import { trends } from "@server/reports/analytics/trends.server";
import { endpoint } from "./endpoint";
import { Asked, asked, BUCKETS, METRICS, type Metric, PERIOD_OF, PeriodSchema, questionOf, SERIES, TrendsQuery } from "./reports-query"; // prettier-ignore
import {
  CapacitySchema,
  Count,
  LeadTimeSchema,
  MoneySchema,
  OverviewSchema,
  PrintersSchema,
  QueueSchema,
  RejectionsSchema,
  StaffActivitySchema,
  StatusCounts,
  StorageSchema,
} from "./reports-schemas";

const values = z.array(z.number().nullable());
const SeriesSchema = z.object({
  period: z.enum(["daily", "weekly", "monthly"]),
  dates: z.array(z.iso.date()).describe("The first day of each point; weeks begin on Monday."),
  series: z
    .object(
      Object.fromEntries(METRICS.map((name) => [name, values.optional()])) as Record<
        Metric,
        z.ZodOptional<typeof values>
      >,
    ) // prettier-ignore
    .describe("A value for each date. `turnaround_minutes` is null where nothing was finished."),
});

async function seriesOf(question: Question, period?: keyof typeof BUCKETS, metrics: Metric[] = METRICS) {
  const found = await trends(question, period && BUCKETS[period]);
  return {
    period: PERIOD_OF[found.bucket],
    dates: found.starts,
    series: Object.fromEntries(metrics.map((name) => [name, found[SERIES[name]]])),
  };
}

/** Printers and materials, without the series that a chart needs. */
async function usage(question: Question) {
  const { printers, materials } = await printerReport(question);
  const plain = <T extends { by_bucket: unknown }>({ by_bucket: _, ...rest }: T) => rest;
  return { printers: printers.map(plain), materials: materials.map(plain) };
}

async function money(question: Question) {
  const { cents, paid, average_cents, grams, estimates } = await moneyReport(question);
  return { revenue_cents: cents, payments: paid, average_cents, grams, estimates };
}

/** What the specification calls them. */
const STATS = {
  uploaded: "UPLOADED",
  pending: "PENDING",
  readyToPrint: "READYTOPRINT",
  printing: "PRINTING",
  completed: "COMPLETED",
  paidPickedUp: "PAIDPICKEDUP",
  rejected: "REJECTED",
  archived: "ARCHIVED",
} as const;
const inMegabytes = (bytes: number) => Math.round(bytes / 1e6);

const common = { method: "GET", tag: "Reports", auth: "workstation", status: 200 } as const;

export const reportEndpoints = [
  endpoint({
    ...common,
    path: "stats",
    summary: "How many jobs are in each status, and how full the storage is",
    about:
      "Megabytes are 10^6 bytes, as of the last count (`storage_counted_at`). The limit is null when the lab has set none.",
    answer: z
      .object({
        ...(Object.fromEntries(Object.keys(STATS).map((name) => [name, Count])) as Record<
          keyof typeof STATS,
          typeof Count
        >),
        storage_usage_mb: Count,
        storage_limit_mb: Count.nullable(),
        storage_counted_at: At.nullable(),
      })
      .meta({ id: "Stats" }),
    run: async () => {
      const [counts, storage] = await Promise.all([inQueue({ printer: "", discipline: "" }), storageUse()]);
      return {
        ...Object.fromEntries(Object.entries(STATS).map(([name, status]) => [name, counts[status]])),
        storage_usage_mb: inMegabytes(storage.bytes),
        storage_limit_mb: storage.limit_bytes === null ? null : inMegabytes(storage.limit_bytes),
        storage_counted_at: storage.at,
      };
    },
  }),
  endpoint({
    ...common,
    path: "stats/detailed",
    summary: "Submissions over time, printers, reasons of rejections, and who did what",
    query: PeriodSchema,
    answer: z.object({
      ...Asked,
      trends: SeriesSchema,
      ...PrintersSchema,
      rejections: RejectionsSchema,
      staff_activity: StaffActivitySchema,
    }),
    run: async ({ query }) => {
      const question = await questionOf(query);
      const [series, printers, refused, activity] = await Promise.all([
        seriesOf(question),
        usage(question),
        rejections(question),
        staffActivity(question),
      ]);
      return {
        ...asked(question),
        trends: series,
        ...printers,
        rejections: refused,
        staff_activity: activity.staff,
      };
    },
  }),
  endpoint({
    ...common,
    path: "analytics/overview",
    summary: "A period at a glance: work, resources and money",
    query: PeriodSchema,
    answer: z.object({
      ...Asked,
      operations: OverviewSchema,
      lead_times: z.array(LeadTimeSchema),
      jobs_now: StatusCounts,
      resources: z.object({ ...PrintersSchema, storage: StorageSchema }),
      finance: MoneySchema,
    }),
    run: async ({ query }) => {
      const question = await questionOf(query);
      const [sums, waits, now, resources, storage, finance] = await Promise.all([
        overview(question),
        leadTimes(question),
        inQueue(question),
        usage(question),
        storageUse(),
        money(question),
      ]);
      const { submitted, approved, rejected, completed, picked_up, failed, turnaround_minutes } = sums;
      return {
        ...asked(question),
        operations: { submitted, approved, rejected, completed, picked_up, failed, turnaround_minutes },
        lead_times: waits,
        jobs_now: now,
        resources: { ...resources, storage },
        finance,
      };
    },
  }),
  endpoint({
    ...common,
    path: "analytics/trends",
    summary: "How the lab's work went over time",
    about:
      "`days` counts back from today; `start_date` and `end_date` go before it. A period longer than 732 days keeps its end: the answer says which days it is about.",
    query: TrendsQuery,
    answer: z.object({ ...Asked, ...SeriesSchema.shape }),
    run: async ({ query }) => {
      const question = await questionOf(query);
      const { period, metric } = query;
      return { ...asked(question), ...(await seriesOf(question, period, metric && [metric])) };
    },
  }),
  endpoint({
    ...common,
    path: "analytics/resources",
    summary: "What printers and materials were used, and what waits for them",
    query: PeriodSchema,
    answer: z.object({
      ...Asked,
      ...PrintersSchema,
      capacity: z.array(CapacitySchema),
      queue: z.array(QueueSchema),
      storage: StorageSchema,
    }),
    run: async ({ query }) => {
      const question = await questionOf(query);
      const [used, behind, queue, storage] = await Promise.all([
        usage(question),
        capacity(question),
        queueAges(question),
        storageUse(),
      ]);
      const ages = queue.map(({ status, ages, oldest }) => ({
        status,
        waiting_hours: {
          under_24: ages.fresh,
          under_48: ages.day,
          under_72: ages["two-days"],
          over_72: ages.late,
        },
        oldest_since: oldest,
      }));
      return { ...asked(question), ...used, capacity: behind, queue: ages, storage };
    },
  }),
];
