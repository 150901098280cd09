/**
 * The page of one decision: the job on top, who decides, the decision's own fields, one primary button and
 * Cancel. Complete as the server sends it; a script adds the heartbeat.
 */
import type { MetaFunction } from "@remix-run/react";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "./button";
import type { DecisionOutcome, DecisionView, Fields } from "./decision";
import { ActiveForm, KeptForm } from "./decision-form";
import { DecisionNotice } from "./decision-notice";
import { errorTitle } from "./error-page";
import { NO_INDEX, pageTitle } from "./page-title";
import { JobSummary } from "./staff-job-summary";
import { StaffShell } from "./staff-shell";
import { action, type ActionName } from "./staff-steps";
import { StartForm } from "./start-form";

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
        {open && held ? (
          // Going back gives the job free, just as Cancel does.
          <Button form="decision" name="intent" value="cancel" tone="quiet">
            Back to job {job.short_id}
          </Button>
        ) : (
          <a className="inline-flex min-h-11 items-center" href={`/dashboard/jobs/${job.id}`}>
            Back to job {job.short_id}
          </a>
        )}
      </p>
      <h1 className="mb-4 text-2xl">
        {words.label}: job <span className="short-id">{job.short_id}</span>
      </h1>
      <div className="decision">
        <JobSummary job={job} />
        <div className="card decision-form">
          <DecisionNotice view={view} outcome={outcome} over={over} order={order} />
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
