/** The figures in Prometheus' form: this process's own, and the last sample of the shared parts. */
import { collectDefaultMetrics, Gauge, register } from "prom-client";
import { config } from "../config.server";
import { Refusal } from "../errors";
import { exposition } from "../metrics.server";
import { sameSecret } from "../same-secret.server";
import { lastSamples } from "./history.server";

const SHARED = "printdesk_lab";

/**
 * @param authorization the request's header; only "Bearer <METRICS_TOKEN>" opens
 * @throws Refusal `not_found` while no token is set up, `unauthenticated` for a wrong one
 */
export async function prometheus(authorization: string | null): Promise<{ type: string; text: string }> {
  const { METRICS_TOKEN } = config();
  if (!METRICS_TOKEN) throw new Refusal("not_found", "There is nothing here.");
  const given = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
  if (!sameSecret(given, METRICS_TOKEN))
    throw new Refusal("unauthenticated", "The token is missing or wrong.");
  if (!register.getSingleMetric("process_cpu_seconds_total")) collectDefaultMetrics();
  await tellShared();
  return exposition();
}

/** With the database away, a process still tells of itself. */
async function tellShared(): Promise<void> {
  const gauge =
    (register.getSingleMetric(SHARED) as Gauge | undefined) ??
    new Gauge({
      name: SHARED,
      help: "The last sample of what all processes share: database, queue, worker, mail, storage, disk, machine.",
      labelNames: ["measure"],
    });
  gauge.reset();
  const { lab } = await lastSamples().catch(() => ({ lab: {} }));
  for (const [measure, value] of Object.entries(lab)) gauge.set({ measure }, value);
}
