/** The frame of the analytics: tabs that keep what is asked, the filters, and how fresh the figures are. */
import { Form, useNavigation } from "@remix-run/react";
import { PERIODS } from "@server/reports/analytics/question";
import type { ReactNode } from "react";
import {
  ANALYTICS_TABS,
  filterTexts,
  periodText,
  staffText,
  type AnalyticsTab,
  type AnalyticsView,
} from "./analytics-view";
import { Button, ButtonLink } from "./button";
import { SelectField, TextField } from "./field";
import { StaffShell } from "./staff-shell";
import { Time } from "./time";

export function AnalyticsShell({
  view,
  at,
  title,
  ignores,
  children,
}: {
  view: AnalyticsView;
  at: AnalyticsTab;
  title: string;
  /** Filters that this page has no use for. */
  ignores?: readonly ("printer" | "discipline" | "staff")[];
  children: ReactNode;
}) {
  const { session, question, query, refreshed_at } = view;
  const loading = useNavigation().state === "loading";
  const filters = filterTexts(view);
  return (
    <StaffShell session={session} at="/analytics">
      <nav aria-label="Analytics" className="no-print mb-4 border-b border-line">
        <ul className="flex flex-wrap gap-1">
          {ANALYTICS_TABS.map(({ href, label }) => (
            <li key={href}>
              <a
                className="staff-nav"
                href={`${href}?${query}`}
                aria-current={href === at ? "page" : undefined}
              >
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="analytics-head mb-3 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <div>
          <h1 className="text-2xl">{title}</h1>
          <p className="text-soft">
            {periodText(question)}
            {filters.length > 0 && `; only ${filters.join(", ")}`}
          </p>
        </div>
        <p className="no-print text-soft">
          {loading ? (
            <span role="status">Reading the figures …</span>
          ) : (
            <>
              Last refreshed <Time at={refreshed_at} />.{" "}
              <a className="inline-flex min-h-11 items-center" href={`${at}?${query}`}>
                Refresh
              </a>
            </>
          )}
        </p>
      </div>
      <AnalyticsFilters view={view} at={at} ignores={ignores} />
      <div className="analytics" aria-busy={loading || undefined}>
        {children}
      </div>
    </StaffShell>
  );
}

const PERIOD_NAMES: Record<string, string> = {
  ...Object.fromEntries(PERIODS.map((days) => [days, `Last ${days} days`])),
  term: "This term",
  "last-term": "Last term",
  custom: "The days below",
};

function AnalyticsFilters({
  view: { question, query, offer },
  at,
  ignores = [],
}: {
  view: AnalyticsView;
  at: AnalyticsTab;
  ignores?: readonly string[];
}) {
  const { period, printer, discipline, staff, from, to } = question;
  const periods = [...PERIODS, ...(offer.has_terms ? ["term", "last-term"] : []), "custom"];
  const known = periods.includes(period) ? periods : [period, ...periods];
  const narrow = printer || discipline || staff;
  return (
    <Form method="get" action={at} className="filter-form no-print mb-4" key={query} aria-label="Filters">
      <SelectField name="period" label="Period" defaultValue={period}>
        {known.map((value) => (
          <option key={value} value={value}>
            {PERIOD_NAMES[value] ?? `Last ${value} days`}
          </option>
        ))}
      </SelectField>
      <TextField name="from" label="From" type="date" defaultValue={from} />
      <TextField name="to" label="To" type="date" defaultValue={to} />
      {ignores.includes("printer") ? (
        <Kept name="printer" value={printer} />
      ) : (
        <SelectField name="printer" label="Printer" defaultValue={printer}>
          <option value="">All printers</option>
          {offer.printers.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      {ignores.includes("discipline") ? (
        <Kept name="discipline" value={discipline} />
      ) : (
        <SelectField name="discipline" label="Discipline" defaultValue={discipline}>
          <option value="">All disciplines</option>
          {offer.disciplines.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
      )}
      {ignores.includes("staff") ? (
        <Kept name="staff" value={staff} />
      ) : (
        <SelectField name="staff" label="Staff" defaultValue={staff}>
          <option value="">Everybody</option>
          {offer.staff.map(({ name }) => (
            <option key={name} value={name}>
              {staffText(name, offer.staff)}
            </option>
          ))}
        </SelectField>
      )}
      <div className="filter-last">
        <Button tone="neutral">Show</Button>
        {narrow && (
          <ButtonLink tone="quiet" href={`${at}?${withoutFilters(question)}`}>
            Clear filters
          </ButtonLink>
        )}
        <p className="text-soft">The days count when the period is “The days below”; two years at most.</p>
      </div>
    </Form>
  );
}

/** A filter of the other pages goes along unseen. */
function Kept({ name, value }: { name: string; value: string }) {
  return value ? <input type="hidden" name={name} value={value} /> : null;
}

function withoutFilters({ period, from, to }: AnalyticsView["question"]): string {
  return new URLSearchParams(period === "custom" ? { period, from, to } : { period }).toString();
}
