/** The timetable for people: each chore, what became of its last run, when it comes next, and a button. */
import type { ChoreView, RunView } from "@server/chores/report.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Button } from "./button";
import { ErrorSummary, summaryOf } from "./error-summary";
import { StaffField } from "./staff-name-field";
import { Badge } from "./status-badge";
import { Time } from "./time";
import { useRefresh } from "./use-refresh";

const QUICK_MS = 2_000;
const SLOW_MS = 45_000;

const STATE: Record<RunView["state"], { tone: string; label: string }> = {
  queued: { tone: "busy", label: "starts in a moment" },
  running: { tone: "busy", label: "running" },
  done: { tone: "good", label: "done" },
  failed: { tone: "danger", label: "failed" },
  interrupted: { tone: "caution", label: "interrupted" },
};

/** "0.4 s", "12 s", "3 min". */
function span(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

export function ChoreList({
  chores,
  staff,
  now,
  failed,
}: {
  chores: ChoreView[];
  staff: StaffChoice[];
  now: string;
  failed?: { message: string; fields: Record<string, string[]>; chosen: string };
}) {
  const busy = chores.some((chore) => chore.busy);
  const reached = useRefresh(now, busy ? QUICK_MS : SLOW_MS);
  const errors = failed ? summaryOf(failed.fields, ["staff_name"]) : [];
  return (
    <form method="post" action="/admin/chores" noValidate>
      {busy && (
        <noscript>
          <meta httpEquiv="refresh" content="5;url=/admin/chores" />
        </noscript>
      )}
      {failed && (
        <ErrorSummary
          errors={errors.length ? errors : [{ message: failed.message }]}
          title="Nothing was started"
          focusKey={failed}
        />
      )}
      <section className="card audit-form mb-4" aria-labelledby="by-hand">
        <h2 className="card-title mb-2" id="by-hand">
          By hand
        </h2>
        <p className="mb-4 max-w-prose text-soft">
          Everything below runs by itself. To have something done now, choose your name and press its button;
          it is safe at any time, and stands in the log.
        </p>
        <StaffField
          staff={staff}
          fields={{ value: () => failed?.chosen ?? "", errors: failed?.fields ?? {} }}
        />
        {!reached && (
          <p className="text-sm font-semibold text-caution">The server does not answer; trying again.</p>
        )}
      </section>
      <ul className="rows card">
        {chores.map((chore) => (
          <li key={chore.name} id={chore.name} className="chore">
            <ChoreRow chore={chore} />
          </li>
        ))}
      </ul>
    </form>
  );
}

function ChoreRow({ chore }: { chore: ChoreView }) {
  const { name, title, about, cron, off_because, next_at, busy, last, last_good } = chore;
  return (
    <>
      <div className="min-w-0 flex-1 basis-80">
        <h2 className="flex flex-wrap items-center gap-x-3 text-base font-bold">
          {title}
          {last ? (
            <Badge tone={STATE[last.state].tone}>{STATE[last.state].label}</Badge>
          ) : (
            <Badge>not run yet</Badge>
          )}
        </h2>
        <p className="max-w-prose text-soft">{about}</p>
        {last && (
          <p className="mt-1">
            {last.state === "queued" ? "Asked for" : "Last run"} <Time at={last.at} />
            {last.by_hand ? ` by ${last.started_by}` : ""}
            {last.took_ms !== null ? `, ${span(last.took_ms)}` : ""}
            {last.result && (
              <>
                : <span className={last.state === "failed" ? "text-danger" : undefined}>{last.result}</span>
              </>
            )}
          </p>
        )}
        {last_good && (
          <p className="mt-1">
            Last good run <Time at={last_good.at} />
            {last_good.result && `: ${last_good.result}`}
          </p>
        )}
        {off_because ? (
          <p className="mt-1 font-semibold">{off_because}</p>
        ) : (
          next_at && (
            <p className="mt-1 text-sm text-soft">
              Next <Time at={next_at} />{" "}
              <span className="whitespace-nowrap">
                (<code>{cron}</code>)
              </span>
            </p>
          )
        )}
      </div>
      {cron !== null && (
        <Button tone="neutral" name="chore" value={name} busy={busy}>
          {busy ? "Running" : "Run now"}
          <span className="sr-only">{title}</span>
        </Button>
      )}
    </>
  );
}
