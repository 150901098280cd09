import { z } from "zod";
import { endpoint } from "./endpoint";
import { describeApi } from "./openapi";

export const descriptionEndpoints = [
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
    run: async () => describeApi((await import("./table")).ENDPOINTS),
  }),
];
