/** The OpenAPI document as the page at `/api/docs` shows it. */
import type { ApiDocs, DocsField, DocsSchema } from "~/components/api-docs";
import { describeApi, operationId } from "./openapi";
import { ENDPOINTS } from "./table";

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  default?: unknown;
  contentMediaType?: string;
}

interface Operation {
  tags: string[];
  summary: string;
  description?: string;
  "x-rate-limit"?: string;
  parameters: { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<
    string,
    { description: string; content?: Record<string, { schema: Schema & { allOf?: Schema[] } }> }
  >;
}

/** Everything the page says. */
export function apiDocs(): ApiDocs {
  const document = describeApi(ENDPOINTS) as unknown as {
    info: { description: string };
    tags: { name: string; description: string }[];
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  return {
    introduction: document.info.description.split(/\n\n/),
    tags: document.tags.map(({ name, description }) => ({
      name,
      description,
      endpoints: ENDPOINTS.filter(({ tag }) => tag === name).map((row) => {
        const told = document.paths[`/${row.path}`]![row.method.toLowerCase()]!;
        const [[type, { schema }] = ["", { schema: undefined }]] = Object.entries(
          told.requestBody?.content ?? {},
        );
        const success = told.responses[row.status]!;
        return {
          id: operationId(row),
          method: row.method,
          path: `/${row.path}`,
          summary: told.summary,
          about: told.description ?? "",
          who: row.auth,
          limit: told["x-rate-limit"] ?? "",
          parameters: told.parameters.map(({ name, in: place, required, description, schema }) => ({
            name,
            place,
            required,
            type: typeText(schema),
            about: [description, defaultText(schema)].filter(Boolean).join(" "),
          })),
          body: schema ? { type, fields: fieldsOf(schema) } : null,
          answer: { status: row.status, fields: answerFields(success), ...answerType(success) },
          refusals: Object.entries(told.responses)
            .filter(([status]) => Number(status) >= 300)
            .map(([status, { description, content }]) => ({
              status: Number(status),
              about: description,
              codes: codesOf(content?.["application/json"]?.schema),
            })),
        };
      }),
    })),
    schemas: Object.entries(document.components.schemas).map(([name, schema]): DocsSchema => ({
      name,
      about: schema.description ?? "",
      fields: fieldsOf(schema),
    })),
  };
}

function answerType({ content }: Operation["responses"][string]): { type: string } {
  const [found] = Object.entries(content ?? {});
  if (!found) return { type: "nothing" };
  const [media, { schema }] = found;
  return { type: media === "application/json" ? typeText(schema) : media };
}

function answerFields({ content }: Operation["responses"][string]): DocsField[] {
  const schema = content?.["application/json"]?.schema;
  return schema && !schema.$ref ? fieldsOf(schema) : [];
}

function codesOf(schema: (Schema & { allOf?: Schema[] }) | undefined): string[] {
  return (schema?.allOf?.[1]?.properties?.error?.enum ?? []) as string[];
}

function fieldsOf({ properties = {}, required = [] }: Schema): DocsField[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.includes(name),
    type: typeText(schema),
    about: [schema.description, defaultText(schema)].filter(Boolean).join(" "),
  }));
}

function defaultText(schema: Schema): string {
  return schema.default === undefined || schema.default === ""
    ? ""
    : `Default: ${JSON.stringify(schema.default)}.`;
}

/** "list of Job", "text or null", "one of UPLOADED, PENDING". Names of components lead to them on the page. */
function typeText(schema: Schema): string {
  const name = /(\w+)$/.exec(schema.$ref ?? "")?.[1];
  if (name) return name;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  if (schema.anyOf) return schema.anyOf.map(typeText).join(" or ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeText({ type })).join(" or ");
  if (schema.type === "array") return `list of ${typeText(schema.items ?? {})}`;
  if (schema.type === "object" && schema.properties)
    return `{ ${Object.keys(schema.properties).join(", ")} }`;
  if (schema.contentMediaType) return "file";
  if (schema.format === "date-time") return "time";
  if (schema.format) return schema.format;
  return schema.type ?? "anything";
}
