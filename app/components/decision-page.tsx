/** One decision about a job on a page of its own. */
import type { MetaFunction } from "@remix-run/react";
import { Button } from "./button";
import type { DecisionOutcome, DecisionView, InPlace } from "./decision";
import { DecisionBody, outcomeFor, stateOf } from "./decision-body";
import { errorTitle } from "./error-page";
import { NO_INDEX, pageTitle } from "./page-title";
import { StaffShell } from "./staff-shell";
import { action, type ActionName } from "./staff-steps";

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
        {action(name).label}: job <span className="short-id">{job.short_id}</span>, {job.student_name}
      </h1>
      <DecisionBody view={view} outcome={outcome} />
    </StaffShell>
  );
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
