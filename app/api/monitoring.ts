/** "System Monitoring & Diagnostics", over the verbs of server/health. */
import { z } from "zod";
import { acknowledgeAlert } from "@server/health/acknowledge-alert.server";
import {
  allMetrics,
  applicationMetrics,
  databaseMetrics,
  metricsHistory,
  monitoringAlerts,
  monitoringHealth,
  queueMetrics,
  storageMetrics,
  systemMetrics,
} from "@server/health/monitoring.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { At } from "@server/reports/job-object";
import { endpoint, Reply } from "./endpoint";

const tag = "System health" as const;
const Measured = z.looseObject({ timestamp: At }).meta({ id: "Metrics" });
const HealthSchema = z
  .looseObject({
    status: z.string(),
    timestamp: At,
    components: z.record(z.string(), z.looseObject({ status: z.string(), message: z.string() })),
  })
  .meta({ id: "MonitoringHealth" });

const Alert = z.object({
  id: z.uuid(),
  type: z.string(),
  severity: z.string(),
  message: z.string(),
  timestamp: At,
  acknowledged_at: At.nullable(),
  acknowledged_by: z.string().nullable(),
});

const asks = (path: string, summary: string, run: () => Promise<unknown>) =>
  endpoint({
    method: "GET",
    path: `monitoring/${path}`,
    tag,
    summary,
    auth: "workstation",
    status: 200,
    answer: Measured,
    run,
  });

export const monitoringEndpoints = [
  endpoint({
    method: "GET",
    path: "monitoring/health",
    tag,
    summary: "Each part's state in a word and a sentence, with its measures",
    auth: "workstation",
    status: 200,
    answer: HealthSchema,
    other: { status: 503, answer: HealthSchema, when: "Something is degraded or unhealthy." },
    run: async () => {
      const body = await monitoringHealth();
      // A program that only looks at the status must see it too.
      return new Reply(body, { status: ["unhealthy", "degraded"].includes(body.status) ? 503 : 200 });
    },
  }),
  asks("metrics/system", "Processors, memory and disks of the machine that answers", systemMetrics),
  asks("metrics/database", "The database's answer time and connections", databaseMetrics),
  asks("metrics/queue", "What waits in the outbox, and for how long", queueMetrics),
  asks("metrics/storage", "Bytes in all and by status folder, of the last count", storageMetrics),
  asks(
    "metrics/application",
    "Requests of the last minute, the slowest and the most failing routes",
    applicationMetrics,
  ),
  asks("metrics/all", "All of these together", allMetrics),
  endpoint({
    method: "GET",
    path: "monitoring/history",
    tag,
    summary: "Samples over time",
    about: "At most 96 points.",
    auth: "workstation",
    query: z.strictObject({ hours: z.coerce.number().int().min(1).max(336).default(24) }),
    status: 200,
    answer: z.object({
      hours: z.int(),
      minutes_per_point: z.int(),
      points: z.array(z.record(z.string(), z.unknown())),
    }),
    run: ({ query }) => metricsHistory(query.hours),
  }),
  endpoint({
    method: "GET",
    path: "monitoring/alerts",
    tag,
    summary: "The alerts that stand",
    auth: "workstation",
    status: 200,
    answer: z.object({ alerts: z.array(Alert) }),
    run: monitoringAlerts,
  }),
  endpoint({
    method: "POST",
    path: "monitoring/alerts/acknowledge",
    tag,
    summary: "Somebody looks after an alert",
    auth: "admin",
    body: z.strictObject({ alert_id: z.uuid(), staff_name: AttributedSchema.shape.staff_name }),
    status: 200,
    answer: z.object({ title: z.string() }),
    refuses: { 404: ["not_found"], 409: ["cleared"] },
    run: ({ desk, body }) => acknowledgeAlert(desk, body.alert_id, body),
  }),
];
