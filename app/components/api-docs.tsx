/** The API's description as a page to read: no script, nothing from elsewhere. */
import { Fragment } from "react";
import { Card } from "./card";

export interface DocsField {
  name: string;
  type: string;
  required: boolean;
  about: string;
}
export interface DocsSchema {
  name: string;
  about: string;
  fields: DocsField[];
}
export interface DocsEndpoint {
  id: string;
  method: string;
  path: string;
  summary: string;
  about: string;
  who: string;
  limit: string;
  parameters: (DocsField & { place: string })[];
  body: { type: string; fields: DocsField[] } | null;
  answer: { status: number; type: string; fields: DocsField[] };
  refusals: { status: number; about: string; codes: string[] }[];
}
export interface ApiDocs {
  introduction: string[];
  tags: { name: string; description: string; endpoints: DocsEndpoint[] }[];
  schemas: DocsSchema[];
}

const WHO: Record<string, string> = {
  public: "Anybody may ask.",
  workstation: "Needs the token of a workstation.",
  admin: "Needs the token of a workstation that may administer the lab.",
};

const idOf = (name: string) => name.toLowerCase().replace(/\W+/g, "-");

export function ApiDocsPage({ docs }: { docs: ApiDocs }) {
  const names = docs.schemas.map(({ name }) => name);
  return (
    <>
      <h1 className="mb-4 text-3xl">API</h1>
      {docs.introduction.map((paragraph) => (
        <p key={paragraph} className="mb-3 max-w-prose">
          <Words text={paragraph} />
        </p>
      ))}
      <p className="mb-6">
        For programs: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a> (OpenAPI 3.1).
      </p>
      <nav aria-label="Endpoints" className="mb-10">
        {docs.tags.map(({ name, endpoints }) => (
          <Fragment key={name}>
            <h2 className="mt-4 text-base font-bold">
              <a href={`#${idOf(name)}`}>{name}</a>
            </h2>
            <ul>
              {endpoints.map(({ id, method, path, summary }) => (
                <li key={id} className="py-1 wrap-anywhere">
                  <a href={`#${id}`}>
                    <code>
                      {method} {path}
                    </code>
                  </a>{" "}
                  <span className="text-soft">{summary}</span>
                </li>
              ))}
            </ul>
          </Fragment>
        ))}
        <p className="mt-4">
          Objects:{" "}
          {names.map((name, n) => (
            <Fragment key={name}>
              {n > 0 && ", "}
              <a href={`#schema-${name}`}>{name}</a>
            </Fragment>
          ))}
        </p>
      </nav>
      {docs.tags.map(({ name, description, endpoints }) => (
        <section key={name} aria-labelledby={idOf(name)} className="mb-10">
          <h2 id={idOf(name)} className="text-2xl">
            {name}
          </h2>
          <p className="mb-4 text-soft">
            <Words text={description} />
          </p>
          {endpoints.map((endpoint) => (
            <EndpointCard key={endpoint.id} endpoint={endpoint} names={names} />
          ))}
        </section>
      ))}
      <section aria-labelledby="objects">
        <h2 id="objects" className="mb-4 text-2xl">
          Objects
        </h2>
        {docs.schemas.map(({ name, about, fields }) => (
          <div key={name} id={`schema-${name}`} className="mb-6">
            <Card level={3} title={name}>
              {about && <p className="mb-3 max-w-prose">{about}</p>}
              {fields.length > 0 && <Fields fields={fields} names={names} />}
            </Card>
          </div>
        ))}
      </section>
    </>
  );
}

function EndpointCard({ endpoint, names }: { endpoint: DocsEndpoint; names: string[] }) {
  const { id, method, path, summary, about, who, limit, parameters, body, answer, refusals } = endpoint;
  const call = `${method} ${path}`;
  return (
    <div id={id} className="mb-6">
      <Card level={3} title={<code className="wrap-anywhere">{call}</code>}>
        <p className="font-bold">{summary}</p>
        {about && (
          <p className="mt-1 max-w-prose">
            <Words text={about} />
          </p>
        )}
        <p className="mt-1 mb-3 text-sm text-soft">
          {WHO[who]}
          {limit && ` At most ${limit}.`}
        </p>
        {parameters.length > 0 && (
          <Fields
            title="Parameters"
            fields={parameters.map((one) => ({
              ...one,
              about: [`In the ${one.place}.`, one.about].join(" "),
            }))}
            names={names}
          />
        )}
        {body && <Fields title={`Body, ${body.type}`} fields={body.fields} names={names} />}
        <p className="mt-3">
          <strong>{answer.status}</strong> gives <Type text={answer.type} names={names} />
        </p>
        {answer.fields.length > 0 && <Fields title="Answer" fields={answer.fields} names={names} />}
        <ul className="mt-3 text-sm">
          {refusals.map(({ status, about, codes }) => (
            <li key={status} className="py-0.5">
              <strong>{status}</strong> <Words text={about} />{" "}
              {codes.map((code, n) => (
                <Fragment key={code}>
                  {n > 0 && ", "}
                  <code>{code}</code>
                </Fragment>
              ))}
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}

function Fields({ title, fields, names }: { title?: string; fields: DocsField[]; names: string[] }) {
  return (
    <>
      {title && <h4 className="mt-4 text-sm font-bold text-soft">{title}</h4>}
      <dl className="border-t border-line">
        {fields.map(({ name, type, required, about }) => (
          <div key={name} className="grid gap-x-6 border-b border-line py-2 md:grid-cols-[14rem_1fr]">
            <dt className="wrap-anywhere">
              <code className="font-bold">{name}</code>
              {!required && <span className="text-xs text-soft"> optional</span>}
            </dt>
            <dd className="wrap-anywhere">
              <Type text={type} names={names} />
              {about && (
                <span className="block text-sm text-soft">
                  <Words text={about} />
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** A type, with the objects in it as links. */
function Type({ text, names }: { text: string; names: string[] }) {
  return text.split(/\b/).map((word, n) =>
    names.includes(word) ? (
      <a key={n} href={`#schema-${word}`}>
        {word}
      </a>
    ) : (
      <Fragment key={n}>{word}</Fragment>
    ),
  );
}

/** A sentence, with what stands between backticks as code. */
function Words({ text }: { text: string }) {
  return text
    .split("`")
    .map((piece, n) => (n % 2 ? <code key={n}>{piece}</code> : <Fragment key={n}>{piece}</Fragment>));
}
