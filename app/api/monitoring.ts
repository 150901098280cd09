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
import { type Call, endpoint } from "./endpoint";

const asks = (path: string, run: (call: Call<unknown>) => Promise<unknown>) =>
  endpoint({ method: "GET", path: `monitoring/${path}`, auth: "workstation", status: 200, run });

export const monitoringEndpoints = [
  endpoint({
    method: "GET",
    path: "monitoring/health",
    auth: "workstation",
    status: 200,
    // A program that only looks at the status must see it too.
    statusOf: (answer) =>
      ["unhealthy", "degraded"].includes((answer as { status: string }).status) ? 503 : 200,
    run: monitoringHealth,
  }),
  asks("metrics/system", systemMetrics),
  asks("metrics/database", databaseMetrics),
  asks("metrics/queue", queueMetrics),
  asks("metrics/storage", storageMetrics),
  asks("metrics/application", applicationMetrics),
  asks("metrics/all", allMetrics),
  asks("history", ({ query }) => metricsHistory(Number(query.get("hours") ?? 24))),
  asks("alerts", monitoringAlerts),
  endpoint({
    method: "POST",
    path: "monitoring/alerts/acknowledge",
    auth: "admin",
    body: z.strictObject({ alert_id: z.uuid(), staff_name: AttributedSchema.shape.staff_name }),
    status: 200,
    run: ({ desk, body }) => acknowledgeAlert(desk, body.alert_id, body),
  }),
];
