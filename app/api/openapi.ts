/** The table of endpoints as an OpenAPI 3.1 document. */
import { z } from "zod";
import { ErrorSchema } from "./answers";
import { GLOSSARY } from "./glossary";
import { type Endpoint, isFile, paramsOf, refusalsOf, TAGS } from "./endpoint";

type Schema = Record<string, unknown>;

const INTRODUCTION = `Everything the lab's pages do, for programs: the same verbs, the same rules, the same log.

JSON in and out, in UTF-8; times are UTC in ISO 8601, money is in US cents, sizes are in bytes. A workstation logs in with
\`POST /auth/login\` and sends \`Authorization: Bearer <token>\`; cookies are not accepted here. Every call that changes
something names a member of staff in \`staff_name\`. Unknown fields and parameters are refused by name.

Lists take \`?page=\` and \`?limit=\` (up to 100) and answer with totals and a \`Link\` header. Lists and the catalog carry an
\`ETag\`; with \`If-None-Match\` they answer 304 when nothing has changed. Calls that take an \`Idempotency-Key\` can be
repeated with it for as long as the lab keeps forms' keys: the second call changes nothing and answers with the job as it is.

Every no has one form, \`Error\`. A method that an address does not take is answered with 405 and \`Allow\`; over a rate
limit 429 and \`Retry-After\` say when to come back; while the database or the storage is away, 503 does.`;

const PARAMS: Record<string, { description: string; schema: Schema }> = {
  job_id: { description: "The job's id.", schema: { type: "string", format: "uuid" } },
  token: { description: "Of the link in the approval mail.", schema: { type: "string" } },
  name: { description: "As it is listed.", schema: { type: "string" } },
};

const REFUSED: Record<number, string> = {
  400: "What was sent is wrong.",
  401: "No valid token.",
  403: "Not allowed: by the workstation's rights, the job's status, or for want of the lock.",
  404: "Not found.",
  408: "The body did not arrive in time.",
  409: "Somebody or something else is in the way.",
  410: "Over.",
  413: "Too large.",
  415: "Not the media type that is taken.",
  429: "Too often; see `Retry-After`.",
  503: "The database or the storage is away; see `Retry-After`.",
};

/** The document for some endpoints. */
export function describeApi(rows: readonly Endpoint[]): { openapi: string; paths: Schema } & Schema {
  const schemas: Record<string, Schema> = {};
  const paths: Record<string, Record<string, Schema>> = {};
  for (const row of rows) (paths[`/${row.path}`] ??= {})[row.method.toLowerCase()] = operation(row, schemas);
  schemaOf(ErrorSchema, "output", schemas);
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => a.localeCompare(b)));
  return {
    openapi: "3.1.0",
    info: { title: "Printdesk", version: "1", description: INTRODUCTION },
    servers: [{ url: "/api/v1" }],
    tags: Object.entries(TAGS)
      .filter(([name]) => rows.some(({ tag }) => tag === name))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: sorted,
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function operation(row: Endpoint, schemas: Record<string, Schema>): Schema {
  return {
    operationId: operationId(row),
    tags: [row.tag],
    summary: row.summary,
    ...(row.about ? { description: row.about } : {}),
    security: row.auth === "public" ? [] : [{ bearer: [] }],
    ...(row.auth === "public" ? {} : { "x-workstation": row.auth === "admin" ? "may administer" : "any" }),
    ...(row.limit ? { "x-rate-limit": `${row.limit.points} in ${row.limit.seconds} s` } : {}),
    parameters: parameters(row, schemas),
    ...requestBody(row, schemas),
    responses: responses(row, schemas),
  };
}

/** "post_jobs_job_id_approve": stable, and a name in every language. */
export function operationId({ method, path }: Endpoint): string {
  return `${method.toLowerCase()}_${path
    .replace(/\.json$/, "")
    .replace(/\W+/g, "_")
    .replace(/_$/, "")}`;
}

function parameters(row: Endpoint, schemas: Record<string, Schema>): Schema[] {
  const list: Schema[] = paramsOf(row.path).map((name) => ({
    name,
    in: "path",
    required: true,
    ...PARAMS[name],
  }));
  const query = row.query ? inline(schemaOf(row.query, "input", schemas), schemas) : {};
  for (const [name, schema] of Object.entries((query.properties ?? {}) as Record<string, Schema>)) {
    const { description, ...rest } = schema;
    const required = ((query.required ?? []) as string[]).includes(name);
    list.push({
      name,
      in: "query",
      required,
      ...(description ? { description } : {}),
      schema: parameterSchema(rest),
    });
  }
  if (row.idempotent)
    list.push({
      name: "Idempotency-Key",
      in: "header",
      required: false,
      description: "Makes a repeated call do nothing and answer like the first; a UUID, for example.",
      schema: { type: "string", minLength: 1, maxLength: 255 },
    });
  if (row.etag)
    list.push({ name: "If-None-Match", in: "header", required: false, schema: { type: "string" } });
  return list;
}

/** What is read from text has no type of its own on the way in; its default tells. */
function parameterSchema(schema: Schema): Schema {
  if (schema.type !== undefined || schema.anyOf || schema.enum) return schema;
  return { type: typeof schema.default === "number" ? "integer" : "string", ...schema };
}

function requestBody(row: Endpoint, schemas: Record<string, Schema>): Schema {
  if (row.form) {
    const form = inline(schemaOf(row.form, "input", schemas), schemas);
    const file = { type: "string", contentMediaType: "application/octet-stream" };
    const schema = {
      ...form,
      properties: { ...(form.properties as Schema), file },
      required: [...(form.required as string[]), "file"],
    };
    return { requestBody: { required: true, content: { "multipart/form-data": { schema } } } };
  }
  if (!row.body) return {};
  return {
    requestBody: {
      required: true,
      content: { "application/json": { schema: schemaOf(row.body, "input", schemas) } },
    },
  };
}

function responses(row: Endpoint, schemas: Record<string, Schema>): Schema {
  const found: Record<string, Schema> = { [row.status]: success(row, schemas) };
  if (row.etag) found[304] = { description: "Nothing has changed since.", headers: { ETag: text } };
  for (const [status, codes] of Object.entries(refusalsOf(row)))
    found[status] = {
      description: REFUSED[Number(status)]!,
      ...(["429", "503"].includes(status) ? { headers: { "Retry-After": seconds } } : {}),
      content: { "application/json": { schema: errorSchema(Number(status), codes) } },
    };
  if (row.other) {
    const { status, answer, when } = row.other;
    const also = refusalsOf(row)[status];
    const own = schemaOf(answer, "output", schemas);
    const schema = also ? { anyOf: [own, errorSchema(status, also)] } : own;
    found[status] = { ...found[status], description: when, content: { "application/json": { schema } } };
  }
  return found;
}

/** Which words `error` may be; while something is away, it may be more than is listed. */
function errorSchema(status: number, codes: string[]): Schema {
  const $ref = "#/components/schemas/Error";
  return status === 503
    ? { $ref }
    : { allOf: [{ $ref }, { type: "object", properties: { error: { enum: codes } } }] };
}

const text = { schema: { type: "string" } };
const seconds = { description: "Seconds.", schema: { type: "integer" } };

function success(row: Endpoint, schemas: Record<string, Schema>): Schema {
  if (row.answer === undefined) return { description: "Done." };
  if (isFile(row))
    return {
      description: "The file.",
      content: { [row.answer]: { schema: { type: "string", contentMediaType: row.answer } } },
    };
  const schema = schemaOf(row.answer as z.ZodType, "output", schemas);
  const paged = "pages" in ((inline(schema, schemas).properties ?? {}) as Schema);
  const headers = {
    ...(row.etag ? { ETag: text } : {}),
    ...(paged ? { Link: { description: "Pages: first, last, prev, next (RFC 8288).", ...text } } : {}),
  };
  return {
    description: "Done.",
    ...(Object.keys(headers).length ? { headers } : {}),
    content: { "application/json": { schema } },
  };
}

/** A schema of ours as JSON Schema; those with a name go to the components, once. */
function schemaOf(schema: z.ZodType, io: "input" | "output", schemas: Record<string, Schema>): Schema {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // The formats say as much, and can be read.
      if (["uuid", "date-time", "date", "email"].includes(String(jsonSchema.format)))
        delete jsonSchema.pattern;
    },
  }) as Schema;
  const { $defs = {}, ...rest } = JSON.parse(
    JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as Schema & {
    $defs?: Record<string, Schema>;
  };
  if (io === "input") explain(rest as { properties?: Record<string, Schema> });
  for (const [name, one] of Object.entries($defs)) {
    const named = { ...one };
    delete named.id;
    const known = schemas[name];
    if (known && JSON.stringify(known) !== JSON.stringify(named))
      throw new Error(`Two schemas are called ${name}.`);
    schemas[name] = named;
  }
  delete rest.$schema;
  return rest;
}

/** Fields that do not explain themselves are explained by their names. */
function explain({ properties = {} }: { properties?: Record<string, Schema> }): void {
  for (const [name, schema] of Object.entries(properties))
    if (!schema.description && GLOSSARY[name]) schema.description = GLOSSARY[name];
}

function inline(schema: Schema, schemas: Record<string, Schema>): Schema {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(String(schema.$ref))?.[1];
  return name ? schemas[name]! : schema;
}
