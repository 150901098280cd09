/** What needs a person: the alerts that stand, each with a button to take note of it, and those that are over. */
import type { AlertView } from "@server/health/alerts.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Alert } from "./alert";
import { Button } from "./button";
import { EmptyState, Table } from "./card";
import { ErrorSummary, summaryOf } from "./error-summary";
import { HealthState } from "./health-cards";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";

export interface AlertsFailed {
  message: string;
  fields: Record<string, string[]>;
}

export function OpenAlerts({
  alerts,
  staff,
  failed,
}: {
  alerts: readonly AlertView[];
  staff: StaffChoice[];
  failed?: AlertsFailed;
}) {
  if (!alerts.length && !failed)
    return <EmptyState icon="done" title="No alerts">What needs a person will stand here.</EmptyState>; // prettier-ignore
  const errors = failed ? summaryOf(failed.fields, ["staff_name"]) : [];
  const asks = alerts.some(({ acknowledged_by }) => !acknowledged_by);
  return (
    <form method="post" action="/admin/health/alerts" noValidate>
      {failed && (
        <ErrorSummary
          errors={errors.length ? errors : [{ message: failed.message }]}
          title="Nothing was noted"
          focusKey={failed}
        />
      )}
      {asks && (
        <div className="max-w-sm">
          <StaffField
            staff={staff}
            id="alert-staff"
            fields={{ value: () => "", errors: failed?.fields ?? {} }}
          />
        </div>
      )}
      <ul className="alerts-list">
        {alerts.map((alert) => (
          <li key={alert.id}>
            <div className="health-head">
              <h3 className="card-title">{alert.title}</h3>
              <HealthState state={alert.severity} />
            </div>
            <p>{alert.message}</p>
            <p className="text-soft">
              Since <Time at={alert.raised_at} />.{" "}
              {alert.acknowledged_by && alert.acknowledged_at ? (
                <>
                  {alert.acknowledged_by} took note of it on <Time at={alert.acknowledged_at} />.
                </>
              ) : (
                "Nobody has taken note of it yet."
              )}
            </p>
            {!alert.acknowledged_by && (
              <Button tone="neutral" name="alert" value={alert.id} className="mt-2">
                I look after it<span className="sr-only">: {alert.title}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
    </form>
  );
}

/** On the health page: how many stand, and the way to them. */
export function HealthAlertsNotice({ alerts }: { alerts: readonly AlertView[] }) {
  const unseen = alerts.filter(({ acknowledged_by }) => !acknowledged_by).length;
  if (!alerts.length)
    return (
      <p className="mb-4">
        No alerts. <a href="/admin/health/alerts">Earlier ones</a>
      </p>
    );
  return (
    <Alert
      tone={alerts.some(({ severity }) => severity === "critical") ? "error" : "warning"}
      title={`${alerts.length === 1 ? "1 alert" : `${alerts.length} alerts`}${unseen ? `, ${unseen} that nobody has taken note of` : ""}`}
      className="mb-4"
    >
      <ul>
        {alerts.map(({ id, title }) => (
          <li key={id}>{title}</li>
        ))}
      </ul>
      <a href="/admin/health/alerts">Look at the alerts</a>
    </Alert>
  );
}

export function PastAlerts({ alerts }: { alerts: readonly AlertView[] }) {
  if (!alerts.length) return <p className="text-soft">No alert has ended yet.</p>;
  return (
    <Table caption="Alerts that are over" hideCaption>
      <thead>
        <tr>
          <th scope="col">Alert</th>
          <th scope="col">From</th>
          <th scope="col">Until</th>
          <th scope="col">Looked after by</th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <tr key={alert.id}>
            <th scope="row">{alert.title}</th>
            <td>
              <Time at={alert.raised_at} />
            </td>
            <td>{alert.cleared_at && <Time at={alert.cleared_at} />}</td>
            <td>{alert.acknowledged_by ?? "nobody"}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
