import { Alert } from "./alert";
import type { DecisionOutcome, DecisionView } from "./decision";
import { ErrorSummary, summaryOf } from "./error-summary";
import { StatusBadge } from "./status-badge";
import { Time } from "./time";

/** What went wrong, or what there is to know before starting. */
export function DecisionNotice({
  view,
  outcome,
  over,
  order,
}: {
  view: DecisionView;
  outcome?: DecisionOutcome;
  /** Nothing can be done here any more. */
  over: boolean;
  order: readonly string[];
}) {
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
    case "priced":
      return <Alert title="The price is worked out below. Nothing has been recorded yet." />;
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
    <Alert tone="warning" live title={message}>
      <p className="flex flex-wrap items-center gap-2">
        <span>Now:</span> <StatusBadge status={job.status} />
        <span>
          changed{who && ` by ${who}`} on <Time at={job.updated_at} />
        </span>
      </p>
    </Alert>
  );
}
