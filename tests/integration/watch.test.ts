/** R35: samples, history, alerts and their letters, on a real database with a real mail server. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { acknowledgeAlert } from "@server/health/acknowledge-alert.server";
import { openAlerts, pastAlerts, watchForAlerts } from "@server/health/alerts.server";
import { beat } from "@server/health/heartbeat.server";
import { history, routesOf } from "@server/health/history.server";
import { liveHealth } from "@server/health/live.server";
import { sampleWeb, sampleWorker, tidySamples } from "@server/health/sample.server";
import { countStorage } from "@server/health/storage-use.server";
import { closeTransport } from "@server/mail/transport.server";
import { countRequest } from "@server/metrics.server";
import { sweepOutbox } from "@server/outbox/work.server";
import { HANDLERS } from "@workers/queues";
import { freshLab, type Lab } from "../support/database";
import { FRONT, STAFF, submitCube } from "../support/desk";
import { cubeStl } from "../support/models";
import { startSmtp, type TestSmtp } from "../support/smtp";

let lab: Lab;
let smtp: TestSmtp;
beforeAll(async () => {
  lab = await freshLab();
  smtp = await startSmtp();
});
afterAll(async () => {
  closeTransport();
  await smtp.close();
});
beforeEach(async () => {
  lab.configure({ MAIL_SERVER: "127.0.0.1", MAIL_PORT: String(smtp.port) });
  await lab.set({ admin_email: "boss@example.edu", storage_quota_gb: 0 });
  await lab.owner("DELETE FROM alerts");
  await lab.owner("DELETE FROM metric_samples");
  await lab.owner("DELETE FROM outbox");
  await lab.owner("DELETE FROM heartbeats");
  smtp.messages.length = 0;
});

/** Writes samples of the shared parts, newest first. */
async function minutes(...data: Record<string, number>[]) {
  await lab.owner("DELETE FROM metric_samples");
  for (const [ago, one] of data.entries())
    await lab.owner(
      `INSERT INTO metric_samples (process, kind, at, data)
       VALUES ('lab', 'lab', date_trunc('minute', now(), 'UTC') - make_interval(mins => $1), $2)`,
      [ago, JSON.stringify(one)],
    );
}
const post = () => sweepOutbox(HANDLERS, async () => []);
const full = { disk_percent: 97 };
const well = { disk_percent: 40 };

describe("samples", () => {
  test("the worker's tells how everything shared is, and how much lies in the storage", async () => {
    await submitCube();
    mkdirSync(path.join(lab.storage, "Printing", "job"), { recursive: true });
    writeFileSync(path.join(lab.storage, "Printing", "job", "sliced.gcode"), Buffer.alloc(5000));
    await beat("worker");
    await sampleWorker();
    const [row] = await lab.owner<{ data: Record<string, number> }>("SELECT data FROM metric_samples WHERE kind = 'lab'"); // prettier-ignore
    const { data } = row!;
    expect(data).toMatchObject({ workers: 1, storage_ok: 1, queue_failed: 0, mail_last_seconds: -1 });
    expect(data.queue_ok, "no queue is set up").toBeUndefined();
    expect(data.queue_due).toBeGreaterThanOrEqual(2);
    expect(data.database_ms).toBeGreaterThanOrEqual(0);
    expect(data.disk_free_bytes).toBeGreaterThan(0);
    expect(data.memory_percent).toBeGreaterThan(0);
    const use = await countStorage();
    expect(use.storage_bytes_Printing).toBe(5000);
    expect(use.storage_bytes_Uploaded).toBeGreaterThan(684);
    const folders = Object.entries(use).filter(([key]) => key.startsWith("storage_bytes_"));
    // The upload itself still lies where it was received.
    expect(use.storage_bytes).toBe(folders.reduce((sum, [, bytes]) => sum + bytes, 0) + cubeStl().length);
    // A second one in the same minute is the same sample.
    await sampleWorker();
    const [{ n }] = (await lab.owner("SELECT count(*)::int AS n FROM metric_samples WHERE kind = 'lab' AND at = (SELECT max(at) FROM metric_samples)")) as [{ n: number }]; // prettier-ignore
    expect(n).toBe(1);
  });

  test("a web process tells of its requests since the last one, and of each route by the hour", async () => {
    await lab.owner("DELETE FROM route_hours");
    await sampleWeb();
    for (let i = 0; i < 95; i++) countRequest("GET /dashboard", 200, 0.02);
    for (let i = 0; i < 5; i++) countRequest("POST /submit", 503, 3);
    countRequest("GET /track/:reference", 404, 0.001);
    await sampleWeb();
    const rows = await lab.owner<{ data: Record<string, number> }>("SELECT data FROM metric_samples WHERE kind = 'web'"); // prettier-ignore
    const { data } = rows.at(-1)!;
    expect(data).toMatchObject({ requests: 101, failed: 5, refused: 1, slow: 5 });
    expect(data.p50_ms).toBeLessThan(25);
    expect(data.rss_bytes).toBeGreaterThan(1e7);
    countRequest("GET /dashboard", 200, 0.02);
    await sampleWeb();
    const routes = await routesOf(24);
    expect(routes.slowest[0]).toMatchObject({ route: "POST /submit", requests: 5, failed: 5, slow: 5, mean_ms: 3000 }); // prettier-ignore
    expect(routes.slowest.find(({ route }) => route === "GET /dashboard")!.requests).toBe(96);
    expect(routes.failing.map(({ route }) => route)).toEqual(["POST /submit"]);
  });

  test("while no worker is on duty, a web process tells of the shared parts too", async () => {
    await sampleWeb();
    expect(await lab.owner("SELECT data->'workers' AS workers FROM metric_samples WHERE kind = 'lab'")).toEqual([{ workers: 0 }]); // prettier-ignore
    await lab.owner("DELETE FROM metric_samples");
    await beat("worker");
    await sampleWeb();
    expect(await lab.owner("SELECT 1 FROM metric_samples WHERE kind = 'lab'")).toEqual([]);
  });

  test("become a day's points: means, sums, and the worst where the worst counts", async () => {
    await lab.owner(`
      INSERT INTO metric_samples (process, kind, at, data)
      SELECT p.process, p.kind, to_timestamp(floor(extract(epoch FROM now()) / 600) * 600 - 1200) + make_interval(mins => m), p.data::jsonb
      FROM generate_series(0, 1) m, (VALUES
        ('lab', 'lab', '{"cpu_percent": 20, "queue_due": 1}'),
        ('web:a:1', 'web', '{"requests": 10, "failed": 0, "p95_ms": 50, "rss_bytes": 100}'),
        ('web:b:2', 'web', '{"requests": 5, "failed": 1, "p95_ms": 900, "rss_bytes": 100}')) AS p (process, kind, data);
      UPDATE metric_samples SET data = '{"cpu_percent": 40, "queue_due": 7}'
      WHERE kind = 'lab' AND at = (SELECT max(at) FROM metric_samples)`);
    const points = await history(24, 10);
    expect(points).toHaveLength(1);
    expect(points[0]!.data).toMatchObject({
      cpu_percent: 30,
      queue_due: 7,
      requests: 30,
      failed: 2,
      p95_ms: 900,
      web_rss_bytes: 200,
      webs: 2,
    });
  });

  test("are kept as long as the lab wants, at least a week", async () => {
    await lab.owner(`INSERT INTO metric_samples (process, kind, at, data)
      SELECT 'lab', 'lab', date_trunc('minute', now(), 'UTC') - make_interval(days => d), '{}' FROM generate_series(1, 20) d`);
    await tidySamples();
    expect(await lab.owner("SELECT count(*)::int AS n FROM metric_samples")).toEqual([{ n: 13 }]);
  });
});

describe("an alert", () => {
  test("is raised once, told once, cleared once, told once; the log has both", async () => {
    await minutes(full);
    expect(await watchForAlerts()).toEqual({ raised: 0, cleared: 0 });
    await minutes(full, full);
    const both = await Promise.all([watchForAlerts(), watchForAlerts()]);
    expect(both.reduce((sum, { raised }) => sum + raised, 0)).toBe(1);
    expect(await watchForAlerts()).toEqual({ raised: 0, cleared: 0 });
    expect(await openAlerts()).toMatchObject([{ kind: "disk_full", severity: "critical", cleared_at: null }]);
    await post();
    await minutes(well, full);
    expect(await watchForAlerts()).toEqual({ raised: 0, cleared: 0 });
    await minutes(well, well);
    expect(await watchForAlerts()).toEqual({ raised: 0, cleared: 1 });
    await post();
    await post();
    expect(smtp.messages.map(({ subject }) => subject)).toEqual([
      "Critical: The disk is filling up",
      "Over: The disk is filling up",
    ]);
    expect(smtp.envelopes.at(-1)!.to).toEqual(["boss@example.edu"]);
    expect(smtp.messages[0]!.text).toContain("https://print.example.edu/admin/health");
    expect(await openAlerts()).toEqual([]);
    expect(await pastAlerts()).toMatchObject([{ kind: "disk_full" }]);
    expect(
      await lab.owner("SELECT event_type, triggered_by FROM events WHERE event_type LIKE 'Alert%' ORDER BY id DESC LIMIT 2"), // prettier-ignore
    ).toEqual([
      { event_type: "AlertCleared", triggered_by: "system" },
      { event_type: "AlertRaised", triggered_by: "system" },
    ]);
  });

  test("without an address is on the page all the same, and no letter waits", async () => {
    await lab.set({ admin_email: "" });
    await minutes(full, full);
    await watchForAlerts();
    expect(await openAlerts()).toHaveLength(1);
    expect(await lab.owner("SELECT 1 FROM outbox")).toEqual([]);
  });

  test("is acknowledged by a person, once; worse than before, it asks again", async () => {
    await minutes({ disk_percent: 90 }, { disk_percent: 90 });
    await watchForAlerts();
    const [alert] = await openAlerts();
    await expect(acknowledgeAlert(FRONT, alert!.id, { staff_name: "Nobody" })).rejects.toMatchObject({ code: "invalid" }); // prettier-ignore
    await expect(acknowledgeAlert(FRONT, "no-id", { staff_name: STAFF })).rejects.toMatchObject({ code: "not_found" }); // prettier-ignore
    await acknowledgeAlert(FRONT, alert!.id, { staff_name: STAFF });
    await acknowledgeAlert(FRONT, alert!.id, { staff_name: STAFF });
    expect(await openAlerts()).toMatchObject([{ severity: "warning", acknowledged_by: STAFF }]);
    const [said] = await lab.owner<{ n: number }>("SELECT count(*)::int AS n FROM events WHERE details->>'action' = 'alert-acknowledge' AND triggered_by = 'Jane Doe'"); // prettier-ignore
    expect(said!.n).toBe(1);
    await minutes(full, full);
    await watchForAlerts();
    expect(await openAlerts()).toMatchObject([{ severity: "critical", acknowledged_by: null }]);
    await minutes(well, well);
    await watchForAlerts();
    await expect(acknowledgeAlert(FRONT, alert!.id, { staff_name: STAFF })).rejects.toMatchObject({
      code: "conflict",
      details: { reason: "cleared" },
    });
  });

  test("there is one of each kind at a time, and the database sees to it", async () => {
    await lab.owner("INSERT INTO alerts (kind, severity, message) VALUES ('x', 'warning', 'x')");
    await expect(lab.owner("INSERT INTO alerts (kind, severity, message) VALUES ('x', 'critical', 'x')")).rejects.toThrow(/alerts_one_open/); // prettier-ignore
  });
});

test("the cards are measured at this moment", async () => {
  const of = async (key: string) => (await liveHealth()).cards.find((card) => card.key === key)!;
  expect((await of("worker")).state).toBe("critical");
  await beat("worker");
  expect((await of("worker")).state).toBe("ok");
  expect((await of("storage")).state).toBe("ok");
  lab.configure({ STORAGE_PATH: path.join(lab.dataDir, "nowhere") });
  expect(await of("storage")).toMatchObject({ state: "critical", words: expect.stringContaining("share") });
  expect((await of("backup")).facts[0]).toEqual({ label: "Last backup", value: "never" });
});
