/** A letter's wording to be changed, beside how it looks. */
import { LETTER_KINDS, type LetterKindName } from "@server/mail/kinds";
import { MOST_BODY, MOST_SUBJECT } from "@server/mail/wording";
import type { wordingHistory, WordingInForce } from "@server/mail/wording.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Alert } from "./alert";
import { Button } from "./button";
import { Card } from "./card";
import type { Typed } from "./decision";
import { ErrorSummary, summaryOf } from "./error-summary";
import { Choice, TextAreaField, TextField } from "./field";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";
import { fieldsOf } from "./typed-fields";

const FRAME = "letter_preview";

export function LetterEditor({
  name,
  wording,
  staff,
  refused,
  text,
}: {
  name: LetterKindName;
  wording: WordingInForce;
  staff: StaffChoice[];
  refused?: { message: string; fields: Record<string, string[]>; typed: Typed; version: number | null };
  /** The letter in force as plain text. */
  text: string;
}) {
  const address = `/admin/letters/${name}`;
  const fields = fieldsOf(refused);
  const errors = summaryOf(fields.errors, ["subject", "body", "staff_name"]);
  const stale = typeof refused?.version === "number";
  return (
    <div className="letter-grid mb-4">
      <Card title="Wording">
        <form method="post" action={address} noValidate>
          {refused && (
            <ErrorSummary
              errors={errors.length ? errors : [{ message: refused.message }]}
              title={stale ? "Somebody else was faster" : "Nothing was saved"}
              focusKey={refused}
            />
          )}
          {stale && (
            <Alert tone="warning" title="In force now" className="mb-4">
              <p className="font-semibold">{wording.subject}</p>
              <pre className="letter-text">{wording.body}</pre>
            </Alert>
          )}
          <input
            type="hidden"
            name="version"
            // What is only wrong leaves the form as old as it was: somebody else's change meanwhile is still told.
            defaultValue={refused?.version ?? fields.value("version", String(wording.version))}
            autoComplete="off"
          />
          <TextField
            name="subject"
            label="Subject"
            hint={`One line of at most ${MOST_SUBJECT} characters.`}
            error={fields.errors.subject}
            defaultValue={fields.value("subject", wording.subject)}
            autoComplete="off"
            required
          />
          <TextAreaField
            name="body"
            label="Text"
            hint={`A blank line parts paragraphs. At most ${MOST_BODY} characters.`}
            error={fields.errors.body}
            rows={20}
            defaultValue={fields.value("body", wording.body)}
            required
          />
          {!wording.is_default && (
            <div className="mb-4">
              <Choice
                name="use_default"
                value="yes"
                label="Back to the default wording, whatever stands above"
                defaultChecked={fields.chosen("use_default", "yes")}
              />
            </div>
          )}
          <StaffField staff={staff} fields={fields} />
          <div className="mt-4 flex flex-wrap gap-3">
            <Button>Save the wording</Button>
            <Button tone="neutral" formAction={`${address}/preview`} formTarget={FRAME}>
              Preview
            </Button>
          </div>
        </form>
        <Help name={name} />
      </Card>
      <Card title="Preview">
        <p className="mb-3 text-soft">
          With made-up names and numbers. “Preview” shows what is typed; nothing is saved by it.
        </p>
        <iframe
          className="letter-frame"
          name={FRAME}
          title="The letter as its reader sees it, about a made-up request"
          src={`${address}/preview`}
          sandbox=""
        />
        <details className="mt-3">
          <summary className="more-summary">The same as plain text, as it is in force</summary>
          <pre className="letter-text">{text}</pre>
        </details>
      </Card>
    </div>
  );
}

/** What may stand in the text. */
function Help({ name }: { name: LetterKindName }) {
  const { values, blocks, needed } = LETTER_KINDS[name].placeholders;
  const row = ([placeholder, meaning]: [string, string]) => (
    <div key={placeholder}>
      <dt>
        <code>{`{${placeholder}}`}</code>
      </dt>
      <dd>
        {meaning}
        {needed.includes(placeholder) && <strong> (must stand in the text)</strong>}
      </dd>
    </div>
  );
  return (
    <details className="mt-4">
      <summary className="more-summary">What can stand in it</summary>
      <h3 className="mt-2 font-bold">Within a line</h3>
      <dl className="facts">{Object.entries(values).map(row)}</dl>
      <h3 className="mt-3 font-bold">Alone on a line</h3>
      <dl className="facts">{Object.entries(blocks).map(row)}</dl>
      <h3 className="mt-3 font-bold">Signs</h3>
      <dl className="facts">
        <div>
          <dt>
            <code># </code>
          </dt>
          <dd>starts the heading</dd>
        </div>
        <div>
          <dt>
            <code>- </code>
          </dt>
          <dd>starts each line of a list</dd>
        </div>
        <div>
          <dt>
            <code>&gt; </code>
          </dt>
          <dd>starts a remark in small print</dd>
        </div>
        <div>
          <dt>
            <code>[label](https://…)</code>
          </dt>
          <dd>alone on a line, a link</dd>
        </div>
        <div>
          <dt>
            <code>[[ … ]]</code>
          </dt>
          <dd>is left out when something in it is not known</dd>
        </div>
      </dl>
    </details>
  );
}

/** Who changed the wording, and to what. */
export function LetterVersions({ versions }: { versions: Awaited<ReturnType<typeof wordingHistory>> }) {
  if (versions.length === 0) return null;
  return (
    <Card title="Earlier versions">
      <ul className="rows">
        {versions.map(({ version, subject, body, updated_by, updated_at }) => (
          <li key={version}>
            <details>
              <summary className="more-summary">
                <span>
                  Version {version} by {updated_by} on <Time at={updated_at} />
                  {subject === null && ": the default wording"}
                </span>
              </summary>
              {subject !== null && (
                <>
                  <p className="mt-2 font-semibold">{subject}</p>
                  <pre className="letter-text">{body}</pre>
                </>
              )}
            </details>
          </li>
        ))}
      </ul>
    </Card>
  );
}
