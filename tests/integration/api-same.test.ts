/** Pages and API side by side: whatever is done through either door leaves the same rows, events, letters and folders. */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import type { ActionFunctionArgs, AppLoadContext } from "@remix-run/node";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { Job } from "@server/jobs/job.server";
import { referenceFor } from "@server/jobs/sign.server";
import { STATUS, STATUSES, type Status } from "@server/jobs/states";
import { logInFrom } from "~/http/session.server";
import { ADDRESS, ask, tokenFor } from "../support/api";
import { submission } from "../support/api-good";
import { freshLab, type Lab } from "../support/database";
import { drive, everythingAbout, eventsOf, STAFF, stageFile, submitCube, tokenOf } from "../support/desk";

let lab: Lab;
let token: string;
let cookie: string;
beforeAll(async () => {
  lab = await freshLab();
  await lab.set({
    submissions_per_hour_per_student: 1000,
    submissions_per_hour_per_address: 1000,
    resend_cooldown_minutes: 1,
    staff_resend_cooldown_minutes: 0,
  });
  token = await tokenFor("front");
  const form = new URLSearchParams({ workstation_id: "front", password: "front-pass" });
  const headers = await logInFrom(new Request("http://here/login", { method: "POST", body: form }), ADDRESS);
  cookie = headers.get("Set-Cookie")!.split(";")[0]!;
});
beforeEach(() => lab.owner("DELETE FROM rate_limits"));

const context = (more: Partial<AppLoadContext> = {}) =>
  ({ nonce: "", requestId: randomUUID(), ip: ADDRESS, ...more }) as AppLoadContext;

/** Posts a form to a page's action, as a browser without scripts does. */
async function page(
  route: string,
  params: Record<string, string>,
  fields: Record<string, string | string[]>,
  more: Partial<AppLoadContext> = {},
): Promise<Response> {
  const { action } = (await import(`../../app/routes/${route}.tsx`)) as { action: (args: ActionFunctionArgs) => Promise<unknown> }; // prettier-ignore
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) form.append(name, one);
  const request = new Request("https://print.example.edu/", { method: "POST", body: form, headers: { Cookie: cookie } }); // prettier-ignore
  const answer = await action({ request, params, context: context(more) } as ActionFunctionArgs);
  expect(answer, JSON.stringify(answer)).toBeInstanceOf(Response);
  const response = answer as Response;
  expect(response.status, route).toBe(response.headers.has("Location") ? 303 : 200);
  return response;
}

/** What the page's form knows of a hold. @returns its hidden fields */
async function openedPage(route: string, job: Job): Promise<Record<string, string>> {
  const opened = await page(route, { id: job.id }, { intent: "start" });
  const lock_key = new URL(opened.headers.get("Location")!, "http://here").searchParams.get("lock")!;
  return { intent: "submit", version: String(job.version), lock_key, form_key: randomUUID() };
}

/** Everything that a step leaves, with what must differ (ids, numbers, times, the student's address) made alike. */
async function traces(job: Job): Promise<unknown> {
  const gone = !(await Job.query().findById(job.id));
  const { row, ...rest } = gone ? { row: null, folders: [], events: 0 } : await everythingAbout(job);
  const events = await eventsOf(job.id);
  const left = {
    ...rest,
    row,
    events: events.map(({ event_type, details, triggered_by, workstation_id }) => ({ event_type, details, triggered_by, workstation_id })), // prettier-ignore
    lies: STATUSES.filter((status) => existsSync(path.join(lab.storage, STATUS[status].folder, job.stem))),
  };
  const alike = JSON.parse(
    JSON.stringify(left)
      .replaceAll(job.id, "ID")
      .replaceAll(/"(sha256|file_hash|token_hash|disk_stamp|lock_key|key)":"[^"]*"/g, '"$1":"H"')
      .replaceAll(/"hash":"[^"]*"|"prev_hash":"[^"]*"/g, '"hash":"H"')
      .replaceAll(/[0-9a-f]{64}/g, "H")
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "U")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "T")
      .replaceAll(new RegExp(`(?<=[_:])${job.short_id}\\b`, "g"), "777777")
      .replaceAll(/"txn_no":"[^"]*"/g, '"txn_no":"TC"')
      .replaceAll(/"receipt":\d+/g, '"receipt":1001'),
  ) as Record<string, unknown>;
  // Rows that were written at one moment have no order.
  for (const name of ["files", "outbox", "tokens"])
    if (Array.isArray(alike[name]))
      alike[name] = alike[name].map((row: unknown) => JSON.stringify(row)).sort();
  return alike;
}

type Fields = Record<string, string | string[]>;
interface Step {
  from: Status;
  /** Page and endpoint below the job, when they are called differently. */
  to?: string;
  method?: string;
  fields?: (job: Job) => Fields | Promise<Fields>;
  /** What the API is given instead of the form's texts. */
  body?: (job: Job) => Record<string, unknown>;
}

const because = () => ({ reason: "because of a test" });
const paymentOf = async (job: Job) =>
  String((await lab.owner("SELECT id FROM payments WHERE job_id = $1", [job.id]))[0]!.id);
const approval = ({ display_name }: Job) => ({ weight_g: "25,5", time_hours: "3.25", authoritative_filename: display_name }); // prettier-ignore

const STEPS: Record<string, Step> = {
  review: { from: "UPLOADED", fields: () => ({ reviewed: "true" }), body: () => ({ reviewed: true }) },
  approve: {
    from: "UPLOADED",
    fields: approval,
    body: (job) => ({ ...approval(job), weight_g: 25.5, time_hours: 3.25 }),
  },
  reject: { from: "UPLOADED", fields: () => ({ reasons: ["thin_walls"], custom_reason: "Too thin." }) },
  "mark-printing": { from: "READYTOPRINT" },
  "mark-complete": { from: "PRINTING" },
  payment: { from: "COMPLETED", fields: () => ({ grams: "27.3", txn_no: `TC-${randomUUID().slice(0, 8)}`, picked_up_by: "Ada Lovelace" }) }, // prettier-ignore
  "correct-payment": { from: "PAIDPICKEDUP", fields: async (job) => ({ payment_id: await paymentOf(job), grams: "31", txn_no: `TC-${randomUUID().slice(0, 8)}`, ...because() }) }, // prettier-ignore
  "void-payment": { from: "PAIDPICKEDUP", fields: async (job) => ({ payment_id: await paymentOf(job), ...because() }) }, // prettier-ignore
  "mark-picked-up": {
    from: "COMPLETED",
    fields: () => ({ picked_up_by: "Ada Lovelace", reason: "a reprint" }),
  },
  "revert-completion": { from: "COMPLETED" },
  "revert-pickup": { from: "PAIDPICKEDUP" },
  notes: { from: "UPLOADED", method: "PATCH", fields: () => ({ notes: "Looks fine.\nReally." }) },
  delete: { from: "UPLOADED", method: "DELETE", to: "", fields: because },
  "force-confirm": { from: "PENDING", to: "/admin/force-confirm", fields: because },
  "change-status": { from: "UPLOADED", to: "/admin/change-status", fields: () => ({ new_status: "PRINTING", ...because() }) }, // prettier-ignore
  "mark-failed": { from: "PRINTING", to: "/admin/mark-failed", fields: because },
  "resend-email": { from: "PENDING", to: "/admin/resend-email", fields: () => ({ email_type: "approval" }) },
};

const student = { student_name: "Ada Lovelace", student_email: "same@example.edu" };

test.each(Object.entries(STEPS))(
  "%s",
  async (name, { from, to = `/${name}`, method = "POST", fields, body }) => {
    const [one, other] = [
      await drive(await submitCube(student), from),
      await drive(await submitCube(student), from),
    ];

    const route = `dashboard.jobs.$id.${name}`;
    const hidden = await openedPage(route, one);
    await page(route, { id: one.id }, { ...hidden, staff_name: STAFF, ...(await fields?.(one)) });

    const path = `jobs/${other.id}`;
    expect(
      (await ask({ method: "POST", path: `${path}/lock`, token, body: { staff_name: STAFF } })).status,
    ).toBe(200);
    const said = { staff_name: STAFF, version: other.version, ...(await (body ?? fields)?.(other)) };
    const answer = await ask({ method, path: path + to, token, body: said });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);

    const left = await traces(other);
    expect(left).toEqual(await traces(one));
    // Something has been left, and nothing of the hold.
    expect((left as { events: { triggered_by: string }[] }).events.at(-1)!.triggered_by).toBe(STAFF);
  },
);

test("one receipt for several prints of a visit", async () => {
  const visit = async () => {
    const its = { student_email: `${randomUUID()}@example.edu` };
    const jobs = [];
    for (let n = 0; n < 3; n++) jobs.push(await drive(await submitCube({ ...student, ...its }), "COMPLETED"));
    return jobs as [Job, Job, Job];
  };
  const money = () => ({ grams: "27.3", txn_no: `TC-${randomUUID().slice(0, 8)}`, picked_up_by: "Ada Lovelace" }); // prettier-ignore
  const [mine, yours] = [await visit(), await visit()];

  const hidden = await openedPage("dashboard.jobs.$id.payment", mine[0]);
  const also = mine.slice(1).map(({ id, version }) => `${id}.${version}`);
  await page("dashboard.jobs.$id.payment", { id: mine[0].id }, { ...hidden, staff_name: STAFF, ...money(), also, also_grams: ["30", "27,5"] }); // prettier-ignore

  const [first, second, third] = yours;
  await ask({ method: "POST", path: `jobs/${first.id}/lock`, token, body: { staff_name: STAFF } });
  const others = [second, third].map(({ id, version }, n) => ({ job_id: id, version, grams: [30, 27.5][n] }));
  const said = { staff_name: STAFF, version: first.version, ...money(), also: others };
  const answer = await ask({ method: "POST", path: `jobs/${first.id}/checkout`, token, body: said });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const alike = (left: unknown, jobs: Job[]) =>
    jobs.reduce((text, { short_id }, n) => text.replaceAll(new RegExp(`\\b${short_id}\\b`, "g"), `N${n}`), JSON.stringify(left)); // prettier-ignore
  for (const n of [0, 1, 2])
    expect(alike(await traces(yours[n]!), yours)).toBe(alike(await traces(mine[n]!), mine));

  const told = answer.body as { receipt_number: number; total_cents: number; jobs: { id: string; payments: { receipt_number: number; price_cents: number }[] }[] }; // prettier-ignore
  expect(told.jobs.map(({ id }) => id)).toEqual(yours.map(({ id }) => id));
  const payments = told.jobs.flatMap((job) => job.payments);
  expect(payments.map((one) => one.receipt_number)).toEqual(Array(3).fill(told.receipt_number));
  expect(told.total_cents).toBe(payments.reduce((sum, { price_cents }) => sum + price_cents, 0));
  const [receipt] = await lab.owner("SELECT r.number FROM receipts r JOIN payments p ON p.receipt_id = r.id WHERE p.job_id = $1", [third.id]); // prettier-ignore
  expect(Number(receipt!.number)).toBe(told.receipt_number);
});

test("handing in, confirming, declining and asking for a new link", async () => {
  const [mine, yours] = [submission(student), submission(student)];
  const file = stageFile(mine.file!.content, "cube.stl");
  const received = { fields: { ...mine.form, form_key: randomUUID() }, file, refusal: null };
  const sent = await page("submit", {}, {}, { received });
  const reference = new URL(sent.headers.get("Location")!, "http://here").searchParams.get("job")!;
  const created = await ask({ method: "POST", path: "submit", form: yours.form, file: { ...yours.file!, name: "cube.stl" } }); // prettier-ignore
  expect(created.status).toBe(201);
  const jobs = await Job.query().orderBy("short_id", "desc").limit(2);
  const byReference = (wanted: string) => jobs.find(({ id }) => referenceFor(id) === wanted)!;
  const [one, other] = [byReference(reference), byReference((created.body as { id: string }).id)];
  expect(await traces(other)).toEqual(await traces(one));

  for (const intent of ["confirm", "decline"]) {
    const [a, b] = [await drive(await submitCube(student), "PENDING"), await drive(await submitCube(student), "PENDING")]; // prettier-ignore
    await page("confirm.$token", { token: await tokenOf(a.id) }, { intent });
    const answer = await ask({ method: "POST", path: `confirm/${await tokenOf(b.id)}${intent === "decline" ? "/decline" : ""}` }); // prettier-ignore
    expect(answer.status).toBe(200);
    expect(await traces(b)).toEqual(await traces(a));
  }

  const [a, b] = [await drive(await submitCube(student), "PENDING"), await drive(await submitCube(student), "PENDING")]; // prettier-ignore
  await lab.owner("UPDATE jobs SET confirmation_last_sent_at = NULL");
  await page("confirm.expired", {}, { job_id: referenceFor(a.id) });
  await ask({ method: "POST", path: "submit/resend-confirmation", body: { job_id: referenceFor(b.id) } });
  expect(await traces(b)).toEqual(await traces(a));
});
