/** For every endpoint a call that must succeed, with whatever has to be there first. */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startAudit } from "@server/audit/start-audit.server";
import { catalogRecord } from "@server/catalog/catalog.server";
import type { Job } from "@server/jobs/job.server";
import { referenceFor } from "@server/jobs/sign.server";
import type { Status } from "@server/jobs/states";
import { OutboxRow } from "@server/outbox/outbox.server";
import { workRow } from "@server/outbox/work.server";
import { addStaff } from "@server/staff/add-staff.server";
import { HANDLERS } from "@workers/queues";
import { ask, type Ask, tokenFor } from "./api";
import type { Lab } from "./database";
import { drive, FRONT, metadataBeside, newCube, STAFF, submitCube, tokenOf } from "./desk";

export interface World {
  lab: Lab;
  /** Of a workstation that may administer and has a storage path. */
  token: string;
  /** May administer; nobody knows where it finds the storage. */
  office: string;
  /** May not administer. */
  back: string;
}

/** A call that succeeds, once. `job` is what it is about. */
export interface Good {
  ask: Ask;
  job?: Job;
}
type Make = (world: World) => Promise<Good>;

export async function openWorld(lab: Lab): Promise<World> {
  return {
    lab,
    token: await tokenFor("front"),
    office: await tokenFor("office"),
    back: await tokenFor("back"),
  };
}

const by = { staff_name: STAFF };

/** A job in a status, held by the world's token. */
async function held({ token }: World, status: Status): Promise<Job> {
  const job = await drive(await submitCube(), status);
  const { status: locked } = await ask({ method: "POST", path: `jobs/${job.id}/lock`, token, body: by });
  if (locked !== 200) throw new Error(`The lock was answered with ${locked}.`);
  return job;
}

/** A decision about a job in a status. */
const decision =
  (status: Status, step: string, body: (job: Job) => object = () => ({}), method = "POST"): Make =>
  async (world) => {
    const job = await held(world, status);
    const ask = { method, path: `jobs/${job.id}${step}`, token: world.token, body: { ...by, ...body(job) } };
    return { ask, job };
  };

/** What is said at the counter. */
const paid = () => ({ grams: 27.3, txn_no: `A${randomUUID().slice(0, 8)}`, picked_up_by: "Ada Lovelace" });

/** Something about the payment of a job that was handed over. */
const mended =
  (step: string, more: () => object): Make =>
  async (world) => {
    const job = await held(world, "PAIDPICKEDUP");
    const [payment] = await world.lab.owner<{ id: string }>("SELECT id FROM payments WHERE job_id = $1", [
      job.id,
    ]);
    const body = { ...by, payment_id: payment!.id, reason: "a slip", ...more() };
    return { job, ask: { method: "POST", path: `jobs/${job.id}/${step}`, token: world.token, body } };
  };

const get =
  (to: string): Make =>
  async ({ token }) => ({ ask: { method: "GET", path: to, token } });

/** Something about a job, read. */
const ofJob =
  (to: (job: Job) => string): Make =>
  async ({ token }) => {
    const job = await submitCube();
    return { job, ask: { method: "GET", path: `jobs/${job.id}${to(job)}`, token } };
  };

const withToken =
  (method: string, after = ""): Make =>
  async () => {
    const job = await drive(await submitCube(), "PENDING");
    return { job, ask: { method, path: `confirm/${await tokenOf(job.id)}${after}` } };
  };

/** A form that is taken. */
export function submission(more: Record<string, string> = {}): Required<Pick<Ask, "form" | "file">> {
  return {
    form: {
      student_name: "Ada Lovelace",
      student_email: `ada.${randomUUID()}@example.edu`,
      discipline: "Engineering",
      class_number: "ENGR 1001",
      print_method: "Filament",
      color: "true-red",
      printer: "prusa_mk4s",
      acknowledged_minimum_charge: "yes",
      ...more,
    },
    file: { content: newCube() },
  };
}

/** No audit is at work any more. */
export async function endAudits(lab: Lab): Promise<void> {
  await lab.owner("DELETE FROM outbox WHERE kind = 'audit'");
  await lab.owner("DELETE FROM audits WHERE state IN ('queued', 'running')");
}

/** A whole audit. @returns its id */
export async function audited(lab: Lab): Promise<string> {
  await endAudits(lab);
  const { task_id } = await startAudit(FRONT, by);
  for (;;) {
    const row = await OutboxRow.query().findOne({ kind: "audit" }).whereIn("state", ["due", "running"]);
    if (!row) return task_id;
    await workRow(row.id, HANDLERS);
  }
}

/** A repair of something that an audit has found. */
const repair =
  (method: string, to: string, find: (world: World) => Promise<object>): Make =>
  async (world) => {
    const body = { ...by, ...(await find(world)) };
    await audited(world.lab);
    return { ask: { method, path: `admin/audit/${to}`, token: world.token, body } };
  };

/** Writes a file below the storage root. */
export function write({ lab }: World, file: string, content = "precious"): string {
  mkdirSync(path.dirname(path.join(lab.storage, file)), { recursive: true });
  writeFileSync(path.join(lab.storage, file), content);
  return file;
}

/** A job that has been in its status for so many days, and the run that is about it. */
const retention =
  (status: Status, kind: "archive" | "prune", days: number): Make =>
  async ({ lab, token }) => {
    const job = await drive(await submitCube(), status);
    await lab.owner("UPDATE jobs SET status_since = now() - make_interval(days => $2) WHERE id = $1", [
      job.id,
      days,
    ]);
    return { ask: { method: "POST", path: `admin/${kind}`, token, body: by } };
  };

/** A name that nobody has had. */
const newName = () => `Robin ${randomUUID().replaceAll(/[^a-f]/g, "")}x`;

/** An alert that stands. @returns its id */
async function raised({ lab }: World): Promise<string> {
  const [alert] = await lab.owner<{ id: string }>(
    "INSERT INTO alerts (kind, severity, message) VALUES ($1, 'warning', 'The disk is nearly full.') RETURNING id",
    [`disk-${randomUUID().slice(0, 8)}`],
  );
  return alert!.id;
}

export const GOOD: Record<string, Make> = {
  "POST auth/login": async () => ({
    ask: {
      method: "POST",
      path: "auth/login",
      ip: randomUUID(),
      body: { workstation_id: "front", password: "front-pass" },
    },
  }),
  "POST auth/logout": async () => ({
    ask: { method: "POST", path: "auth/logout", token: await tokenFor("front") },
  }),

  "POST submit": async () => ({ ask: { method: "POST", path: "submit", ip: randomUUID(), ...submission() } }),
  "POST submit/resend-confirmation": async ({ lab }) => {
    const job = await drive(await submitCube(), "PENDING");
    await lab.owner("UPDATE jobs SET confirmation_last_sent_at = now() - interval '2 days' WHERE id = $1", [
      job.id,
    ]);
    return {
      job,
      ask: { method: "POST", path: "submit/resend-confirmation", body: { job_id: referenceFor(job.id) } },
    };
  },
  "GET confirm/expired": async () => {
    const job = await drive(await submitCube(), "PENDING");
    return { job, ask: { method: "GET", path: `confirm/expired?job_id=${referenceFor(job.id)}` } };
  },
  "GET confirm/{token}": withToken("GET"),
  "POST confirm/{token}": withToken("POST"),
  "POST confirm/{token}/decline": withToken("POST", "/decline"),

  "GET jobs": get("jobs?status=UPLOADED&search=ada&limit=3"),
  "GET jobs/counts": get("jobs/counts"),
  "GET jobs/{job_id}": ofJob(() => ""),
  "GET jobs/{job_id}/events": ofJob(() => "/events?limit=5"),
  "GET jobs/{job_id}/candidate-files": ofJob(() => "/candidate-files"),

  "POST jobs/{job_id}/lock": async ({ token }) => {
    const job = await submitCube();
    return { job, ask: { method: "POST", path: `jobs/${job.id}/lock`, token, body: by } };
  },
  "POST jobs/{job_id}/extend": decision("UPLOADED", "/extend"),
  "POST jobs/{job_id}/unlock": decision("UPLOADED", "/unlock"),

  "POST jobs/{job_id}/review": decision("UPLOADED", "/review", () => ({ reviewed: true })),
  "POST jobs/{job_id}/approve": decision("UPLOADED", "/approve", ({ display_name }) => ({
    weight_g: 25.5,
    time_hours: 3.25,
    authoritative_filename: display_name,
  })),
  "POST jobs/{job_id}/reject": decision("UPLOADED", "/reject", () => ({
    reasons: ["thin_walls"],
    custom_reason: "",
  })),
  "POST jobs/{job_id}/mark-printing": decision("READYTOPRINT", "/mark-printing"),
  "POST jobs/{job_id}/mark-complete": decision("PRINTING", "/mark-complete"),
  "POST jobs/{job_id}/payment": decision("COMPLETED", "/payment", paid),
  "POST jobs/{job_id}/checkout": async (world) => {
    const job = await held(world, "COMPLETED");
    const other = await drive(await submitCube({ student_email: job.student_email }), "COMPLETED");
    const body = { ...by, ...paid(), also: [{ job_id: other.id, version: other.version, grams: 30 }] };
    return { job, ask: { method: "POST", path: `jobs/${job.id}/checkout`, token: world.token, body } };
  },
  "POST jobs/{job_id}/correct-payment": mended("correct-payment", () => ({
    grams: 30,
    txn_no: paid().txn_no,
  })),
  "POST jobs/{job_id}/void-payment": mended("void-payment", () => ({})),
  "POST jobs/{job_id}/mark-picked-up": decision("COMPLETED", "/mark-picked-up", () => ({
    picked_up_by: "Ada Lovelace",
    reason: "a reprint",
  })),
  "POST jobs/{job_id}/revert-completion": decision("COMPLETED", "/revert-completion"),
  "POST jobs/{job_id}/revert-pickup": decision("PAIDPICKEDUP", "/revert-pickup"),
  "PATCH jobs/{job_id}/notes": decision("UPLOADED", "/notes", () => ({ notes: "Looks fine." }), "PATCH"),
  "DELETE jobs/{job_id}": decision("UPLOADED", "", () => ({ reason: "sent by mistake" }), "DELETE"),

  "GET jobs/{job_id}/files": ofJob(() => "/files"),
  "GET jobs/{job_id}/files/{name}": ofJob(({ display_name }) => `/files/${display_name}?staff_name=Jane+Doe`),
  "POST jobs/{job_id}/files/{name}/open": async ({ token }) => {
    const job = await submitCube();
    const path = `jobs/${job.id}/files/${job.display_name}/open`;
    return { job, ask: { method: "POST", path, token, body: by } };
  },
  "GET jobs/{job_id}/thumbnail": async ({ token }) => {
    const job = await submitCube();
    for (const row of await OutboxRow.query().where({ job_id: job.id, kind: "picture" }))
      await workRow(row.id, HANDLERS);
    return { job, ask: { method: "GET", path: `jobs/${job.id}/thumbnail?width=200`, token } };
  },

  "POST jobs/{job_id}/admin/force-unlock": async (world) => {
    const job = await held({ ...world, token: world.office }, "UPLOADED");
    const path = `jobs/${job.id}/admin/force-unlock`;
    return { job, ask: { method: "POST", path, token: world.token, body: { ...by, reason: "a crash" } } };
  },
  "POST jobs/{job_id}/admin/force-confirm": decision("PENDING", "/admin/force-confirm", () => ({
    reason: "by phone",
    bypass_email: true,
  })),
  "POST jobs/{job_id}/admin/change-status": decision("UPLOADED", "/admin/change-status", () => ({
    reason: "a repair",
    new_status: "PRINTING",
  })),
  "POST jobs/{job_id}/admin/mark-failed": decision("PRINTING", "/admin/mark-failed", () => ({
    reason: "a tangle",
  })),
  "POST jobs/{job_id}/admin/resend-email": async (world) => {
    const job = await held(world, "PENDING");
    await world.lab.owner("UPDATE outbox SET created_at = now() - interval '1 day' WHERE job_id = $1", [
      job.id,
    ]);
    const path = `jobs/${job.id}/admin/resend-email`;
    return {
      job,
      ask: { method: "POST", path, token: world.token, body: { ...by, email_type: "approval" } },
    };
  },

  "GET catalog": async () => ({ ask: { method: "GET", path: "catalog", ip: randomUUID() } }),
  "GET catalog/version": async () => ({ ask: { method: "GET", path: "catalog/version", ip: randomUUID() } }),
  "GET staff": get("staff?include_inactive=true"),
  "GET health": async () => ({ ask: { method: "GET", path: "health" } }),
  "GET openapi.json": async () => ({ ask: { method: "GET", path: "openapi.json" } }),

  "POST export/payments": async (world) => {
    await drive(await submitCube(), "PAIDPICKEDUP");
    const body = { ...by, start_date: "2020-01-01", end_date: "2099-12-31" };
    return { ask: { method: "POST", path: "export/payments", token: world.token, body } };
  },
  "GET stats": get("stats"),
  "GET stats/detailed": get("stats/detailed?days=7&printer=all&discipline=Engineering"),
  "GET analytics/overview": get("analytics/overview?days=90"),
  "GET analytics/trends": get(
    "analytics/trends?period=monthly&metric=submissions&start_date=2026-01-01&end_date=2026-06-30",
  ),
  "GET analytics/resources": get("analytics/resources"),

  "PUT catalog": async ({ token }) => {
    const { version, data } = await catalogRecord();
    const [first, ...printers] = data.printers;
    const changed = { ...data, printers: [{ ...first!, note: `Serviced, ${randomUUID()}` }, ...printers] };
    return { ask: { method: "PUT", path: "catalog", token, body: { ...by, version, data: changed } } };
  },
  "POST staff": async ({ token }) => ({
    ask: { method: "POST", path: "staff", token, body: { ...by, name: newName() } },
  }),
  "PATCH staff/{name}": async ({ token }) => {
    const name = newName();
    await addStaff(FRONT, { name, ...by });
    const path = `staff/${encodeURIComponent(name)}`;
    return { ask: { method: "PATCH", path, token, body: { ...by, is_active: false } } };
  },
  "GET admin/settings": get("admin/settings"),
  "POST admin/settings": async ({ token }) => {
    const body = { ...by, sound: { enabled: true, volume: 60 }, environment_banner: "DEVELOPMENT" };
    return { ask: { method: "POST", path: "admin/settings", token, body } };
  },
  "POST admin/archive": retention("REJECTED", "archive", 46),
  "POST admin/prune": retention("ARCHIVED", "prune", 366),
  "GET _diag": get("_diag"),
  "POST _diag/test-email": async ({ lab, token }) => {
    await lab.owner("DELETE FROM outbox WHERE kind = 'test-letter'");
    const body = { ...by, to: "desk@example.edu" };
    return { ask: { method: "POST", path: "_diag/test-email", token, body } };
  },

  "GET monitoring/health": get("monitoring/health"),
  "GET monitoring/metrics/system": get("monitoring/metrics/system"),
  "GET monitoring/metrics/database": get("monitoring/metrics/database"),
  "GET monitoring/metrics/queue": get("monitoring/metrics/queue"),
  "GET monitoring/metrics/storage": get("monitoring/metrics/storage"),
  "GET monitoring/metrics/application": get("monitoring/metrics/application"),
  "GET monitoring/metrics/all": get("monitoring/metrics/all"),
  "GET monitoring/history": get("monitoring/history?hours=48"),
  "GET monitoring/alerts": async (world) => {
    await raised(world);
    return get("monitoring/alerts")(world);
  },
  "POST monitoring/alerts/acknowledge": async (world) => {
    const body = { ...by, alert_id: await raised(world) };
    return { ask: { method: "POST", path: "monitoring/alerts/acknowledge", token: world.token, body } };
  },

  "POST admin/audit/start": async ({ lab, token }) => {
    await endAudits(lab);
    return { ask: { method: "POST", path: "admin/audit/start", token, body: by } };
  },
  "GET admin/audit/report": async (world) => {
    await audited(world.lab);
    return get("admin/audit/report")(world);
  },
  "DELETE admin/audit/orphaned-file": repair("DELETE", "orphaned-file", async (world) => ({
    file_path: write(world, `Uploaded/forgotten-${randomUUID()}.stl`),
    reason: "left over",
  })),
  "DELETE admin/audit/stale-file": repair("DELETE", "stale-file", async (world) => {
    const { stem } = await submitCube();
    write(world, `Pending/${stem}/${stem}.stl`);
    return { file_path: `Pending/${stem}` };
  }),
  "POST admin/audit/repair-metadata": repair("POST", "repair-metadata", async (world) => {
    const job = await submitCube();
    const wrong = { ...metadataBeside(job), student_name: "Somebody Else" };
    write(world, job.metadata_path, JSON.stringify(wrong));
    return { job_id: job.id };
  }),
  "POST admin/audit/repair-location": repair("POST", "repair-location", async (world) => {
    const job = await drive(await submitCube(), "PENDING");
    const { renameSync } = await import("node:fs");
    const at = (folder: string) => path.join(world.lab.storage, folder, job.stem);
    renameSync(at("Pending"), at("Printing"));
    return { job_id: job.id };
  }),
};

/** Takes a job's folder away, as somebody with the share open might. */
export function removeFolder({ lab }: World, folder: string): void {
  rmSync(path.join(lab.storage, folder), { recursive: true, force: true });
}
