/** The refusals that do not follow from an endpoint's row: for each a situation in which it is given. */
import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, symlinkSync } from "node:fs";
import path from "node:path";
import type { Catalog } from "@server/catalog/schema";
import { inTransaction } from "@server/db.server";
import { holdFiles } from "@server/jobs/guard.server";
import { referenceFor } from "@server/jobs/sign.server";
import { confirmJob } from "@server/jobs/confirm.server";
import { resendConfirmation } from "@server/jobs/resend-confirmation.server";
import { type Answer, ask, type Ask } from "./api";
import { audited, endAudits, GOOD, removeFolder, submission, type World, write } from "./api-good";
import { drive, newCube, STAFF, submitCube, tokenOf } from "./desk";

type Case = (world: World) => Promise<Answer>;

const by = { staff_name: STAFF };
const good = async (name: string, world: World) => (await GOOD[name]!(world)).ask;

/** A confirm link that is over, in each of the three ways. */
const overs = (method: string, after = ""): Record<string, Case> => {
  const over =
    (end: (world: World, id: string, token: string) => Promise<unknown>): Case =>
    async (world) => {
      const job = await drive(await submitCube(), "PENDING");
      const token = await tokenOf(job.id);
      await end(world, job.id, token);
      const answer = await ask({ method, path: `confirm/${token}${after}` });
      if ((answer.body as { details: { job_id?: string } }).details.job_id !== referenceFor(job.id))
        throw new Error("A link that is over must name the job's reference.");
      return answer;
    };
  return {
    "410 used": over((_, __, token) => confirmJob(token)),
    "410 expired": over(({ lab }, id) =>
      lab.owner(
        "UPDATE confirm_tokens SET expires_at = created_at + interval '1 microsecond' WHERE job_id = $1",
        [id],
      ),
    ),
    "410 replaced": over(async ({ lab }, id) => {
      await lab.owner("UPDATE jobs SET confirmation_last_sent_at = NULL WHERE id = $1", [id]);
      await resendConfirmation(referenceFor(id));
    }),
  };
};

/** A repair while somebody moves the files in question. */
const busy =
  (name: string): Case =>
  async (world) => {
    const one = await good(name, world);
    const { job_id, file_path } = one.body as { job_id?: string; file_path?: string };
    const [row] = job_id
      ? [{ job_id }]
      : await world.lab.owner<{ job_id: string | null }>("SELECT job_id FROM audit_findings WHERE path = $1", [file_path]); // prettier-ignore
    return inTransaction(async (trx) => {
      await holdFiles(trx, row?.job_id ?? `path ${file_path}`);
      return ask(one);
    });
  };

/** A repair of something that no audit has reported. */
const unreported =
  (method: string, to: string, body: () => object): Case =>
  ({ token }) =>
    ask({ method, path: `admin/audit/${to}`, token, body: { ...by, ...body() } });

const nothing = () => ({ file_path: `Uploaded/nothing-${randomUUID()}` });
const nobody = () => ({ job_id: randomUUID() });
const outside = () => ({ file_path: "../secret" });

async function withSetting(
  world: World,
  key: string,
  value: unknown,
  doing: () => Promise<Answer>,
): Promise<Answer> {
  const [before] = await world.lab.owner<{ value: unknown }>("SELECT value FROM settings WHERE key = $1", [
    key,
  ]);
  await world.lab.set({ [key]: value });
  return doing().finally(() => world.lab.set({ [key]: before?.value ?? value }));
}

export const REFUSALS: Record<string, Record<string, Case>> = {
  "POST auth/login": {
    "401 unauthenticated": () =>
      ask({
        method: "POST",
        path: "auth/login",
        ip: randomUUID(),
        body: { workstation_id: "front", password: "no" },
      }),
    "429 too_many": (world) =>
      withSetting(world, "logins_per_hour", 1, async () => {
        const one: Ask = { method: "POST", path: "auth/login", ip: randomUUID(), body: { workstation_id: "x", password: "no" } }; // prettier-ignore
        await ask(one);
        return ask(one);
      }),
  },
  "POST submit": {
    "400 fits_nowhere": async () => {
      const content = newCube();
      // Ten times as wide in every direction as the largest printer.
      for (let at = 84; at < content.length; at += 50)
        for (let n = 12; n < 48; n += 4) content.writeFloatLE(content.readFloatLE(at + n) * 1000, at + n);
      return ask({ method: "POST", path: "submit", ...submission(), file: { content } });
    },
    "409 duplicate": async () => {
      const one = { method: "POST", path: "submit", ...submission() };
      await ask(one);
      const answer = await ask(one);
      const { existing_job_id } = (answer.body as { details: { existing_job_id: string } }).details;
      const known = await ask({ method: "GET", path: `confirm/expired?job_id=${existing_job_id}` });
      if (known.status !== 200) throw new Error("The existing job's reference must be one.");
      return answer;
    },
    "409 another_copy": async () => {
      const one = { method: "POST", path: "submit", ...submission() };
      await ask(one);
      return ask({ ...one, form: { ...one.form, color: "blue" } });
    },
    "410 deleted": async ({ lab }) => {
      const one = {
        method: "POST",
        path: "submit",
        headers: { "Idempotency-Key": randomUUID() },
        ...submission(),
      };
      const { body } = await ask(one);
      await lab.owner("DELETE FROM jobs WHERE short_id = $1", [(body as { short_id: number }).short_id]);
      return ask(one);
    },
    "413 too_large": async () => {
      const { Refusal } = await import("@server/errors");
      const { answerTo, checked } = await import("./api");
      const request = new Request("http://here/api/v1/submit", {
        method: "POST",
        headers: { "Content-Type": "multipart/form-data; boundary=x" },
      });
      const refusal = new Refusal("too_large", "The file is larger than 50 MB.");
      const received = { fields: submission().form, file: null, refusal };
      return checked("POST", "submit", await answerTo(request, { received }));
    },
    "429 too_many": (world) =>
      withSetting(world, "submissions_per_hour_per_student", 1, async () => {
        const one = { method: "POST", path: "submit", ip: randomUUID(), ...submission() };
        await ask(one);
        return ask({ ...one, file: { content: newCube() } });
      }),
  },
  "POST submit/resend-confirmation": {
    "404 not_found": async () => {
      const job = await submitCube();
      const answers = [];
      for (const job_id of [referenceFor(job.id), job.id, referenceFor(randomUUID()), "nothing"])
        answers.push(await ask({ method: "POST", path: "submit/resend-confirmation", body: { job_id } }));
      return answers.find(({ status }) => status !== 404) ?? answers[0]!;
    },
    "429 too_many": async (world) => {
      const one = await good("POST submit/resend-confirmation", world);
      await ask(one);
      return ask(one);
    },
  },
  "GET confirm/expired": {
    "404 not_found": () =>
      ask({ method: "GET", path: `confirm/expired?job_id=${referenceFor(randomUUID())}` }),
  },
  "GET confirm/{token}": overs("GET"),
  "POST confirm/{token}": overs("POST"),
  "POST confirm/{token}/decline": overs("POST", "/decline"),

  "POST jobs/{job_id}/approve": {
    "403 no_price": async (world) => {
      const one = await good("POST jobs/{job_id}/approve", world);
      const insert = (data: string) =>
        world.lab.owner(
          `INSERT INTO catalog_versions (version, data, updated_by)
           SELECT (SELECT max(version) + 1 FROM catalog_versions), ${data}, 'test'
           FROM catalog_versions ORDER BY version LIMIT 1`,
        );
      await insert("jsonb_set(data, '{materials}', (data->'materials') - 0)");
      return ask(one).finally(() => insert("data"));
    },
  },
  "POST jobs/{job_id}/checkout": {
    "409 companion": async (world) => {
      const one = await good("POST jobs/{job_id}/checkout", world);
      const { also, ...body } = one.body as { also: { job_id: string; version: number }[] };
      const stale = also.map((other) => ({ ...other, version: other.version + 1 }));
      const answer = await ask({ ...one, body: { ...body, also: stale } });
      const { details } = answer.body as { details: { refused_job: string; fields: object } };
      if (details.refused_job !== also[0]!.job_id || Object.keys(details.fields).join() !== "also")
        throw new Error("What stands in the way must be named.");
      return answer;
    },
  },
  "DELETE jobs/{job_id}": {
    "404 deleted": async (world) => {
      const one = {
        ...(await good("DELETE jobs/{job_id}", world)),
        headers: { "Idempotency-Key": randomUUID() },
      };
      await ask(one);
      return ask(one);
    },
  },
  "POST jobs/{job_id}/files/{name}/open": {
    "403 no_storage_path": async (world) =>
      ask({ ...(await good("POST jobs/{job_id}/files/{name}/open", world)), token: world.office }),
  },
  "POST jobs/{job_id}/admin/force-unlock": {
    "403 not_locked": async ({ token }) => {
      const job = await submitCube();
      const path = `jobs/${job.id}/admin/force-unlock`;
      return ask({ method: "POST", path, token, body: { ...by, reason: "a crash" } });
    },
  },
  "POST jobs/{job_id}/admin/resend-email": {
    "429 too_many": async (world) => {
      const one = await good("POST jobs/{job_id}/admin/resend-email", world);
      await ask(one);
      const id = one.path.split("/")[1]!;
      await ask({ method: "POST", path: `jobs/${id}/lock`, token: one.token, body: by });
      return ask(one);
    },
  },

  "PUT catalog": {
    "400 id_reused": async (world) => {
      const one = await good("PUT catalog", world);
      const { data } = one.body as { data: Catalog };
      // A color of one material becomes another's.
      const [first, second, ...others] = data.materials;
      const [moved, ...colors] = first!.colors;
      const materials = [{ ...first!, colors }, { ...second!, colors: [...second!.colors, moved!] }, ...others]; // prettier-ignore
      return ask({ ...one, body: { ...(one.body as object), data: { ...data, materials } } });
    },
    "400 in_use": async (world) => {
      await submitCube();
      const one = await good("PUT catalog", world);
      const { data } = one.body as { data: Catalog };
      const printers = data.printers.filter(({ id }) => id !== "prusa_mk4s");
      return ask({ ...one, body: { ...(one.body as object), data: { ...data, printers } } });
    },
    "409 stale": async (world) => {
      const one = await good("PUT catalog", world);
      const answer = await ask({ ...one, body: { ...(one.body as object), version: 1 } });
      const { details } = answer.body as { details: { version: number } };
      if (details.version !== (one.body as { version: number }).version)
        throw new Error("What is stale must say which version is in force.");
      return answer;
    },
  },
  "POST staff": {
    "409 name_taken": async (world) => {
      const one = await good("POST staff", world);
      return ask({ ...one, body: { ...by, name: STAFF.toUpperCase() } });
    },
  },
  "PATCH staff/{name}": {
    "403 last_active": async ({ lab, token }) => {
      const others = await lab.owner<{ id: string }>(
        "UPDATE staff SET is_active = false, deactivated_at = now() WHERE name <> $1 AND is_active RETURNING id",
        [STAFF],
      );
      const path = `staff/${encodeURIComponent(STAFF)}`;
      const answer = await ask({ method: "PATCH", path, token, body: { ...by, is_active: false } });
      await lab.owner("UPDATE staff SET is_active = true, deactivated_at = NULL WHERE id = ANY($1)", [
        others.map(({ id }) => id),
      ]);
      return answer;
    },
    "409 name_taken": async (world) => {
      const one = await good("PATCH staff/{name}", world);
      return ask({ ...one, body: { ...by, name: STAFF } });
    },
  },
  "POST _diag/test-email": {
    "409 on_its_way": async (world) => {
      const one = await good("POST _diag/test-email", world);
      await ask(one);
      return ask(one);
    },
  },

  "POST monitoring/alerts/acknowledge": {
    "404 not_found": async ({ token }) => {
      const body = { ...by, alert_id: randomUUID() };
      return ask({ method: "POST", path: "monitoring/alerts/acknowledge", token, body });
    },
    "409 cleared": async (world) => {
      const one = await good("POST monitoring/alerts/acknowledge", world);
      const { alert_id } = one.body as { alert_id: string };
      await world.lab.owner("UPDATE alerts SET cleared_at = clock_timestamp() WHERE id = $1", [alert_id]);
      return ask(one);
    },
  },

  "POST admin/audit/start": {
    "409 audit_running": async (world) => {
      const one = await good("POST admin/audit/start", world);
      await ask(one);
      const answer = await ask(one);
      await endAudits(world.lab);
      return answer;
    },
  },
  "GET admin/audit/report": {
    "404 not_found": async ({ lab, token }) => {
      await lab.owner("DELETE FROM audits");
      return ask({ method: "GET", path: "admin/audit/report", token });
    },
  },
  "DELETE admin/audit/orphaned-file": {
    "400 outside": unreported("DELETE", "orphaned-file", outside),
    "400 link": async (world) => {
      const file_path = `Archived/link-${randomUUID()}`;
      mkdirSync(path.join(world.lab.storage, "Archived"), { recursive: true });
      symlinkSync("/etc/hostname", path.join(world.lab.storage, file_path));
      await audited(world.lab);
      return ask({
        method: "DELETE",
        path: "admin/audit/orphaned-file",
        token: world.token,
        body: { ...by, file_path },
      });
    },
    "403 needed": async (world) => {
      // An orphan when it was reported; by now a job has it.
      const job = await submitCube();
      const file_path = write(world, `Uploaded/orphan-${randomUUID()}.stl`);
      await audited(world.lab);
      await world.lab.owner("UPDATE jobs SET metadata_path = $2 WHERE id = $1", [job.id, file_path]);
      return ask({
        method: "DELETE",
        path: "admin/audit/orphaned-file",
        token: world.token,
        body: { ...by, file_path },
      });
    },
    "404 not_reported": unreported("DELETE", "orphaned-file", nothing),
    "404 gone": async (world) => {
      const folder = `Uploaded/folder-${randomUUID()}`;
      write(world, `${folder}/one.stl`);
      await audited(world.lab);
      const body = { ...by, file_path: `${folder}/two.stl` };
      return ask({ method: "DELETE", path: "admin/audit/orphaned-file", token: world.token, body });
    },
    "409 busy": busy("DELETE admin/audit/orphaned-file"),
  },
  "DELETE admin/audit/stale-file": {
    "400 outside": unreported("DELETE", "stale-file", outside),
    "403 only_copy": async (world) => {
      const { stem } = await submitCube();
      const at = (folder: string) => path.join(world.lab.storage, folder, stem);
      renameSync(at("Uploaded"), at("Pending"));
      await audited(world.lab);
      const body = { ...by, file_path: `Pending/${stem}` };
      return ask({ method: "DELETE", path: "admin/audit/stale-file", token: world.token, body });
    },
    "404 not_reported": unreported("DELETE", "stale-file", nothing),
    "409 busy": busy("DELETE admin/audit/stale-file"),
  },
  "POST admin/audit/repair-metadata": {
    "403 no_folder": async (world) => {
      const one = await good("POST admin/audit/repair-metadata", world);
      const { job_id } = one.body as { job_id: string };
      const [job] = await world.lab.owner<{ stem: string }>("SELECT stem FROM jobs WHERE id = $1", [job_id]);
      removeFolder(world, `Uploaded/${job!.stem}`);
      await audited(world.lab);
      return ask(one);
    },
    "404 not_reported": unreported("POST", "repair-metadata", nobody),
    "409 busy": busy("POST admin/audit/repair-metadata"),
  },
  "POST admin/audit/repair-location": {
    "403 in_the_way": async (world) => {
      const one = await good("POST admin/audit/repair-location", world);
      const { job_id } = one.body as { job_id: string };
      const [job] = await world.lab.owner<{ stem: string }>("SELECT stem FROM jobs WHERE id = $1", [job_id]);
      write(world, `Pending/${job!.stem}`);
      return ask(one);
    },
    "404 not_reported": unreported("POST", "repair-location", nobody),
    "409 busy": busy("POST admin/audit/repair-location"),
  },
};
