/** The parts of the list page: what needs doing, the status tabs, the pages. */
import type { Attention, Pile } from "@server/reports/attention.server";
import { STATUS, STATUSES, type Status } from "@server/jobs/states";
import clsx from "clsx";
import { filtersSet } from "@server/jobs/list";
import { ButtonLink } from "./button";
import { Icon, type IconName } from "./icon";
import { countText, firstPage, listHref, type ListPlace } from "./staff-list";

/** What the next person must do, whatever tab is open. */
export function NeedsDoing({ piles }: { piles: Attention }) {
  const total = Object.values(piles).reduce((sum: number, pile: Pile) => sum + pile.count, 0);
  return (
    <section className="needs" aria-labelledby="needs-title">
      <h2 id="needs-title">What needs doing</h2>
      {total === 0 ? (
        <p className="text-soft">
          Nothing urgent: no new jobs, no expired confirmations, no failed letters, no unclaimed prints,
          nobody holds a job.
        </p>
      ) : (
        <ul>
          <NeedsPile icon="inbox" tone="accent" one="new job" many="new jobs" pile={piles.new_jobs} />
          <NeedsPile
            icon="clock"
            tone="caution"
            one="expired confirmation"
            many="expired confirmations"
            pile={piles.expired}
          />
          <NeedsPile
            icon="mail"
            tone="danger"
            one="job with a failed letter"
            many="jobs with failed letters"
            pile={piles.failed_mails}
          />
          <NeedsPile
            icon="clock"
            tone="plain"
            one="unclaimed print"
            many="unclaimed prints"
            pile={piles.unclaimed}
            all="/dashboard?status=COMPLETED&unclaimed=true&sort=waiting"
          />
          <NeedsPile icon="lock" tone="plain" one="job is held" many="jobs are held" pile={piles.locked} />
        </ul>
      )}
    </section>
  );
}

function NeedsPile({
  icon,
  tone,
  one,
  many,
  pile,
  all,
}: {
  icon: IconName;
  tone: string;
  one: string;
  many: string;
  pile: Pile;
  /** The list of them all, where there is one. */
  all?: string;
}) {
  if (pile.count === 0) return null;
  return (
    <li className={`needs-${tone}`}>
      <p className="needs-count">
        <Icon name={icon} />
        <strong>{pile.count}</strong> {pile.count === 1 ? one : many}
      </p>
      <p className="needs-jobs">
        {pile.first.map((job) => (
          <a key={job.id} href={`/dashboard/jobs/${job.id}`} title={job.note}>
            <span className="short-id">{job.short_id}</span>
            <span className="sr-only">, {job.note}</span>
          </a>
        ))}
        {pile.count > pile.first.length &&
          (all ? (
            <a href={all}>and {pile.count - pile.first.length} more</a>
          ) : (
            <span>and {pile.count - pile.first.length} more</span>
          ))}
      </p>
    </li>
  );
}

/** One tab a status, with how many jobs it has (or how many match the search and the filters). */
export function StatusTabs({
  place,
  counts,
  most,
}: {
  place: ListPlace;
  counts: Record<Status, number>;
  /** Matches are counted up to here. */
  most: number;
}) {
  const matching = place.search !== "" || filtersSet(place) > 0;
  return (
    <nav aria-label="Status" className="tabs">
      <ul>
        {STATUSES.map((status) => (
          <li key={status}>
            <a
              href={firstPage(place, { status })}
              aria-current={status === place.status ? "page" : undefined}
            >
              {STATUS[status].label}
              <span className={clsx("tab-count", counts[status] === 0 && "tab-zero")}>
                <span className="sr-only">, </span>
                {matching ? countText(counts[status], most) : counts[status].toLocaleString("en-US")}
                <span className="sr-only">
                  {matching ? " found" : counts[status] === 1 ? " job" : " jobs"}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function Pages({ place, pages }: { place: ListPlace; pages: number }) {
  if (pages < 2) return null;
  const page = (to: number, label: string, rel?: "prev" | "next") => (
    <ButtonLink tone="neutral" href={listHref({ ...place, page: to })} rel={rel}>
      {label}
    </ButtonLink>
  );
  return (
    <nav aria-label="Pages" className="mt-5 flex flex-wrap items-center justify-center gap-3">
      {place.page > 2 && page(1, "First")}
      {place.page > 1 && page(place.page - 1, "Previous", "prev")}
      <p>
        Page {place.page.toLocaleString("en-US")} of {pages.toLocaleString("en-US")}
      </p>
      {place.page < pages && page(place.page + 1, "Next", "next")}
      {place.page < pages - 1 && page(pages, "Last")}
    </nav>
  );
}
