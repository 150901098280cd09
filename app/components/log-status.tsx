/** The log for people: is its chain whole, where is its head, and what has left it for files. */

import { formatBytes } from "@server/format";
import type { RunView } from "@server/chores/report.server";
import type { LogPage } from "@server/events/log-page.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Alert } from "./alert";
import { Button } from "./button";
import { Card, EmptyState, Table } from "./card";
import { ErrorSummary, summaryOf } from "./error-summary";
import { FactList } from "./facts";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";
import { useRefresh } from "./use-refresh";

const QUICK_MS = 2_000;
const SLOW_MS = 45_000;

export function LogCheck({
  last,
  staff,
  now,
  failed,
}: {
  last: RunView | null;
  staff: StaffChoice[];
  now: string;
  failed?: { message: string; fields: Record<string, string[]>; chosen: string };
}) {
  const busy = last?.state === "queued" || last?.state === "running";
  useRefresh(now, busy ? QUICK_MS : SLOW_MS);
  const errors = failed ? summaryOf(failed.fields, ["staff_name"]) : [];
  return (
    <>
      {busy && (
        <noscript>
          <meta httpEquiv="refresh" content="5;url=/admin/log" />
        </noscript>
      )}
      {failed && (
        <ErrorSummary
          errors={errors.length ? errors : [{ message: failed.message }]}
          title="The check was not started"
          focusKey={failed}
        />
      )}
      <Verdict last={last} />
      {!busy && (
        <form method="post" action="/admin/log" noValidate className="audit-form mt-4">
          <StaffField
            staff={staff}
            fields={{ value: () => failed?.chosen ?? "", errors: failed?.fields ?? {} }}
          />
          <Button>Check now</Button>
        </form>
      )}
    </>
  );
}

function Verdict({ last }: { last: RunView | null }) {
  if (!last) return <p className="font-semibold">The log has not been checked yet.</p>;
  const when = (
    <>
      <Time at={last.at} />
      {last.by_hand && `, by ${last.started_by}`}
    </>
  );
  switch (last.state) {
    case "queued":
    case "running":
      return (
        <p className="font-semibold" role="status">
          The log is being checked. You may leave this page.
        </p>
      );
    case "done":
      return (
        <Alert tone="success" title={last.result ?? "Whole."}>
          <p>Checked {when}.</p>
        </Alert>
      );
    case "failed":
      return (
        <Alert tone="error" title={last.result ?? "The log could not be checked."}>
          <p>
            Checked {when}. Keep everything as it is, and compare with a backup from before: its report names
            the head of the chain at that time.
          </p>
        </Alert>
      );
    case "interrupted":
      return <Alert tone="warning" title="The last check was interrupted; it starts again by itself." />;
  }
}

export function LogFacts({ page }: { page: LogPage }) {
  const n = (count: number) => count.toLocaleString("en-US");
  return (
    <FactList
      facts={[
        { label: "Events in the log", value: n(page.events) },
        { label: "Events that left for files", value: n(page.rotated) },
        { label: "Oldest in the log", value: page.oldest_at && <Time at={page.oldest_at} /> },
        {
          label: "Head of the chain",
          value: (
            <>
              {n(page.head.seq)} <code className="path">{page.head.hash}</code>
            </>
          ),
        },
      ]}
    />
  );
}

export function LogExports({ page }: { page: LogPage }) {
  if (!page.exports.length)
    return (
      <EmptyState icon="box" title="Nothing has left the log yet">
        Events leave by their class: after 365, 180 or 90 days unless the settings say longer.
      </EmptyState>
    );
  return (
    <Card title="Files of events that left the log">
      <Table caption="Files of events that left the log" hideCaption>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Events</th>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Size</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {page.exports.map((one) => (
            <tr key={one.file}>
              <th scope="row" className="path">
                {one.file}
              </th>
              <td>{one.events.toLocaleString("en-US")}</td>
              <td>
                <Time at={one.first_at} />
              </td>
              <td>
                <Time at={one.last_at} />
              </td>
              <td className="whitespace-nowrap">{formatBytes(one.size_bytes)}</td>
              <td>
                <code title={one.sha256}>{one.sha256.slice(0, 12)}…</code>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
      {page.exports_total > page.exports.length && (
        <p className="mt-2 text-soft">
          The newest {page.exports.length} of {page.exports_total.toLocaleString("en-US")}.
        </p>
      )}
    </Card>
  );
}
