/** The demonstration: a lab that nothing is wrong with, and no demonstration where it must not be. */
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { auditReport } from "@server/audit/report.server";
import { startAudit } from "@server/audit/start-audit.server";
import { verifyChain } from "@server/events/verify.server";
import { sweepStorage } from "@server/jobs/sweep.server";
import { OutboxRow } from "@server/outbox/outbox.server";
import { workRow } from "@server/outbox/work.server";
import { pictureFile } from "@server/parts/picture.server";
import { questionFrom } from "@server/reports/analytics/offer.server";
import { overview } from "@server/reports/analytics/overview.server";
import { HANDLERS } from "@workers/queues";
import { main } from "../../scripts/demo";
import { freshLab, type Lab } from "../support/database";
import { drive, FRONT, STAFF, submitCube } from "../support/desk";

let lab: Lab;
const run = (args: string[], more: Record<string, string> = {}) =>
  main(args, { ...lab.env, DATABASE_URL: lab.appUrl, MIGRATION_DATABASE_URL: lab.ownerUrl, ...more });

beforeAll(async () => {
  lab = await freshLab({ AUDIT_SETTLE_SECONDS: "0.1" });
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  expect(await run(["--jobs", "60"])).toBe(0);
  lab.configure();
});

describe("the demonstration", () => {
  test("has jobs in every status that a lab has, each with its files, and a chain that verifies", async () => {
    const rows = await lab.owner<{ status: string; n: number; files: number }>(
      `SELECT status, count(*)::int AS n, count(f.id)::int AS files FROM jobs j
       LEFT JOIN job_files f ON f.job_id = j.id AND f.role = 'original' GROUP BY status`,
    );
    expect(rows.length).toBeGreaterThan(4);
    expect(rows.filter(({ n, files }) => n !== files)).toEqual([]);
    expect((await verifyChain()).gap).toBeNull();
  });

  test("has everybody who did something on the staff list, whoever has left as inactive", async () => {
    expect(
      await lab.owner(
        `SELECT DISTINCT triggered_by FROM events WHERE triggered_by NOT IN ('student','system')
         AND triggered_by NOT IN (SELECT name FROM staff)`,
      ),
    ).toEqual([]);
    expect(await lab.owner("SELECT name FROM staff WHERE NOT is_active ORDER BY name")).toEqual([
      { name: "Dana Osei" },
      { name: "Robin Vale" },
    ]);
  });

  test("has new requests of the last hours, whatever the hour", async () => {
    const [fresh] = await lab.owner<{ n: number }>(
      `SELECT count(*)::int AS n FROM jobs WHERE status = 'UPLOADED' AND staff_viewed_at IS NULL
       AND created_at BETWEEN now() - interval '17 hours' AND now() - interval '20 minutes'`,
    );
    expect(fresh!.n).toBeGreaterThanOrEqual(4);
  });

  test("has a picture and measures of every model", async () => {
    const parts = await lab.owner<{ sha256: string; picture: string; report: { watertight: boolean } }>(
      "SELECT * FROM parts",
    );
    expect(parts.length).toBeGreaterThan(20);
    for (const { sha256, picture, report } of parts) {
      expect([picture, report.watertight]).toEqual(["drawn", true]);
      expect(existsSync(pictureFile(sha256, 512))).toBe(true);
    }
  });

  test("leaves the audit and the sweep nothing to find", async () => {
    const { task_id } = await startAudit(FRONT, { staff_name: STAFF });
    for (;;) {
      const row = await OutboxRow.query().findOne({ kind: "audit" }).whereIn("state", ["due", "running"]);
      if (!row) break;
      await workRow(row.id, HANDLERS);
    }
    const { orphaned_files, broken_links, stale_files, hash_mismatches, metadata_drift } =
      await auditReport(task_id);
    expect({ orphaned_files, broken_links, stale_files, hash_mismatches, metadata_drift }).toEqual({
      orphaned_files: [],
      broken_links: [],
      stale_files: [],
      hash_mismatches: [],
      metadata_drift: [],
    });
    expect(
      Object.values(await sweepStorage())
        .flat()
        .filter(Boolean),
    ).toEqual([]);
  });

  test("has figures, and its jobs can be worked with", async () => {
    const found = await overview(await questionFrom(new URLSearchParams("days=120")));
    expect(found.submitted).toBeGreaterThan(40);
    expect(found.cents).toBeGreaterThan(0);
    await drive(await submitCube(), "PAIDPICKEDUP");
  });

  test("is refused where there are jobs, in production, and with words it does not know", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const count = async () => (await lab.owner("SELECT count(*) AS n FROM jobs"))[0]!.n;
    const before = await count();
    expect(await run([])).toBe(1);
    expect(await run(["--anyway"], { APP_ENV: "production" })).toBe(1);
    expect(await run([], { APP_ENV: "", NODE_ENV: "production" })).toBe(1);
    expect(await run(["--jobs", "many"])).toBe(2);
    expect(await run(["--all"])).toBe(2);
    expect(said.mock.calls.flat().join("\n")).toMatch(/jobs here already[\s\S]*production lab[\s\S]*Usage/);
    said.mockRestore();
    lab.configure();
    expect(await count()).toBe(before);
    expect(await run(["--anyway", "--jobs", "10"])).toBe(0);
    lab.configure();
    expect(Number(await count())).toBeGreaterThan(Number(before));
  });
});
