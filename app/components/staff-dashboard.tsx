/** The parts of the list page: what needs doing, the status tabs, the search, the pages. */
import type { Attention, Pile } from "@server/reports/attention.server";
import { STATUS, STATUSES, type Status } from "@server/jobs/states";
import clsx from "clsx";
import { Button, ButtonLink } from "./button";
import { Icon, type IconName } from "./icon";

/** Where in the list somebody is; all of it is in the address. */
export interface ListPlace {
  status: Status;
  search: string;
  page: number;
  open: boolean;
}

/** The address of a place in the list. */
export function listHref(place: Partial<ListPlace> & { status: Status }): string {
  const query = new URLSearchParams({ status: place.status });
  if (place.search) query.set("search", place.search);
  if (place.page && place.page > 1) query.set("page", String(place.page));
  if (place.open) query.set("details", "open");
  return `/dashboard?${query}`;
}

/** What the next person must do, whatever tab is open. */
export function NeedsDoing({ piles }: { piles: Attention }) {
  const total = Object.values(piles).reduce((sum: number, pile: Pile) => sum + pile.count, 0);
  return (
    <section className="needs" aria-labelledby="needs-title">
      <h2 id="needs-title">What needs doing</h2>
      {total === 0 ? (
        <p className="text-soft">
          Nothing urgent: no new jobs, no expired confirmations, no failed letters, nobody holds a job.
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
}: {
  icon: IconName;
  tone: string;
  one: string;
  many: string;
  pile: Pile;
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
        {pile.count > pile.first.length && <span>and {pile.count - pile.first.length} more</span>}
      </p>
    </li>
  );
}

/** One tab a status, with how many jobs it has (or how many match the search). */
export function StatusTabs({ place, counts }: { place: ListPlace; counts: Record<Status, number> }) {
  return (
    <nav aria-label="Status" className="tabs">
      <ul>
        {STATUSES.map((status) => (
          <li key={status}>
            <a
              href={listHref({ status, search: place.search, open: place.open })}
              aria-current={status === place.status ? "page" : undefined}
            >
              {STATUS[status].label}
              <span className={clsx("tab-count", counts[status] === 0 && "tab-zero")}>
                <span className="sr-only">, </span>
                {counts[status]}
                <span className="sr-only">
                  {place.search ? " found" : counts[status] === 1 ? " job" : " jobs"}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function SearchBox({ place }: { place: ListPlace }) {
  return (
    <form method="get" action="/dashboard" role="search" className="search">
      <input type="hidden" name="status" value={place.status} />
      {place.open && <input type="hidden" name="details" value="open" />}
      <label className="sr-only" htmlFor="search">
        Search by name, e-mail, class, file or number
      </label>
      <input
        key={place.search}
        className="input"
        type="search"
        id="search"
        name="search"
        defaultValue={place.search}
        maxLength={100}
        placeholder="Name, e-mail, class, file, number"
      />
      <Button tone="neutral">
        <Icon name="search" />
        Search
      </Button>
      {place.search && (
        <ButtonLink tone="quiet" href={listHref({ status: place.status, open: place.open })}>
          Clear
        </ButtonLink>
      )}
    </form>
  );
}

export function Pages({ place, pages }: { place: ListPlace; pages: number }) {
  if (pages < 2) return null;
  return (
    <nav aria-label="Pages" className="mt-5 flex items-center justify-center gap-4">
      {place.page > 1 && (
        <ButtonLink tone="neutral" href={listHref({ ...place, page: place.page - 1 })} rel="prev">
          Newer
        </ButtonLink>
      )}
      <p>
        Page {place.page} of {pages}
      </p>
      {place.page < pages && (
        <ButtonLink tone="neutral" href={listHref({ ...place, page: place.page + 1 })} rel="next">
          Older
        </ButtonLink>
      )}
    </nav>
  );
}
