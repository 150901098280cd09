/** The form that asks before a repair, and what became of several. */
import { REPAIR, type RepairName } from "@server/audit/kinds";
import type { RepairedItem } from "@server/audit/repair-findings.server";
import type { FindingView } from "@server/audit/report.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Alert } from "./alert";
import { AuditFinding } from "./audit-finding";
import { Button, ButtonLink } from "./button";
import type { Typed } from "./decision";
import { ReasonField } from "./decision-fields";
import { ErrorSummary, summaryOf } from "./error-summary";
import { Icon } from "./icon";
import { StaffField } from "./staff-name-field";

interface View {
  how: RepairName;
  /** Absent when all are meant. */
  finding: FindingView | null;
  count: number;
  at_once: number;
  staff: StaffChoice[];
}

export function AuditRepair({
  view,
  outcome,
}: {
  view: View;
  outcome?: { message: string; fields: Record<string, string[]>; typed: Typed };
}) {
  const { how, finding, count, at_once, staff } = view;
  const { label, all, hint, destructive } = REPAIR[how];
  if (count === 0 || finding?.resolved)
    return (
      <>
        <Alert title="There is nothing left to repair here">
          {finding?.resolved && (
            <p>
              {finding.resolved.by} has seen to it already: {finding.resolved.how}.
            </p>
          )}
        </Alert>
        <ButtonLink href="/admin/health">Back to the report</ButtonLink>
      </>
    );
  const typed = outcome?.typed ?? {};
  const fields = {
    value: (name: string, offered = "") => [typed[name] ?? []].flat()[0] ?? offered,
    chosen: () => false,
    sent: outcome !== undefined,
    errors: outcome?.fields ?? {},
  };
  const errors = summaryOf(fields.errors, ["staff_name", "reason"]);
  return (
    <form
      method="post"
      action={`/admin/health/repair?how=${how}${finding ? `&finding=${finding.id}` : ""}`}
      noValidate
    >
      {outcome && (
        <ErrorSummary
          errors={errors.length ? errors : [{ message: outcome.message }]}
          title={errors.length ? "There is a problem" : "That did not work"}
          focusKey={outcome}
        />
      )}
      {finding ? (
        <AuditFinding finding={finding} />
      ) : (
        <p className="font-semibold">
          {count === 1 ? "1 finding" : `${count} findings`} of the last report
          {count > at_once && `, ${at_once} with each press`}. Each is looked at once more first.
        </p>
      )}
      <p className="my-4 max-w-prose text-soft">
        {destructive && <strong className="text-danger">This is permanent. </strong>}
        {hint}
      </p>
      <StaffField staff={staff} fields={fields} />
      {destructive && <ReasonField fields={fields} />}
      <div className="mt-6 flex flex-wrap gap-3">
        <Button tone={destructive ? "danger" : "primary"}>{finding ? label : all}</Button>
        <ButtonLink tone="neutral" href="/admin/health">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}

const SIGNS = {
  done: { icon: "done", word: "Done" },
  gone: { icon: "info", word: "Not needed" },
  refused: { icon: "error", word: "Refused" },
} as const;

/** One line each: what was done, what needed nothing, what was refused and why. */
export function AuditResults({ results, left }: { results: RepairedItem[]; left: number }) {
  const done = results.filter(({ outcome }) => outcome === "done").length;
  const refused = results.filter(({ outcome }) => outcome === "refused").length;
  return (
    <>
      <Alert
        tone={refused ? "warning" : "success"}
        live
        title={`${done} of ${results.length} done${refused ? `, ${refused} refused` : ""}.`}
      >
        {left > 0 && <p>{left} more are left for another press.</p>}
      </Alert>
      <ul className="rows mb-6">
        {results.map(({ path, outcome, message }) => (
          <li key={path} className="flex items-start gap-2">
            <Icon name={SIGNS[outcome].icon} className="mt-0.5 shrink-0" />
            <p className="min-w-0 break-words">
              <strong>{SIGNS[outcome].word}.</strong> {message}
            </p>
          </li>
        ))}
      </ul>
      <ButtonLink href="/admin/health">Back to the report</ButtonLink>
    </>
  );
}
