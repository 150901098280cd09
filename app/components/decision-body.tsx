/**
 * What stands on a decision's page and, with a script, in the dialog over the list: the job on top, who decides, the
 * decision's own fields, one primary button and Cancel.
 */
import { ButtonLink } from "./button";
import type { DecisionOutcome, DecisionView, Fields, InPlace } from "./decision";
import { ActiveForm, KeptForm } from "./decision-form";
import { DecisionNotice } from "./decision-notice";
import { partsOf } from "./decisions/all";
import type { ViewOf } from "./decisions/parts";
import { JobSummary } from "./staff-job-summary";
import { action } from "./staff-steps";
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
export function stateOf({ view, outcome }: DecisionProps) {
  const held = outcome ? outcome.held : view.held;
  const over = outcome?.kind === "refused" || (!held && !outcome && view.job.obstacle !== null);
  const open = view.name === "force-unlock" ? !over && outcome?.kind !== "locked" : Boolean(held);
  return { held, over, open };
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
        <div className="decision-notice" tabIndex={-1}>
          <DecisionNotice view={view} outcome={outcome} over={over} order={parts.order ?? []} />
        </div>
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
