/**
 * R16: random calls, sound and broken, to every endpoint. Never a 5xx, never an answer that the document does not know
 * (`ask` checks each), and afterwards database, log and storage agree. Seeded: PRINTDESK_FUZZ_SEED and _RUNS change it.
 */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { verifyChain } from "@server/events/verify.server";
import { jobIdFrom, referenceFor } from "@server/jobs/sign.server";
import { STATUS, STATUSES } from "@server/jobs/states";
import { Job } from "@server/jobs/job.server";
import { type Endpoint, paramsOf } from "~/api/endpoint";
import { ENDPOINTS } from "~/api/table";
import { ask, type Ask, documentOf, tokenFor } from "../support/api";
import { freshLab, type Lab } from "../support/database";
import { drive, newCube, STAFF, storageListing, submitCube, tokenOf } from "../support/desk";

const SEED = Number(process.env.PRINTDESK_FUZZ_SEED ?? 20261124);
const RUNS = Number(process.env.PRINTDESK_FUZZ_RUNS ?? 600);

let lab: Lab;
let tokens: string[];
const ids: string[] = [];
const links: string[] = [];
beforeAll(async () => {
  lab = await freshLab({ UPLOAD_IDLE_SECONDS: "2" });
  await lab.set({
    submissions_per_hour_per_student: 10_000,
    submissions_per_hour_per_address: 10_000,
    logins_per_hour: 20,
    resend_cooldown_minutes: 1,
    staff_resend_cooldown_minutes: 0,
  });
  tokens = [await tokenFor("front"), await tokenFor("office"), await tokenFor("back")];
  for (const status of [
    "UPLOADED",
    "UPLOADED",
    "PENDING",
    "READYTOPRINT",
    "PRINTING",
    "COMPLETED",
    "PAIDPICKEDUP",
  ] as const)
    // prettier-ignore
    ids.push((await drive(await submitCube(), status)).id);
  for (const id of ids.slice(2, 3)) links.push(await tokenOf(id));
});

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  $ref?: string;
  format?: string;
  default?: unknown;
}

/** Texts that have broken programs before. */
const nasty = fc.constantFrom(
  "", " ", "\0", "a\0b", "\ud800", "\u202eevil", "../../etc/passwd", "%00", "'; DROP TABLE jobs; --", "<script>alert(1)</script>",
  "=1+1", "1e999", "-0", "NaN", "null", "__proto__", "constructor", "𝒳".repeat(50), "é".normalize("NFD"), "\r\nSet-Cookie: a=b", "x".repeat(3000), "\u0007",
); // prettier-ignore
const anything: fc.Arbitrary<unknown> = fc.oneof(
  nasty,
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.integer(),
  fc.double(),
  fc.constantFrom(null, true, false, 1e308, -1, 9007199254740993, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Field names → values that mean something here. */
function known(name: string): fc.Arbitrary<unknown> | null {
  const one = <T>(values: () => T[]) => fc.nat().map((n) => values()[n % values().length]);
  switch (name) {
    case "staff_name":
      return fc.constantFrom(STAFF, "Sam Rivera", "jane doe", "Nobody");
    case "job_id":
      return one(() => [...ids, ...ids.map(referenceFor), randomUUID()]);
    case "token":
      return one(() => [...links, "A".repeat(43), "x"]);
    case "name":
    case "authoritative_filename":
      return fc.constantFrom("metadata.json", "nothing.stl", "..");
    case "file_path":
      return fc.constantFrom("Uploaded/x.stl", "../x", "Pending/", "/etc/passwd");
    case "discipline":
      return fc.constantFrom("Engineering", "Art");
    case "print_method":
      return fc.constantFrom("Filament", "Filament", "Resin");
    case "color":
      return fc.constantFrom("true-red", "blue");
    case "printer":
      return fc.constantFrom("prusa_mk4s", "prusa_xl");
    case "material":
      return fc.constantFrom("", "pla");
    case "student_email":
      return fc.uuid().map((id) => `${id}@example.edu`);
    case "workstation_id":
      return fc.constantFrom("front", "nobody");
    case "password":
      return fc.constantFrom("front-pass", "wrong");
    default:
      return null;
  }
}

/** Values that a schema allows; now and then, ones that it does not. */
function valueOf(schema: Schema, name = ""): fc.Arbitrary<unknown> {
  const right = known(name) ?? rightly(schema);
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: anything });
}

function rightly(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => valueOf(one)));
  if (schema.$ref) return anything;
  const types = [schema.type ?? "string"].flat();
  return fc.oneof(
    ...types.map((type): fc.Arbitrary<unknown> => {
      if (type === "object") return objectOf(schema);
      if (type === "array") return fc.array(valueOf(schema.items ?? {}), { maxLength: 4 });
      if (type === "integer") return fc.integer({ min: 0, max: 30 });
      if (type === "number")
        return fc.double({ min: 0.1, max: 100, noNaN: true }).map((n) => Math.round(n * 100) / 100);
      if (type === "boolean") return fc.boolean();
      if (schema.format === "uuid") return fc.uuid();
      return fc.oneof(
        fc.constantFrom("true", "Engineering", "2026-11-24", "because", "Filament"),
        nasty,
        fc.string({ maxLength: 30 }),
      );
    }),
  );
}

function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<Record<string, unknown>> {
  const named = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valueOf(schema, name)])),
    { requiredKeys: required },
  );
  return fc.oneof(
    { weight: 8, arbitrary: named },
    { weight: 1, arbitrary: fc.tuple(named, nasty, anything).map(([value, key, other]) => ({ ...value, [key]: other })) },
  ); // prettier-ignore
}

interface Described {
  parameters: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** A call of one endpoint. */
function callOf(row: Endpoint): fc.Arbitrary<Ask> {
  const told = documentOf().paths[`/${row.path}`]![row.method.toLowerCase()] as unknown as Described;
  const query = told.parameters.filter((one) => one.in === "query");
  const { "application/json": json, "multipart/form-data": form } = told.requestBody?.content ?? {};
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)) ?? "";
  return fc
    .record({
      params: fc.tuple(...paramsOf(row.path).map((name) => fc.oneof({ weight: 9, arbitrary: known(name)! }, { weight: 1, arbitrary: nasty }))), // prettier-ignore
      query: fc.oneof({ weight: 3, arbitrary: objectOf({ properties: Object.fromEntries(query.map(({ name, schema }) => [name, schema])) }) }, { weight: 2, arbitrary: fc.constant({}) }), // prettier-ignore
      token: fc.oneof({ weight: 12, arbitrary: fc.nat({ max: 2 }).map((n) => tokens[n]!) }, { weight: 1, arbitrary: fc.constantFrom("", "x.y.z") }), // prettier-ignore
      body: json ? fc.oneof({ weight: 12, arbitrary: objectOf(json.schema) }, { weight: 1, arbitrary: anything }) : fc.constant(undefined), // prettier-ignore
      form: form ? objectOf(form.schema) : fc.constant(undefined),
      key: fc.option(fc.constantFrom("a-key", "another-key"), { freq: 6 }),
      lockFirst: fc.boolean(),
    })
    .map(({ params, query, token, body, form, key }) => {
      let n = 0;
      const path = row.path.replace(
        /\{\w+\}/g,
        () => encodeURIComponent(wellFormed(String(params[n++]))) || "%20",
      );
      const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, text(value)]));
      const fields = form && Object.fromEntries(Object.entries(form).filter(([name]) => name !== "file").map(([name, value]) => [name, text(value)])); // prettier-ignore
      return {
        method: row.method,
        path: search.size ? `${path}?${search}` : path,
        token: row.auth === "public" ? undefined : token,
        body,
        ...(fields ? { form: fields, file: { content: newCube() } } : {}),
        headers: key === null || !row.idempotent ? undefined : { "Idempotency-Key": key as string },
      };
    });
}

const wellFormed = (text: string) => Buffer.from(text, "utf8").toString("utf8");

test(`R16: ${RUNS} random calls of every kind end in an answer that is documented, never in a 5xx`, async () => {
  const rows = ENDPOINTS.filter(({ path }) => !["health", "monitoring/health", "auth/logout"].includes(path));
  const counts = new Map<number, number>();
  // Decisions are the most; locks are taken often, so that many of them get somewhere.
  const call = fc.oneof(...rows.map(callOf));
  await fc.assert(
    fc.asyncProperty(call, fc.boolean(), async (one, held) => {
      const id = /^jobs\/([0-9a-f-]{36})\//.exec(one.path)?.[1];
      if (id && held && one.method !== "GET")
        await ask({ method: "POST", path: `jobs/${id}/lock`, token: one.token, body: { staff_name: STAFF } });
      const answer = await ask(one);
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
      if (answer.status === 201 && one.path.startsWith("submit")) {
        const job = jobIdFrom((answer.body as { id: string }).id)!;
        ids.push(job);
      }
      if (await lab.owner("SELECT 1 FROM rate_limits LIMIT 1")) await lab.owner("DELETE FROM rate_limits WHERE key LIKE 'api-%'"); // prettier-ignore
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
  // It was worth the while: calls got through, and calls were refused in many ways.
  const reached = [...counts.keys()].sort();
  expect(reached).toEqual(expect.arrayContaining([200, 400, 401, 403, 404, 409]));
  expect(counts.get(200)!).toBeGreaterThan(RUNS / 20);

  expect((await verifyChain()).gap).toBeNull();
  const folders = Object.keys(storageListing()).filter((folder) => !folder.startsWith("."));
  const jobs = await Job.query();
  expect(folders.sort()).toEqual(jobs.map(({ status, stem }) => `${STATUS[status].folder}/${stem}`).sort());
  expect(jobs.every(({ status }) => STATUSES.includes(status))).toBe(true);
  process.stdout.write(
    `  answers: ${reached.map((status) => `${status} × ${counts.get(status)}`).join(", ")}\n`,
  );
});
