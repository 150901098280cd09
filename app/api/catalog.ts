import { z } from "zod";
import { catalogRecord } from "@server/catalog/catalog.server";
import { CatalogSchema } from "@server/catalog/schema";
import { At } from "@server/reports/job-object";
import { endpoint } from "./endpoint";

const version = z.int().positive();
/** The specification's rate for reading. */
const reading = { name: "catalog", points: 60, seconds: 60 };
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
];
