import { z } from "zod";
import { type Endpoint, endpoint } from "./endpoint";
import { describeApi } from "./openapi";

/** @param all every row of the table, this one too; asked for when it is needed */
export const descriptionEndpoints = (all: () => readonly Endpoint[]) => [
  endpoint({
    method: "GET",
    path: "openapi.json",
    tag: "Description",
    summary: "This description, as OpenAPI 3.1",
    auth: "public",
    offline: true,
    status: 200,
    answer: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
    etag: "public, no-cache",
    run: async () => describeApi(all()),
  }),
];
