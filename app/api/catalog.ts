import { z } from "zod";
import { catalogRecord } from "@server/catalog/catalog.server";
import { saveCatalog } from "@server/catalog/save-catalog.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { CatalogSchema } from "@server/catalog/schema";
import { At } from "@server/reports/job-object";
import { endpoint } from "./endpoint";

const version = z.int().positive();
/** The specification's rate for reading. */
const reading = { name: "catalog", points: 60, seconds: 60 };
const writing = { name: "catalog-write", points: 10, seconds: 60 };
/** Anybody may keep it, if they ask each time whether it still holds. */
const KEPT = "public, no-cache";

export const catalogEndpoints = [
  endpoint({
    method: "GET",
    path: "catalog",
    tag: "Catalog",
    summary: "The catalog in force",
    auth: "public",
    status: 200,
    answer: z.object({
      version,
      data: CatalogSchema.meta({ id: "Catalog" }),
      updated_by: z.string(),
      updated_at: At,
    }),
    etag: KEPT,
    limit: reading,
    run: () => catalogRecord(),
  }),
  endpoint({
    method: "GET",
    path: "catalog/version",
    tag: "Catalog",
    summary: "The catalog's version, for polling",
    auth: "public",
    status: 200,
    answer: z.object({ version }),
    etag: KEPT,
    limit: reading,
    run: async () => ({ version: (await catalogRecord()).version }),
  }),
  endpoint({
    method: "PUT",
    path: "catalog",
    tag: "Catalog",
    summary: "Put another catalog into force",
    about:
      "The whole catalog, as `GET /catalog` gives it. With the `version` that it was made from, it is refused when another one has come into force since. What is wrong is said place by place: `materials.0.price_per_gram_cents`.",
    auth: "admin",
    body: z.strictObject({
      data: z
        .record(z.string(), z.unknown(), { error: "Give the whole catalog." })
        .describe("See the schema `Catalog`."),
      version: z.int({ error: "Give the version as a number." }).min(0).max(2_147_483_647).optional(),
      staff_name: AttributedSchema.shape.staff_name,
    }),
    limit: writing,
    idempotent: true,
    status: 200,
    answer: z.object({
      message: z.string(),
      version,
      updated_by: z.string(),
      updated_at: At,
      warnings: z.array(z.string()).describe("What is allowed, and perhaps not meant."),
    }),
    refuses: { 400: ["id_reused", "in_use"], 409: ["stale"] },
    run: async ({ desk, body, form_key }) => {
      const { version, updated_by, updated_at, warnings } = await saveCatalog(desk, {
        ...body,
        form_key,
      });
      return { message: "Catalog updated successfully", version, updated_by, updated_at, warnings };
    },
  }),
];
