/** One effect: its facts, what can be done with it, and its letter. */
import type { OutboxItemPage } from "@server/reports/outbox-list.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Alert } from "./alert";
import { Button, ButtonLink } from "./button";
import { Card } from "./card";
import type { Typed } from "./decision";
import { ReasonField } from "./decision-fields";
import { ErrorSummary, summaryOf } from "./error-summary";
import { FactList } from "./facts";
import { EffectState } from "./outbox";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";
import { TimeLeft, useSecondsLeft } from "./time-left";
import { fieldsOf } from "./typed-fields";
import { useRefresh } from "./use-refresh";

const AGAIN_MS = 2_000;
/** Without a script, the page looks again by itself so long before and after something is due. */
const SOON_MS = 20_000;

export function EffectFacts(props: { item: OutboxItemPage; now: string; refused: boolean }) {
  const { item } = props;
  const { state, job, to } = item;
  return (
    <Card title="Facts" className="mb-4">
      {(state === "running" || state === "due") && <Again {...props} />}
      <FactList
        facts={[
          { label: "State", value: <EffectState {...item} /> },
          { label: "Job", value: job && <a href={`/dashboard/jobs/${job.id}`}>{job.short_id}</a> },
          { label: "To", value: to },
          { label: "Written", value: <Time at={item.created_at} /> },
          { label: "Attempts", value: item.attempts },
          { label: "Next try", value: state === "due" && <Time at={item.next_at} /> },
          { label: "Done", value: item.done_at && <Time at={item.done_at} /> },
          { label: "Last error", value: item.last_error },
        ].filter(({ value }) => value !== false)}
      />
    </Card>
  );
}

/** Looks again while something is still to happen. */
function Again({
  item: { state, next_at },
  now,
  refused,
}: {
  item: OutboxItemPage;
  now: string;
  refused: boolean;
}) {
  useRefresh(now, AGAIN_MS);
  // A page that loads itself anew takes away what is being typed: it does so only around the moment.
  const soon = state === "running" || Math.abs(Date.parse(next_at) - Date.parse(now)) < SOON_MS;
  return soon && !refused ? (
    <noscript>
      <meta httpEquiv="refresh" content="5" />
    </noscript>
  ) : null;
}

/** Try again, cancel, send again: what the state allows. */
export function EffectForms({
  item,
  staff,
  refused,
  now,
}: {
  item: OutboxItemPage;
  staff: StaffChoice[];
  refused?: { message: string; fields: Record<string, string[]>; typed: Typed; intent: string };
  now: string;
}) {
  const { state, resend, job } = item;
  const of = (intent: string) => (refused?.intent === intent ? refused : undefined);
  return (
    <>
      {refused && !["failed", "due"].includes(state) && (
        <Alert tone="error" live title={refused.message} className="mb-4" />
      )}
      {
        state === "failed" &&
        <ItemForm id={item.id} intent="retry" title="Try again" button="Try again now" staff={staff} refused={of("retry")} /> // prettier-ignore
      }
      {resend && job && (
        <Card title="Send again" className="mb-4">
          <Resend href={`/dashboard/jobs/${job.id}/resend-email`} again={resend.again_at} now={now} />
        </Card>
      )}
      {(state === "due" || state === "failed") && (
        <details className="mb-4" open={Boolean(of("cancel"))}>
          <summary className="more-summary">Cancel it …</summary>
          <ItemForm
            id={item.id}
            intent="cancel"
            title="Cancel"
            button="Cancel it for good"
            staff={staff}
            refused={of("cancel")}
          />{" "}
          {/* prettier-ignore */}
        </details>
      )}
    </>
  );
}

function Resend({ href, again, now }: { href: string; again: string | null; now: string }) {
  const seconds = useSecondsLeft(again ?? now, now);
  const left = again === null ? 0 : (seconds ?? Math.ceil((Date.parse(again) - Date.parse(now)) / 1000));
  return (
    <>
      <p className="mb-3">
        {again && left > 0 ? (
          <>
            It was sent a moment ago. Until it can be sent again: <TimeLeft until={again} seconds={left} />.
          </>
        ) : (
          "It can be sent again now. An approval gets a fresh link, and the old one stops working."
        )}
      </p>
      <form method="post" action={href}>
        <Button name="intent" value="start" tone="neutral">
          Resend e-mail …
        </Button>
      </form>
    </>
  );
}

function ItemForm({
  id,
  intent,
  title,
  button,
  staff,
  refused,
}: {
  id: string;
  intent: "retry" | "cancel";
  title: string;
  button: string;
  staff: StaffChoice[];
  refused?: { message: string; fields: Record<string, string[]>; typed: Typed };
}) {
  const fields = fieldsOf(refused);
  const nameId = `staff-${intent}`;
  const errors = summaryOf(fields.errors, ["staff_name", "reason"]).map((error) => ({
    ...error,
    field: error.field === "staff_name" ? nameId : error.field,
  }));
  return (
    <Card title={title} className="mb-4">
      <form method="post" action={`/admin/outbox/${id}`} noValidate className="settings-form">
        {refused && (
          <ErrorSummary
            errors={errors.length ? errors : [{ message: refused.message }]}
            title="Nothing was changed"
            focusKey={refused}
          />
        )}
        <StaffField staff={staff} fields={fields} id={nameId} />
        {intent === "cancel" && <ReasonField fields={fields} hint="Stays in the log with your name." />}
        <Button name="intent" value={intent} tone={intent === "cancel" ? "danger" : "primary"}>
          {button}
        </Button>
      </form>
    </Card>
  );
}

/** How the letter looks. */
export function EffectLetter({
  item,
  letter,
}: {
  item: OutboxItemPage;
  letter: { to: string; would_be_sent: boolean; subject: string; text: string } | null;
}) {
  if (!letter)
    return (
      <Card title="Letter">
        <p className="text-soft">The letter cannot be shown: its job, its link or its payment is gone.</p>
      </Card>
    );
  return (
    <Card title={letter.subject}>
      <p className="mb-1 wrap-anywhere">To {letter.to}</p>
      <p className="mb-3 max-w-prose text-soft">
        As it would be written now. {!letter.would_be_sent && "It would not be sent any more: the job has moved on. "}
        The student’s own link to confirm is not in it.
      </p>
      <div className="letter-grid">
        <iframe
          className="letter-frame"
          title={`The letter “${letter.subject}”`}
          src={`/admin/outbox/${item.id}/preview`}
          sandbox=""
        />
        <pre className="letter-text">{letter.text}</pre>
      </div>
      <ButtonLink tone="quiet" href="/admin/letters">
        Change the wording …
      </ButtonLink>
    </Card>
  ); // prettier-ignore
}
