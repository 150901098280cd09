/** The parts of the list page: what needs doing, the status tabs, the pages. */
import type { Attention, Pile } from "@server/reports/attention.server";
import { STATUS, STATUSES, type Status } from "@server/jobs/states";
import clsx from "clsx";
import { useEffect, useRef } from "react";
import { filtersSet } from "@server/jobs/list";
import { Alert } from "./alert";
import { ButtonLink } from "./button";
import { Icon, type IconName } from "./icon";
import { countText, firstPage, listHref, type ListPlace } from "./staff-list";

/** What the next person must do, whatever tab is open. */
export function NeedsDoing({ piles, most }: { piles: Attention; most: number }) {
  const total = Object.values(piles).reduce((sum: number, pile: Pile) => sum + pile.count, 0);
  return (
    <section className="needs" aria-labelledby="needs-title">
      <h2 id="needs-title">What needs doing</h2>
      {total === 0 ? (
        <p className="text-soft">
          Nothing urgent: no new jobs, no expired confirmations, no failed letters, nothing unpaid, no
          unclaimed prints, nobody holds a job.
        </p>
      ) : (
        <ul>
          <NeedsPile
            icon="inbox"
            tone="accent"
            one="new job"
            many="new jobs"
            pile={piles.new_jobs}
            most={most}
          />
          <NeedsPile
            icon="clock"
            tone="caution"
            one="expired confirmation"
            many="expired confirmations"
            pile={piles.expired}
            most={most}
          />
          <NeedsPile
            icon="mail"
            tone="danger"
            one="job with a failed letter"
            many="jobs with failed letters"
            pile={piles.failed_mails}
            most={most}
          />
          <NeedsPile
            icon="lock"
            tone="plain"
            one="job is held"
            many="jobs are held"
            pile={piles.locked}
            most={most}
          />
          <NeedsPile
            icon="alert"
            tone="danger"
            one="print not paid"
            many="prints not paid"
            pile={piles.owed}
            most={most}
          />
          <NeedsPile
            icon="clock"
            tone="plain"
            one="unclaimed print"
            many="unclaimed prints"
            pile={piles.unclaimed}
            most={most}
            all="/dashboard?status=COMPLETED&unclaimed=true&sort=waiting"
          />
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
  most,
  all,
}: {
  icon: IconName;
  tone: string;
  one: string;
  many: string;
  pile: Pile;
  most: number;
  /** The list of them all, where there is one. */
  all?: string;
}) {
  if (pile.count === 0) return null;
  const more = countText(pile.count - pile.first.length, most - pile.first.length);
  return (
    <li className={`needs-${tone}`}>
      <p className="needs-count">
        <Icon name={icon} />
        <strong>{countText(pile.count, most)}</strong> {pile.count === 1 ? one : many}
      </p>
      <p className="needs-jobs">
        {pile.first.map((job) => (
          <a key={job.id} href={`/dashboard/jobs/${job.id}`} title={job.note}>
            <span className="short-id">{job.short_id}</span>
            <span className="sr-only">, {job.note}</span>
          </a>
        ))}
        {pile.count > pile.first.length &&
          (all ? <a href={all}>and {more} more</a> : <span>and {more} more</span>)}
      </p>
    </li>
  );
}

/** Before there is somebody on the staff list and something that students can choose. */
export function NotSetUp({ admin }: { admin: boolean }) {
  return (
    <Alert tone="warning" title="The lab is not open yet" className="mb-4">
      <p>
        Students cannot send requests until there are staff, printers and materials.{" "}
        {admin ? (
          <a href="/admin/first-run">Set the lab up step by step</a>
        ) : (
          "Set it up at a workstation that may administer the lab."
        )}
      </p>
    </Alert>
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
  const row = useRef<HTMLElement>(null);
  // On a phone the row is wider than the screen; the tab in force is to be seen.
  useEffect(() => {
    const tab = row.current?.querySelector<HTMLElement>("[aria-current]");
    if (row.current && tab)
      row.current.scrollLeft = tab.offsetLeft - (row.current.clientWidth - tab.offsetWidth) / 2;
  }, [place.status]);
  return (
    <nav aria-label="Status" className="tabs" ref={row}>
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
