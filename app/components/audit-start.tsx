/** Starting an audit, and how far the running one is. */
import type { AuditView } from "@server/audit/report.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Alert } from "./alert";
import { Button } from "./button";
import { ErrorSummary, summaryOf } from "./error-summary";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";
import { useRefresh } from "./use-refresh";

const REFRESH_MS = 2_000;

export function StartAudit({
  staff,
  failed,
  last,
}: {
  staff: StaffChoice[];
  failed?: { message: string; fields: Record<string, string[]> };
  /** The audit that ended last. */
  last: AuditView | null;
}) {
  const errors = failed ? summaryOf(failed.fields, ["staff_name"]) : [];
  return (
    <form method="post" action="/admin/health" noValidate className="audit-form">
      {failed && (
        <ErrorSummary
          errors={errors.length ? errors : [{ message: failed.message }]}
          title="The audit was not started"
          focusKey={failed}
        />
      )}
      {!failed && last?.state === "failed" && (
        <Alert tone="error" title="The last audit came to no end">
          <p>{last.error}</p>
        </Alert>
      )}
      <StaffField staff={staff} fields={{ value: () => "", errors: failed?.fields ?? {} }} />
      <Button>Start audit</Button>
    </form>
  );
}

/** A bar and words; the page asks again by itself. */
export function AuditRunning({ audit, now, refused }: { audit: AuditView; now: string; refused?: string }) {
  const reached = useRefresh(now, REFRESH_MS);
  const { done, total, confirming, started_by, started_at, state } = audit;
  return (
    <>
      <noscript>
        <meta httpEquiv="refresh" content="5;url=/admin/health" />
      </noscript>
      {refused && <Alert tone="warning" live title={refused} />}
      <p className="mb-2 font-semibold" id="audit-progress">
        {state === "queued"
          ? "The audit will start in a moment."
          : confirming
            ? "Looking once more at what seemed wrong."
            : `Looked at ${done} of ${total} folders and jobs.`}
      </p>
      <progress className="bar" aria-labelledby="audit-progress" max={Math.max(total, 1)} value={done} />
      <p className={reached ? "mt-2 text-sm text-soft" : "mt-2 text-sm font-semibold text-caution"}>
        {!reached && "The server does not answer; trying again. "}
        Started by {started_by} on <Time at={started_at} />. You may leave this page; the audit goes on.
      </p>
    </>
  );
}
