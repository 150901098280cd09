/** How the API's figures look. docs/figures.md says what each counts. */
import { z } from "zod";
import { WAIT_NAMES } from "@server/reports/analytics/lead-times.server";
import { STATUSES, type Status } from "@server/jobs/states";
import { At } from "@server/reports/job-object";

export const Count = z.int().min(0);
const amount = z.number().min(0);
const minutes = z.number().min(0).nullable();

export const StatusCounts = z.object(
  Object.fromEntries(STATUSES.map((status) => [status, Count])) as Record<Status, typeof Count>,
);

export const OverviewSchema = z
  .object({
    submitted: Count,
    approved: Count,
    rejected: Count,
    completed: Count,
    picked_up: Count,
    failed: Count,
    turnaround_minutes: minutes.describe(
      "Mean from request to finished print; null without finished prints.",
    ),
  })
  .meta({ id: "Operations" });

export const LeadTimeSchema = z
  .object({
    wait: z.enum(WAIT_NAMES).describe("The step that ends the wait."),
    n: Count,
    median: minutes.describe("Minutes."),
    p90: minutes.describe("Minutes."),
  })
  .meta({ id: "LeadTime" });

const used = {
  id: z.string(),
  name: z.string(),
  completed: Count,
  hours: amount.describe("As sliced, of finished prints."),
  grams: amount,
};
export const PrintersSchema = {
  printers: z.array(
    z
      .object({
        ...used,
        failed: Count,
        share: amount.describe("Of all hours of the period; above 1 where there are several of a kind."),
      })
      .meta({ id: "PrinterUse" }),
  ),
  materials: z.array(z.object(used).meta({ id: "MaterialUse" })),
};

export const CapacitySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    waiting: Count.describe("Jobs that are ready to print, or printing."),
    waiting_hours: amount,
    hours_per_day: amount.describe("Of finished prints, on an average day of the period."),
    days_to_clear: amount.nullable().describe("At that pace; null when nothing was finished."),
  })
  .meta({ id: "Capacity" });

export const QueueSchema = z
  .object({
    status: z.enum(STATUSES),
    waiting_hours: z
      .object({ under_24: Count, under_48: Count, under_72: Count, over_72: Count })
      .describe("Jobs by how long they have been in the status."),
    oldest_since: At.nullable(),
  })
  .meta({ id: "QueueAge" });

export const StorageSchema = z
  .object({
    bytes: Count,
    files: Count,
    limit_bytes: amount.nullable().describe("Null: the lab has set none."),
    at: At.nullable().describe("When it was counted."),
  })
  .meta({ id: "StorageUse" });

const share = z.number().nullable();
export const MoneySchema = z
  .object({
    revenue_cents: z.int(),
    payments: Count,
    average_cents: z.int().nullable(),
    grams: amount,
    estimates: z.object({
      compared: Count.describe("Payments with a weight beside an estimate."),
      estimated_grams: amount,
      weighed_grams: amount,
      bias: share.describe("0.05: prints weigh 5 % more than estimated."),
      off: share.describe("The distances added up, as a share of the estimates."),
      close: share.describe("Share of the payments within a tenth of the estimate."),
      clocked: Count,
      sliced_hours: amount,
      clocked_hours: amount,
    }),
  })
  .meta({ id: "Finance" });

export const RejectionsSchema = z
  .object({
    rejected: Count,
    declined: Count,
    failed: Count,
    reasons: z.array(z.object({ code: z.string(), n: Count })).describe("The most frequent first."),
  })
  .meta({ id: "Rejections" });

export const StaffActivitySchema = z.array(
  z
    .object({
      name: z.string(),
      is_active: z.boolean(),
      total: Count,
      events: z.record(z.string(), Count),
    })
    .meta({ id: "StaffActivity" }),
);
