/** The API's figures and its export: the same as the pages', of what really happened. */
import { beforeAll, expect, test } from "vitest";
import { dayIn } from "@server/time";
import { ask, tokenFor } from "../support/api";
import { freshLab, type Lab } from "../support/database";
import { drive, STAFF, submitCube } from "../support/desk";

let lab: Lab;
let token: string;
const today = dayIn(new Date(), "America/Chicago");
beforeAll(async () => {
  lab = await freshLab();
  token = await tokenFor("front");
  await submitCube();
  await drive(await submitCube(), "REJECTED");
  await drive(await submitCube(), "READYTOPRINT");
  await drive(await submitCube(), "PAIDPICKEDUP");
});

const read = async (path: string) => {
  const { status, body } = await ask({ method: "GET", path, token });
  expect([path, status]).toEqual([path, 200]);
  return body as Record<string, object>;
};
const refused = async (path: string) => {
  const { status, body } = await ask({ method: "GET", path, token });
  return [status, Object.keys((body as { details: { fields?: object } }).details.fields ?? {})];
};

test("stats count what is there, in the specification's words", async () => {
  await lab.owner("UPDATE report_state SET storage_bytes = 12000000, storage_files = 4, storage_at = now()");
  await lab.set({ storage_quota_gb: 2 });
  expect(await read("stats")).toMatchObject({
    uploaded: 1,
    pending: 0,
    readyToPrint: 1,
    paidPickedUp: 1,
    rejected: 1,
    storage_usage_mb: 12,
    storage_limit_mb: 2000,
  });
});

test("the overview, the details and the resources add up", async () => {
  const overview = await read("analytics/overview?days=7");
  expect(overview).toMatchObject({
    end_date: today,
    printer: null,
    operations: { submitted: 4, rejected: 1, completed: 1, picked_up: 1 },
    jobs_now: { READYTOPRINT: 1 },
    finance: { payments: 1 },
  });
  const [paid] = await lab.owner<{ price_cents: number }>("SELECT price_cents FROM payments");
  expect((overview.finance as { revenue_cents: number }).revenue_cents).toBe(paid!.price_cents);
  const details = await read("stats/detailed?days=7");
  expect(details).toMatchObject({ rejections: { rejected: 1 } });
  expect((details.staff_activity as { name: string }[]).map(({ name }) => name)).toContain(STAFF);
  const { capacity } = (await read("analytics/resources?days=7")) as unknown as {
    capacity: { waiting: number; waiting_hours: number; hours_per_day: number; days_to_clear: number }[];
  };
  expect(capacity).toHaveLength(1);
  expect(capacity[0]!.waiting).toBe(1);
  expect(capacity[0]!.days_to_clear).toBeCloseTo(capacity[0]!.waiting_hours / capacity[0]!.hours_per_day);
});

test("a printer and a discipline narrow them; nobody's are zero", async () => {
  expect(await read("analytics/overview?printer=prusa_xl")).toMatchObject({ operations: { submitted: 0 } });
  expect(await read("analytics/overview?discipline=all")).toMatchObject({ operations: { submitted: 4 } });
});

test("trends: one metric or all, as fine as asked for, of the days asked for", async () => {
  const all = await read(
    `analytics/trends?start_date=${today.slice(0, 8)}01&end_date=${today}&period=monthly`,
  );
  expect(all).toMatchObject({
    period: "monthly",
    dates: [`${today.slice(0, 8)}01`],
    series: { submissions: [4], completions: [1], payments: [1] },
  });
  const one = await read("analytics/trends?metric=submissions");
  expect(Object.keys(one.series!)).toEqual(["submissions"]);
  expect((one.dates as unknown[]).length).toBe(30);
  expect(await refused("analytics/trends?start_date=2026-02-02&end_date=2026-02-01")).toEqual([400, ["end_date"]]); // prettier-ignore
  expect(await refused("analytics/trends?start_date=2026-02-30")).toEqual([400, ["start_date"]]);
  for (const day of ["0000-01-01", "9999-12-31"])
    expect(await refused(`analytics/trends?start_date=${day}`)).toEqual([400, ["start_date"]]);
  expect(await refused("analytics/overview?days=0")).toEqual([400, ["days"]]);
});

test("the export is the page's file, and who took it is in the log", async () => {
  const body = { staff_name: STAFF, start_date: today, end_date: today };
  const answer = await ask({ method: "POST", path: "export/payments", token, body });
  expect(answer.headers.get("Content-Disposition")).toBe(
    `attachment; filename="payments_${today}_${today}.csv"`,
  );
  const lines = Buffer.from(answer.body).toString("utf8").trim().split("\r\n");
  expect(lines).toHaveLength(3);
  expect(lines.at(-1)).toContain(`"1 payment"`);
  const [event] = await lab.owner(
    "SELECT triggered_by, workstation_id FROM events WHERE event_type = 'DataExported'",
  );
  expect(event).toEqual({ triggered_by: STAFF, workstation_id: "front" });
  const never = await ask({ method: "POST", path: "export/payments", token, body: { ...body, start_date: "0000-01-01" } }); // prettier-ignore
  expect(never.status).toBe(400);
  const turned = { ...body, start_date: today, end_date: "2020-01-01" };
  expect((await ask({ method: "POST", path: "export/payments", token, body: turned })).status).toBe(400);
});
