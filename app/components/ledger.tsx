/** The ledger: what is asked for, what it adds up to, row by row. */
import type { FreeHandOver, LedgerPage, LedgerTotals } from "@server/payments/ledger.server";
import { ledgerHref, type LedgerQuery } from "@server/payments/ledger";
import { Button, ButtonLink } from "./button";
import { Card, EmptyState, Table } from "./card";
import { SelectField, TextField } from "./field";
import { LedgerTable } from "./ledger-table";
import { Money, Time } from "./time";

export function LedgerView({
  query,
  ledger,
  free,
  offer,
}: {
  query: LedgerQuery;
  ledger: LedgerPage;
  free: { total: number; first: FreeHandOver[] };
  offer: { kinds: string[]; staff: string[] };
}) {
  const { rows, totals, pages } = ledger;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl">Payments</h1>
        <ButtonLink tone="neutral" href={exportHref(query)}>
          Export as CSV
        </ButtonLink>
      </div>
      <LedgerFilter query={query} offer={offer} />
      <Totals totals={totals} />
      {rows.length === 0 ? (
        <EmptyState
          icon={query.search ? "search" : "inbox"}
          title={query.search ? `No payment matches “${query.search}”` : "No payments in these days"}
        >
          {query.search
            ? "Search for the beginning of a transaction number, or for the number of a job or a receipt. Take the days away to search all of them."
            : query.from && query.to && query.to < query.from
              ? "The last day comes before the first one."
              : "Payments appear here as soon as they are taken at the counter."}
        </EmptyState>
      ) : (
        <LedgerTable rows={rows} />
      )}
      <Pages query={query} pages={pages} />
      {free.total > 0 && !query.search && !query.staff && !query.kind && <Free free={free} />}
    </>
  );
}

const exportHref = ({ from, to }: LedgerQuery) =>
  `/payments/export?${new URLSearchParams({ ...(from && { start_date: from }), ...(to && { end_date: to }) })}`;

function LedgerFilter({ query, offer }: { query: LedgerQuery; offer: { kinds: string[]; staff: string[] } }) {
  return (
    <form method="get" action="/payments" className="card ledger-filter" role="search">
      <TextField name="from" label="From" type="date" defaultValue={query.from} />
      <TextField name="to" label="To" type="date" defaultValue={query.to} />
      <SelectField name="staff" label="Taken by" defaultValue={query.staff}>
        <option value="">Everybody</option>
        {offer.staff.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
      <SelectField name="kind" label="Paid with" defaultValue={query.kind}>
        <option value="">Anything</option>
        {offer.kinds.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
      <TextField
        name="search"
        label="Transaction, job or receipt"
        type="search"
        maxLength={50}
        autoComplete="off"
        spellCheck={false}
        defaultValue={query.search}
      />
      <div className="ledger-filter-last">
        <Button tone="neutral">Show</Button>
        <ButtonLink tone="quiet" href="/payments">
          This month
        </ButtonLink>
      </div>
    </form>
  );
}

function Totals({ totals }: { totals: LedgerTotals }) {
  const { count, cents, voided, voided_cents, by_kind } = totals;
  return (
    <section className="totals" aria-label="Totals">
      <dl>
        <div>
          <dt>Taken</dt>
          <dd className="text-2xl">
            <Money cents={cents} />
          </dd>
        </div>
        <div>
          <dt>Payments</dt>
          <dd className="text-2xl">{count.toLocaleString("en-US")}</dd>
        </div>
        {by_kind.length > 1 &&
          by_kind.map((one) => (
            <div key={one.kind}>
              <dt>
                {one.kind} ({one.count.toLocaleString("en-US")})
              </dt>
              <dd>
                <Money cents={one.cents} />
              </dd>
            </div>
          ))}
        {voided > 0 && (
          <div>
            <dt>Voided, not counted ({voided.toLocaleString("en-US")})</dt>
            <dd className="text-soft">
              <Money cents={voided_cents} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

function Pages({ query, pages }: { query: LedgerQuery; pages: number }) {
  if (pages < 2) return null;
  const page = (to: number, label: string, rel?: "prev" | "next") => (
    <ButtonLink tone="neutral" href={ledgerHref({ ...query, page: to })} rel={rel}>
      {label}
    </ButtonLink>
  );
  return (
    <nav aria-label="Pages" className="mt-5 flex flex-wrap items-center justify-center gap-3">
      {query.page > 2 && page(1, "First")}
      {query.page > 1 && page(query.page - 1, "Previous", "prev")}
      <p>
        Page {query.page.toLocaleString("en-US")} of {pages.toLocaleString("en-US")}
      </p>
      {query.page < pages && page(query.page + 1, "Next", "next")}
      {query.page < pages - 1 && page(pages, "Last")}
    </nav>
  );
}

/** No money, so no row of the ledger; but somebody will ask. */
function Free({ free }: { free: { total: number; first: FreeHandOver[] } }) {
  return (
    <Card title="Handed over without charge" className="mt-6">
      <p className="mb-3 text-soft">
        {free.total === 1 ? "1 print" : `${free.total.toLocaleString("en-US")} prints`} in these days
        {free.total > free.first.length && `; the newest ${free.first.length} are shown`}.
      </p>
      <Table caption="Handed over without charge" hideCaption stacks>
        <thead>
          <tr>
            <th scope="col">Handed over</th>
            <th scope="col">Job</th>
            <th scope="col">Why</th>
            <th scope="col">To</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {free.first.map((one) => (
            <tr key={`${one.job_id} ${one.at}`}>
              <td data-label="Handed over">
                <Time at={one.at} />
              </td>
              <td data-label="Job">
                <a className="row-link short-id" href={`/dashboard/jobs/${one.job_id}`}>
                  {one.short_id}
                </a>
              </td>
              <td className="whitespace-pre-wrap" data-label="Why">
                {one.reason}
              </td>
              <td data-label="To">{one.picked_up_by}</td>
              <td data-label="By">{one.staff_name}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
