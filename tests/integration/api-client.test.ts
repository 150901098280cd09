/**
 * A client generated from the OpenAPI document: openapi-typescript makes the types, TypeScript holds a program against
 * them, and openapi-fetch runs it, from the log-in to the payment.
 */
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeApi } from "~/api/openapi";
import { ENDPOINTS } from "~/api/table";
import { discardStaged } from "@server/files/receive.server";
import { answerTo, checked } from "../support/api";
import { freshLab } from "../support/database";
import { newCube, STAFF, stageFile } from "../support/desk";

const project = fileURLToPath(new URL("../..", import.meta.url));
const folder = path.join(project, "node_modules/.cache", `api-client-${randomUUID()}`);

/** What somebody writes against the generated types. Each `@ts-expect-error` is a mistake that they catch. */
const PROGRAM = `
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Job = components["schemas"]["Job"];

export async function walk(send: (request: Request) => Promise<Response>, model: Blob, staff_name: string) {
  const open = createClient<paths>({ baseUrl: "http://here/api/v1", fetch: send });
  const catalog = await open.GET("/catalog");
  const printer = catalog.data!.data.printers[0]!.id;
  const color = catalog.data!.data.materials[0]!.colors[0]!.id;

  const submitted = await open.POST("/submit", {
    body: {
      student_name: "Ada Lovelace", student_email: "ada@example.edu", discipline: "Engineering", class_number: "ENGR 1",
      print_method: "Filament", color, printer, acknowledged_minimum_charge: "yes", file: model as unknown as string,
    },
    bodySerializer: (fields) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value as unknown as Blob);
      return form;
    },
    params: { header: { "Idempotency-Key": "one" } },
  });
  if (submitted.error) throw new Error(submitted.error.message);

  const refused = await open.GET("/jobs");
  if (!refused.error) throw new Error("Without a token there is no list.");
  const why: string = refused.error.message;

  const login = await open.POST("/auth/login", { body: { workstation_id: "front", password: "front-pass" } });
  const desk = createClient<paths>({
    baseUrl: "http://here/api/v1", fetch: send, headers: { Authorization: \`Bearer \${login.data!.token}\` },
  });
  const { data: list } = await desk.GET("/jobs", { params: { query: { status: "UPLOADED", limit: 5 } } });
  const job_id = list!.jobs[0]!.id;
  const at = { params: { path: { job_id } } };
  const lock = async () => (await desk.POST("/jobs/{job_id}/lock", { ...at, body: { staff_name } })).data!.lock_key;

  // @ts-expect-error there is no such status
  await desk.GET("/jobs", { params: { query: { status: "LOST" } } });
  // @ts-expect-error the name is missing
  await desk.POST("/jobs/{job_id}/mark-printing", { ...at, body: {} });
  // @ts-expect-error there is no such endpoint
  await desk.POST("/jobs/{job_id}/melt", at).catch(() => undefined);

  const steps: (Job | undefined)[] = [];
  const files = await desk.GET("/jobs/{job_id}/candidate-files", at);
  const approve = { weight_g: 25.5, time_hours: 3, authoritative_filename: files.data!.files[0]! };
  steps.push((await desk.POST("/jobs/{job_id}/approve", { ...at, body: { staff_name, lock_key: await lock(), ...approve } })).data);
  await lock();
  steps.push((await desk.POST("/jobs/{job_id}/admin/force-confirm", { ...at, body: { staff_name, reason: "by phone" } })).data);
  await lock();
  steps.push((await desk.POST("/jobs/{job_id}/mark-printing", { ...at, body: { staff_name } })).data);
  await lock();
  steps.push((await desk.POST("/jobs/{job_id}/mark-complete", { ...at, body: { staff_name } })).data);
  await lock();
  const payment = { grams: 30, txn_no: "TC1", picked_up_by: "Ada" };
  steps.push((await desk.POST("/jobs/{job_id}/payment", { ...at, body: { staff_name, ...payment } })).data);
  const cents: number = steps.at(-1)!.payments[0]!.price_cents;
  const events = await desk.GET("/jobs/{job_id}/events", { params: { path: { job_id }, query: { limit: 100 } } });
  return { why, cents, statuses: steps.map((job) => job?.status), total: events.data!.total, reference: submitted.data.id };
}
`;

beforeAll(async () => {
  const lab = await freshLab();
  await lab.owner("DELETE FROM jobs");
  fs.mkdirSync(folder, { recursive: true });
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test("its types are sound, catch mistakes, and its program walks a job to the end", async () => {
  const schema = astToString(await openapiTS(describeApi(ENDPOINTS) as never));
  fs.writeFileSync(path.join(folder, "schema.ts"), schema);
  fs.writeFileSync(path.join(folder, "walk.ts"), PROGRAM);
  const program = ts.createProgram([path.join(folder, "walk.ts")], {
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    types: [],
  });
  const faults = ts.getPreEmitDiagnostics(program).map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n")); // prettier-ignore
  expect(faults).toEqual([]);

  const outfile = path.join(folder, "walk.mjs");
  await build({
    entryPoints: [path.join(folder, "walk.ts")],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
  });
  const { walk } = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as {
    walk: (send: typeof through, model: Blob, staff: string) => Promise<Record<string, unknown>>;
  };
  const done = await walk(through, new Blob([new Uint8Array(newCube())]), STAFF);
  expect(done).toEqual({
    why: "Invalid or expired token",
    cents: 300,
    statuses: ["PENDING", "READYTOPRINT", "PRINTING", "COMPLETED", "PAIDPICKEDUP"],
    total: 6,
    reference: expect.stringMatching(/^[\w-]{43}$/),
  });
});

/** The wire: what the client sends goes to the dispatcher, a form as the reception hands it over. */
async function through(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const isForm = request.headers.get("Content-Type")?.startsWith("multipart/form-data");
  if (!isForm) {
    const answer = await answerTo(request);
    await checked(request.method, pathname.replace("/api/v1/", ""), answer.clone());
    return answer;
  }
  const form = await request.formData();
  const model = form.get("file") as File;
  const file = stageFile(Buffer.from(await model.arrayBuffer()), "cube.stl");
  const fields = Object.fromEntries([...form].filter(([name]) => name !== "file").map(([name, value]) => [name, String(value)])); // prettier-ignore
  const answer = await answerTo(new Request(request.url, { method: "POST", headers: request.headers }), {
    received: { fields, file, refusal: null },
  });
  await discardStaged(file);
  return answer;
}
