/**
 * The page of one decision: the job on top, who decides, the decision's own fields, one primary button and
 * Cancel. Complete as the server sends it; a script adds the heartbeat.
 */
import type { MetaFunction } from "@remix-run/react";
import type { ReactNode } from "react";
import { formatTime } from "@server/time";
import { Alert } from "./alert";
import { Button, ButtonLink } from "./button";
import type { DecisionOutcome, DecisionView, Held, Typed } from "./decision";
import { errorTitle } from "./error-page";
import { ErrorSummary, summaryOf } from "./error-summary";
import { SelectField } from "./field";
import { JobSummary } from "./staff-job-summary";
import { useLab } from "./lab";
import { NO_INDEX, pageTitle } from "./page-title";
import { StaffShell } from "./staff-shell";
import { action, type ActionName } from "./staff-steps";
import { StatusBadge } from "./status-badge";
import { Time } from "./time";
import { useHeartbeat } from "./use-heartbeat";

/** What a decision's fields get: what was typed before, and what is wrong with it. */
export interface Fields {
  /** The text typed before, or what is offered. */
  value: (name: string, offered?: string) => string;
  /** Was this value chosen in a list or a group? */
  chosen: (name: string, value: string) => boolean;
  /** Has the form been sent before? */
  sent: boolean;
  errors: Record<string, string[]>;
}

interface Props {
  view: DecisionView;
  outcome?: DecisionOutcome;
  /** What the primary button says; the action's label when not given. */
  button?: string;
  /** What happens beside the obvious; stands above the fields. */
  lead?: ReactNode;
  /** In the order of the page, for the error summary. */
  order?: readonly string[];
  children?: (fields: Fields) => ReactNode;
  /** Stands beside the form. */
  aside?: ReactNode;
}

export function DecisionPage({ view, outcome, button, lead, order = [], children, aside }: Props) {
  const { job, name } = view;
  const words = action(name);
  const fields = fieldsOf(outcome);
  const needsLock = name !== "force-unlock";
  const held = outcome ? outcome.held : view.held;
  const over = outcome?.kind === "refused" || (!held && !outcome && job.obstacle !== null);
  const open = needsLock ? Boolean(held) : !over && outcome?.kind !== "locked";
  return (
    <StaffShell session={view.session} at="/dashboard">
      <p className="mb-2">
        <a className="inline-flex min-h-11 items-center" href={`/dashboard/jobs/${job.id}`}>
          Back to job {job.short_id}
        </a>
      </p>
      <h1 className="mb-4 text-2xl">
        {words.label}: job <span className="short-id">{job.short_id}</span>
      </h1>
      <div className="decision">
        <JobSummary job={job} />
        <div className="card decision-form">
          <Notice view={view} outcome={outcome} over={over} order={order} />
          {!over && <p className="mb-4 max-w-prose text-soft">{lead ?? words.hint}</p>}
          {open ? (
            <ActiveForm
              view={view}
              held={held}
              version={outcome?.version ?? job.version}
              fields={fields}
              button={button}
            >
              {children?.(fields)}
            </ActiveForm>
          ) : over ? (
            <ButtonLink href={`/dashboard/jobs/${job.id}`}>Back to the job</ButtonLink>
          ) : outcome && Object.keys(outcome.typed).length > 0 ? (
            <KeptForm view={view} outcome={outcome} fields={fields}>
              {children?.(fields)}
            </KeptForm>
          ) : (
            <StartForm jobId={job.id} name={name} label={job.locked_by ? "Try again" : "Start"} />
          )}
        </div>
        {aside && <div className="decision-aside">{aside}</div>}
      </div>
    </StaffShell>
  );
}

/** What went wrong, or what there is to know before starting. */
function Notice({
  view,
  outcome,
  over,
  order,
}: Pick<Props, "view" | "outcome"> & { over: boolean; order: readonly string[] }) {
  const { job } = view;
  if (!outcome) {
    if (over) return <Alert tone="warning" title={job.obstacle ?? ""} />;
    if (view.held || !job.locked_by || view.name === "force-unlock") return null;
    return (
      <Alert tone="warning" title={`Held by ${job.locked_by}`}>
        <p>
          Nobody else can decide about this job until they are done, or until{" "}
          {job.locked_until && <Time at={job.locked_until} />}.
        </p>
      </Alert>
    );
  }
  switch (outcome.kind) {
    case "invalid": {
      const errors = summaryOf(outcome.fields, ["staff_name", ...order]);
      return (
        <ErrorSummary
          errors={errors.length ? errors : [{ message: outcome.message }]}
          title={errors.length ? "There is a problem" : "That did not work"}
          focusKey={outcome}
        />
      );
    }
    case "stale":
      return <Changed job={job} message={outcome.message} />;
    case "retaken":
      return <Alert tone="warning" live title={outcome.message} />;
    case "again":
      return (
        <Alert title="You hold the job as it is now">
          <p>What you had typed is below. Check that it still fits, then press the button.</p>
        </Alert>
      );
    case "locked":
      return (
        <Alert
          tone="error"
          live
          title={outcome.locked_by ? `Held by ${outcome.locked_by}` : "Held by somebody else"}
        >
          <p>{outcome.message}</p>
        </Alert>
      );
    case "refused":
      return (
        <Alert tone="error" live title="That is not possible">
          <p>{outcome.message}</p>
        </Alert>
      );
  }
}

/** The job is not what it was when the page was opened: what it is now, and through whom. */
function Changed({ job, message }: { job: DecisionView["job"]; message: string }) {
  const who = job.last_updated_by === "student" ? "the student" : job.last_updated_by;
  return (
    <Alert tone="warning" live title="This job has changed since you opened the page">
      <p>{message}</p>
      <p className="mt-2 flex flex-wrap items-center gap-2">
        <span>Now:</span> <StatusBadge status={job.status} />
        <span>
          changed{who && ` by ${who}`} on <Time at={job.updated_at} />
        </span>
      </p>
    </Alert>
  );
}

/** The form that may be sent. */
function ActiveForm({
  view,
  held,
  version,
  fields,
  button,
  children,
}: {
  view: DecisionView;
  held: Held | null;
  version: number;
  fields: Fields;
  button?: string;
  children: ReactNode;
}) {
  const { job, name } = view;
  const { tone, label } = action(name);
  const path = `/dashboard/jobs/${job.id}`;
  return (
    <form method="post" action={`${path}/${name}${held ? `?lock=${held.lock_key}` : ""}`} noValidate>
      <input type="hidden" name="version" defaultValue={version} />
      {held && <input type="hidden" name="lock_key" defaultValue={held.lock_key} />}
      <input type="hidden" name="form_key" defaultValue={view.form_key} autoComplete="off" />
      <StaffField staff={view.staff} fields={fields} />
      {children}
      <div className="mt-6 flex flex-wrap items-center gap-3">
        <Button name="intent" value="submit" tone={tone === "danger" ? "danger" : "primary"}>
          {button ?? label}
        </Button>
        {held ? (
          <Button name="intent" value="cancel" tone="neutral">
            Cancel
          </Button>
        ) : (
          <ButtonLink href={path} tone="neutral">
            Cancel
          </ButtonLink>
        )}
      </div>
      {held && <Hold path={path} held={held} />}
    </form>
  );
}

/** Until when nobody else can decide. */
function Hold({ path, held }: { path: string; held: Held }) {
  const beat = useHeartbeat(path, held);
  const { time_zone } = useLab();
  if (beat?.lost)
    return (
      <p className="mt-3 font-semibold text-caution" role="status">
        Your hold on this job has ended. Press the button anyway: if nobody took the job, you get it back.
      </p>
    );
  return (
    <p className="mt-3 text-sm text-soft">
      You hold this job until {formatTime(beat?.until ?? held.locked_until, time_zone)}; nobody else can
      decide about it meanwhile.
    </p>
  );
}

/** After a conflict: what was typed, to be seen and not sent, and the way to look again with it. */
function KeptForm({
  view,
  outcome,
  fields,
  children,
}: {
  view: DecisionView;
  outcome: DecisionOutcome;
  fields: Fields;
  children: ReactNode;
}) {
  const { job, name } = view;
  const possible = job.obstacle === null;
  return (
    <>
      <fieldset disabled className="kept">
        <legend className="label">What you had typed</legend>
        <StaffField staff={view.staff} fields={fields} />
        {children}
      </fieldset>
      {!possible && <p className="mb-4 font-semibold">{job.obstacle}</p>}
      <div className="flex flex-wrap gap-3">
        {possible && (
          <form method="post" action={`/dashboard/jobs/${job.id}/${name}`}>
            <CarriedOver typed={outcome.typed} />
            <Button name="intent" value="again">
              {outcome.kind === "locked" ? "Try again" : "Look again and continue"}
            </Button>
          </form>
        )}
        <ButtonLink href={`/dashboard/jobs/${job.id}`} tone={possible ? "neutral" : "primary"}>
          Back to the job
        </ButtonLink>
      </div>
    </>
  );
}

function CarriedOver({ typed }: { typed: Typed }) {
  return (
    <>
      {Object.entries(typed).flatMap(([name, value]) =>
        [value]
          .flat()
          .map((one) => <input key={`${name} ${one}`} type="hidden" name={name} defaultValue={one} />),
      )}
    </>
  );
}

/** The mandatory "who": the last choice is never kept, because the next person may be another one. */
export function StaffField({
  staff,
  fields,
  id,
}: {
  staff: DecisionView["staff"];
  fields?: Pick<Fields, "value" | "errors">;
  id?: string;
}) {
  return (
    <SelectField
      name="staff_name"
      id={id}
      label="Performing Action As:"
      required
      className="staff-field"
      error={fields?.errors.staff_name}
      defaultValue={fields?.value("staff_name") ?? ""}
    >
      <option value="">Choose your name</option>
      {staff.map(({ name, is_new }) => (
        <option key={name} value={name}>
          {name}
          {is_new ? " (new)" : ""}
        </option>
      ))}
    </SelectField>
  );
}

/** The button that takes the lock and opens the decision's form. A plain form: rows have many of them. */
export function StartForm({
  jobId,
  name,
  label,
  tone = "primary",
  danger,
  disabled,
  describedBy,
}: {
  jobId: string;
  name: ActionName;
  label: string;
  tone?: "primary" | "neutral";
  /** What the form will do cannot be undone; opening it changes nothing yet. */
  danger?: boolean;
  disabled?: boolean;
  describedBy?: string;
}) {
  return (
    <form method="post" action={`/dashboard/jobs/${jobId}/${name}`}>
      <input type="hidden" name="intent" value="start" />
      <Button
        tone={tone}
        className={danger ? "btn-grave" : undefined}
        disabled={disabled}
        aria-describedby={describedBy}
      >
        {label}
      </Button>
    </form>
  );
}

function fieldsOf(outcome: DecisionOutcome | undefined): Fields {
  const typed = outcome?.typed ?? {};
  const all = (name: string) => [typed[name] ?? []].flat();
  return {
    value: (name, offered = "") => all(name)[0] ?? offered,
    chosen: (name, value) => all(name).includes(value),
    sent: outcome !== undefined,
    errors: outcome?.fields ?? {},
  };
}

/** Titles of decisions: "Error: Approve job 1042 – 3D Print Lab". */
export function decisionMeta(name: ActionName): MetaFunction {
  return ({ data, error, matches }) => {
    const view = data as DecisionView | undefined;
    const title = error
      ? errorTitle(error)
      : `${action(name).label}: job ${view?.job.short_id ?? "not found"}`;
    return [{ title: pageTitle(title, matches, view?.failed) }, NO_INDEX];
  };
}
