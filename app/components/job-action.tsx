/**
 * One decision about a job: the job on top, who decides, the decision's own fields, one primary button and
 * Cancel. The same body stands on a page of its own and, with a script, in a dialog over the list.
 */
import type { MetaFunction } from "@remix-run/react";
import { Button, ButtonLink } from "./button";
import type { DecisionOutcome, DecisionView, Fields, InPlace } from "./decision";
import { ActiveForm, KeptForm } from "./decision-form";
import { DecisionNotice } from "./decision-notice";
import { partsOf } from "./decisions/all";
import type { ViewOf } from "./decisions/parts";
import { errorTitle } from "./error-page";
import { NO_INDEX, pageTitle } from "./page-title";
import { JobSummary } from "./staff-job-summary";
import { StaffShell } from "./staff-shell";
import { action, type ActionName } from "./staff-steps";
import { StartForm } from "./start-form";

export interface DecisionProps {
  view: DecisionView;
  outcome?: DecisionOutcome;
}

/** What an action answers to a page: what it says to dialogs never reaches one. */
export function outcomeFor(answer: DecisionOutcome | InPlace | undefined): DecisionOutcome | undefined {
  return answer && "typed" in answer ? answer : undefined;
}

/** What may be done on this page now. */
function stateOf({ view, outcome }: DecisionProps) {
  const held = outcome ? outcome.held : view.held;
  const over = outcome?.kind === "refused" || (!held && !outcome && view.job.obstacle !== null);
  const open = view.name === "force-unlock" ? !over && outcome?.kind !== "locked" : Boolean(held);
  return { held, over, open };
}

export function DecisionPage({
  view,
  outcome: answer,
}: {
  view: DecisionView;
  outcome?: DecisionOutcome | InPlace;
}) {
  const outcome = outcomeFor(answer);
  const { job, name } = view;
  const { held, open } = stateOf({ view, outcome });
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
        {action(name).label}: job <span className="short-id">{job.short_id}</span>
      </h1>
      <DecisionBody view={view} outcome={outcome} />
    </StaffShell>
  );
}

export function DecisionBody({ view, outcome }: DecisionProps) {
  const { job, name } = view;
  const { held, over, open } = stateOf({ view, outcome });
  const parts = partsOf(name, view as ViewOf<typeof name>);
  const fields = fieldsOf(outcome);
  return (
    <div className="decision">
      <JobSummary job={job} />
      <div className="card decision-form">
        <DecisionNotice view={view} outcome={outcome} over={over} order={parts.order ?? []} />
        {!over && <p className="mb-4 max-w-prose text-soft">{parts.lead ?? action(name).hint}</p>}
        {open ? (
          <ActiveForm
            view={view}
            held={held}
            version={outcome?.version ?? job.version}
            fields={fields}
            button={parts.button}
          >
            {parts.fields?.(fields)}
          </ActiveForm>
        ) : over ? (
          <ButtonLink href={`/dashboard/jobs/${job.id}`}>Back to the job</ButtonLink>
        ) : outcome && Object.keys(outcome.typed).length > 0 ? (
          <KeptForm view={view} outcome={outcome} fields={fields}>
            {parts.fields?.(fields)}
          </KeptForm>
        ) : (
          <StartForm jobId={job.id} name={name} label={job.locked_by ? "Try again" : "Start"} />
        )}
      </div>
      {parts.aside && <div className="decision-aside">{parts.aside}</div>}
    </div>
  );
}

function fieldsOf(outcome: DecisionOutcome | undefined): Fields {
  const typed = outcome?.typed ?? {};
  const all = (name: string) => [typed[name] ?? []].flat();
  return {
    all,
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
