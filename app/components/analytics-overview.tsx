/** The overview: what came in and went out, what waits now, how long it takes, and why some requests end early. */
import type { LeadTime, Wait } from "@server/reports/analytics/lead-times.server";
import type { Overview, StorageUse } from "@server/reports/analytics/overview.server";
import type { Rejections } from "@server/reports/analytics/rejections.server";
import type { Trends } from "@server/reports/analytics/trends.server";
import { STATUS, type Status } from "@server/jobs/states";
import { formatSize } from "@server/format";
import { formatMinutes } from "@server/time";
import { Figures, PanelCard } from "./analytics-panel";
import {
  BUCKET_BY,
  BUCKET_HEAD,
  bucketLabels,
  counted,
  countText,
  moneyText,
  reasonText,
  shareText,
  type Panel,
} from "./analytics-view";
import { Table } from "./card";
import { Chart } from "./chart";
import { BarTable } from "./chart-bars";
import { Time } from "./time";

const ONE_STAFF = "Requests are everybody’s: students send them. The rest is what this person did.";

export function OverviewCards({ panel, staff }: { panel: Panel<Overview>; staff: string }) {
  return (
    <PanelCard title="In this period" panel={panel} wide note={staff && ONE_STAFF}>
      {(all) => (
        <Figures
          figures={[
            { label: "Requests", value: countText(all.submitted) },
            { label: "Approved", value: countText(all.approved) },
            {
              label: "Rejected",
              value: countText(all.rejected),
              note:
                all.approved + all.rejected > 0 &&
                `${shareText(all.rejected / (all.approved + all.rejected))} of decisions`,
            },
            {
              label: "Prints finished",
              value: countText(all.completed),
              note: all.failed > 0 && `${countText(all.failed)} failed on the way`,
            },
            { label: "Picked up", value: countText(all.picked_up) },
            {
              label: "Request to finished print",
              value: all.turnaround_minutes === null ? "–" : formatMinutes(all.turnaround_minutes),
              note: "on average",
            },
            { label: "Taken", value: moneyText(all.cents), note: counted(all.paid, "payment") },
          ]}
        />
      )}
    </PanelCard>
  );
}

const SHOWN: readonly Status[] = ["UPLOADED", "PENDING", "READYTOPRINT", "PRINTING", "COMPLETED"];

export function NowCard({
  counts,
  storage,
}: {
  counts: Panel<Record<Status, number>>;
  storage: Panel<StorageUse>;
}) {
  return (
    <>
      <PanelCard title="In the lab now" panel={counts}>
        {(found) => (
          <Figures
            figures={SHOWN.map((status) => ({
              label: STATUS[status].label,
              value: countText(found[status]),
            }))}
          />
        )}
      </PanelCard>
      <PanelCard title="Storage" panel={storage}>
        {({ bytes, files, limit_bytes, at }) => (
          <>
            <p>
              <strong>{formatSize(bytes)}</strong>
              {limit_bytes !== null &&
                ` of ${formatSize(limit_bytes)} (${shareText(bytes / limit_bytes)})`},{" "}
              {counted(files, "file")}
              {limit_bytes === null && "; no limit is set"}
            </p>
            {limit_bytes !== null && (
              <progress
                className="bar my-2"
                max={limit_bytes}
                value={Math.min(bytes, limit_bytes)}
                aria-label="Storage in use"
              />
            )}
            <p className="text-soft">
              {at ? (
                <>
                  The jobs’ files, as of <Time at={at} />.
                </>
              ) : (
                "The night shift has not looked yet."
              )}{" "}
              {limit_bytes !== null && bytes > limit_bytes && (
                <strong>Over the limit: archive or delete old jobs.</strong>
              )}
            </p>
          </>
        )}
      </PanelCard>
    </>
  );
}

export function TrendCards({ panel, staff }: { panel: Panel<Trends>; staff: string }) {
  const empty = ({ submitted, approved, completed }: Trends) =>
    [submitted, approved, completed].flat().every((n) => n === 0) &&
    "Nothing happened in this period. Choose a longer one.";
  return (
    <>
      <PanelCard title="Requests and approvals" panel={panel} empty={empty} wide note={staff && ONE_STAFF}>
        {({ bucket, starts, submitted, approved }) => (
          <Chart
            title={`Requests and approvals ${BUCKET_BY[bucket]}`}
            kind="line"
            along={BUCKET_HEAD[bucket]}
            labels={bucketLabels(starts, bucket)}
            series={[
              { name: "Requests", values: submitted },
              { name: "Approved", values: approved },
            ]}
            format={countText}
            summary={`${counted(sum(submitted), "request")}, ${countText(sum(approved))} approved.`}
          />
        )}
      </PanelCard>
      <PanelCard title="Prints" panel={panel} empty={empty}>
        {({ bucket, starts, completed, failed }) => (
          <Chart
            title={`Prints finished and failed ${BUCKET_BY[bucket]}`}
            kind="bar"
            along={BUCKET_HEAD[bucket]}
            labels={bucketLabels(starts, bucket)}
            series={[
              { name: "Finished", values: completed },
              { name: "Failed", values: failed },
            ]}
            format={countText}
            summary={`${countText(sum(completed))} finished, ${countText(sum(failed))} failed.`}
          />
        )}
      </PanelCard>
      <PanelCard title="From request to finished print" panel={panel} empty={empty}>
        {({ bucket, starts, turnaround_minutes }) => (
          <Chart
            title={`Mean time from request to finished print ${BUCKET_BY[bucket]}`}
            kind="area"
            along={BUCKET_HEAD[bucket]}
            labels={bucketLabels(starts, bucket)}
            series={[{ name: "Mean", values: turnaround_minutes.map((n) => (n === null ? null : n / 1440)) }]}
            format={(days) => formatMinutes(Math.round(days * 1440))}
            formatTick={(days) => `${days} d`}
            summary="Mean of the prints that were finished then."
            none="none finished"
          />
        )}
      </PanelCard>
    </>
  );
}

const WAITS: Record<Wait, string> = {
  review: "Request to decision",
  confirmed: "Approval to the student’s answer",
  started: "Confirmation to start of the print",
  completed: "Start to finish of the print",
  picked_up: "Finish to pickup",
  total: "Request to finished print",
};

export function LeadTimeCard({ panel }: { panel: Panel<LeadTime[]> }) {
  return (
    <PanelCard
      title="How long each step takes"
      panel={panel}
      empty={(waits) => waits.every(({ n }) => n === 0) && "No step was finished in this period."}
      note="Half of them took this long or less; nine in ten took the longer time or less. A step counts on the day it ended."
    >
      {(waits) => <LeadTimeTable waits={waits} />}
    </PanelCard>
  );
}

export function LeadTimeTable({ waits }: { waits: LeadTime[] }) {
  return (
    <Table caption="How long each step takes" hideCaption>
      <thead>
        <tr>
          <th scope="col">From … to</th>
          <th scope="col" className="num">
            Median
          </th>
          <th scope="col" className="num">
            9 in 10
          </th>
          <th scope="col" className="num">
            Counted
          </th>
        </tr>
      </thead>
      <tbody>
        {waits.map(({ wait, n, median, p90 }) => (
          <tr key={wait}>
            <th scope="row">{WAITS[wait]}</th>
            <td className="num">{median === null ? "–" : waitText(median)}</td>
            <td className="num">{p90 === null ? "–" : waitText(p90)}</td>
            <td className="num">{countText(n)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** Waits are rounded down; the shortest are under ten minutes. */
const waitText = (minutes: number) => (minutes === 0 ? "under 10 min" : formatMinutes(minutes));

export function RejectionCard({ panel }: { panel: Panel<Rejections> }) {
  return (
    <PanelCard
      title="Why requests end early"
      panel={panel}
      empty={({ rejected, declined }) =>
        rejected + declined === 0 && "No request was rejected or declined in this period."
      }
    >
      {({ rejected, declined, reasons }) => (
        <>
          <p className="mb-2">
            {countText(rejected)} rejected, {countText(declined)} declined by the student. A rejection may
            have several reasons.
          </p>
          <BarTable
            title="Reasons for rejection"
            along="Reason"
            measure="Rejections"
            rows={reasons.map(({ code, n }) => ({
              name: reasonText(code),
              value: n,
              note: rejected > 0 ? shareText(n / rejected) : undefined,
            }))}
            format={countText}
          />
        </>
      )}
    </PanelCard>
  );
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
