/** What administrators do by the API leaves the same rows and events as their pages. */
import { beforeAll, expect, test } from "vitest";
import { catalogRecord } from "@server/catalog/catalog.server";
import { settings } from "@server/settings/settings.server";
import { Staff } from "@server/staff/staff.server";
import { Job } from "@server/jobs/job.server";
import { ask, tokenFor } from "../support/api";
import { freshLab, type Lab } from "../support/database";
import { drive, STAFF, submitCube } from "../support/desk";

let lab: Lab;
let token: string;
beforeAll(async () => {
  lab = await freshLab();
  token = await tokenFor("front");
});

const by = { staff_name: STAFF };
const call = (method: string, path: string, body?: object) => ask({ method, path, token, body });
const events = (type: string) =>
  lab.owner<{ details: Record<string, unknown>; triggered_by: string }>(
    "SELECT triggered_by, details FROM events WHERE event_type = $1 ORDER BY id",
    [type],
  );
const fieldsOf = (body: unknown) => (body as { details: { fields: object } }).details.fields;

test("a catalog comes into force whole, says what changed, and names the place of what is wrong", async () => {
  const { version, data } = await catalogRecord();
  const body = { ...by, version, data: { ...data, minimum_charge_cents: 450 } };
  const answer = await call("PUT", "catalog", body);
  expect(answer.body).toMatchObject({ version: version + 1, updated_by: STAFF });
  expect((await catalogRecord()).data.minimum_charge_cents).toBe(450);
  expect((await events("CatalogUpdated")).slice(-1)).toMatchObject([
    { details: { version: version + 1, changes: [expect.any(String)] } },
  ]);
  const wrong = structuredClone(data);
  wrong.materials[0]!.price_per_gram_cents = -1;
  const no = await call("PUT", "catalog", { ...by, data: wrong });
  expect([no.status, Object.keys(fieldsOf(no.body))]).toEqual([400, ["materials.0.price_per_gram_cents"]]);
  expect((await catalogRecord()).version).toBe(version + 1);
});

test("a name is put on the list, renamed, taken off and put back", async () => {
  expect((await call("POST", "staff", { ...by, name: "Robin Banks" })).body).toMatchObject({
    name: "Robin Banks",
    is_active: true,
    deactivated_at: null,
  });
  const renamed = await call("PATCH", "staff/Robin%20Banks", { ...by, name: "Robin Brooks" });
  expect(renamed.body).toMatchObject({ name: "Robin Brooks", is_active: true });
  const off = await call("PATCH", "staff/robin%20brooks", { ...by, is_active: false });
  expect(off.body).toMatchObject({ is_active: false, deactivated_at: expect.stringMatching(/Z$/) });
  const back = await call("PATCH", "staff/Robin%20Brooks", { ...by, is_active: true });
  expect(back.body).toMatchObject({ is_active: true, deactivated_at: null });
  expect(await Staff.query().findOne({ name: "Robin Brooks" })).toMatchObject({
    former_names: ["Robin Banks"],
  });
  const both = await call("PATCH", "staff/Robin%20Brooks", { ...by, is_active: true, name: "X Y" });
  const none = await call("PATCH", "staff/Robin%20Brooks", by);
  expect([both.status, none.status]).toEqual([400, 400]);
});

test("settings change together or not at all, in the specification's words", async () => {
  const { body } = await call("POST", "admin/settings", {
    ...by,
    sound: { enabled: false, volume: 30 },
    environment_banner: "DEVELOPMENT",
    disciplines: ["Art", "Engineering"],
  });
  expect((body as { changed: string[] }).changed.sort()).toEqual(["disciplines", "environment_banner", "sound_enabled", "sound_volume"]); // prettier-ignore
  expect(await settings()).toMatchObject({
    sound_enabled: false,
    sound_volume: 30,
    environment_banner: "DEVELOPMENT",
    disciplines: ["Art", "Engineering"],
  });
  expect((await call("GET", "admin/settings")).body).toMatchObject({
    sound: { enabled: false, volume: 30 },
    environment_banner: "DEVELOPMENT",
  });
  const told = await events("SettingsChanged");
  expect(told.every(({ triggered_by }) => triggered_by === STAFF)).toBe(true);
  expect(told.flatMap(({ details }) => Object.keys(details.changes as object)).sort()).toEqual(["disciplines", "environment_banner", "sound_enabled", "sound_volume"]); // prettier-ignore

  const no = await call("POST", "admin/settings", {
    ...by,
    lab_name: "New\u0007name",
    sound: { volume: 40 },
  });
  expect([no.status, Object.keys(fieldsOf(no.body))]).toEqual([400, ["lab_name"]]);
  expect((await call("POST", "admin/settings", { ...by, logo: "" })).status).toBe(400);
  expect((await call("POST", "admin/settings", { ...by, sound: { volume: 101 } })).status).toBe(400);
  expect((await settings()).sound_volume).toBe(30);
  expect(await events("SettingsChanged")).toHaveLength(told.length);
});

test("archive and prune work on what is old enough, and count it", async () => {
  const old = await drive(await submitCube(), "REJECTED");
  const fresh = await drive(await submitCube(), "REJECTED");
  const age = (days: number) =>
    lab.owner("UPDATE jobs SET status_since = now() - make_interval(days => $2) WHERE id = $1", [old.id, days]); // prettier-ignore
  await age(20);
  expect((await call("POST", "admin/archive", by)).body).toMatchObject({ jobs_archived: 0, jobs_left: 0 });
  const archived = await call("POST", "admin/archive", { ...by, retention_days: 10 });
  expect(archived.body).toMatchObject({ jobs_archived: 1, jobs_refused: 0, jobs_left: 0 });
  expect([(await Job.query().findById(old.id))!.status, (await Job.query().findById(fresh.id))!.status]).toEqual(["ARCHIVED", "REJECTED"]); // prettier-ignore
  await age(20);
  expect((await call("POST", "admin/prune", by)).body).toMatchObject({ jobs_deleted: 0 });
  const pruned = await call("POST", "admin/prune", { ...by, retention_days: 10, reason: "a full disk" });
  expect(pruned.body).toMatchObject({ message: "Pruning process completed", jobs_deleted: 1 });
  expect((await Job.query().findById(old.id))!.pruned_at).not.toBeNull();
  const actions = await events("AdminAction");
  expect(
    actions.filter(({ details }) => ["archive", "prune"].includes(String(details.action))),
  ).toMatchObject([
    { details: { action: "archive", count: 1, days: 10 } },
    { details: { action: "prune", count: 1, days: 10, reason: "a full disk" } },
  ]);
});

test("_diag tells no secrets, and a test letter needs an address", async () => {
  const { body } = await call("GET", "_diag");
  expect(body).toMatchObject({
    database_engine: expect.stringMatching(/^PostgreSQL \d/),
    mail: { last_test: null },
  });
  expect(JSON.stringify(body)).not.toMatch(/password":|-pass|SECRET/);
  const no = await call("POST", "_diag/test-email", by);
  expect([no.status, Object.keys(fieldsOf(no.body))]).toEqual([400, ["to"]]);
  await lab.set({ admin_email: "desk@example.edu" });
  expect((await call("POST", "_diag/test-email", by)).body).toMatchObject({ to: "desk@example.edu" });
  expect((await call("GET", "_diag")).body).toMatchObject({ mail: { last_test: { state: "due" } } });
});
