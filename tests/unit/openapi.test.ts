/** The API's description: sound by an independent validator, complete, and without surprises. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { isFile, paramsOf, refusalsOf, TAGS } from "~/api/endpoint";
import { describeApi, operationId } from "~/api/openapi";
import { ENDPOINTS } from "~/api/table";

const document = describeApi(ENDPOINTS);

describe("the OpenAPI document", () => {
  test("is valid OpenAPI 3.1 to a validator of somebody else's", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect([valid, validator.version]).toEqual([true, "3.1"]);
  });

  test("the validator finds a document that is not", async () => {
    const broken = structuredClone(document) as { paths: Record<string, Record<string, unknown>> };
    (broken.paths["/jobs"]!.get as Record<string, unknown>).responses = [];
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  test("names every endpoint once, and nothing else", () => {
    const named = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.slice(1)}`),
    );
    expect(named.sort()).toEqual(ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort());
    const ids = ENDPOINTS.map(operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("every row says what it gives, what it takes and how it refuses", () => {
    for (const row of ENDPOINTS) {
      const name = `${row.method} ${row.path}`;
      expect(Object.keys(TAGS), name).toContain(row.tag);
      expect(row.status === 204, name).toBe(row.answer === undefined);
      expect(row.form && row.body, name).toBeUndefined();
      if (row.method === "GET") expect(row.body ?? row.form, name).toBeUndefined();
      for (const param of paramsOf(row.path)) expect(["job_id", "token", "name"], name).toContain(param);
      if (isFile(row)) expect(row.answer, name).toMatch(/^\w+\/[\w.+-]+$/);
      expect(refusalsOf(row)[400], name).toContain("invalid");
    }
  });

  test("references lead somewhere, and every component is used", () => {
    const text = JSON.stringify(document);
    const { schemas } = document.components as { schemas: Record<string, unknown> };
    const used = new Set([...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!));
    expect([...used].sort()).toEqual(Object.keys(schemas).sort());
    expect(text).not.toMatch(/#\/\$defs|\$schema/);
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(["Job", "PublicJob", "Error", "Event"]));
  });
});
