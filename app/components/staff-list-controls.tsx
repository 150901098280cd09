/**
 * Search, filters, order and layout of the list. Plain GET forms and links; with a script the search goes
 * out by itself when the typing pauses.
 */
import { useSubmit } from "@remix-run/react";
import { FILTERS, FIRST_DIR, filtersSet, SORTS, type Sort } from "@server/jobs/list";
import { useEffect, useRef } from "react";
import { Button, ButtonLink } from "./button";
import { Choice, SelectField, TextField } from "./field";
import { Icon } from "./icon";
import { type DeskChoices, firstPage, listHref, type ListPlace } from "./staff-list";

/** What the filters offer. */
export interface FilterOffer {
  printers: { id: string; name: string }[];
  methods: string[];
  disciplines: string[];
}

const PAUSE_MS = 400;

/** Everything of the place that a form does not ask for itself. */
function KeptPlace({ place, except }: { place: ListPlace; except: readonly string[] }) {
  const params = new URLSearchParams(listHref({ ...place, page: 1 }).split("?")[1]);
  return (
    <>
      {[...params]
        .filter(([name]) => !except.includes(name))
        .map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
    </>
  );
}

export function SearchBox({ place }: { place: ListPlace }) {
  const submit = useSubmit();
  const pause = useRef<number>();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => () => clearTimeout(pause.current), []);
  // Back and Forward change what is searched for without a word to the box. Whoever is typing is ahead of the list.
  useEffect(() => {
    if (box.current && pause.current === undefined && box.current.value.trim() !== place.search)
      box.current.value = place.search;
  }, [place.search]);
  return (
    // Going back, a browser would put what was typed beside a list that was asked for something else.
    <form method="get" action="/dashboard" role="search" className="search" autoComplete="off">
      <KeptPlace place={place} except={["search"]} />
      <label className="sr-only" htmlFor="search">
        Search by name, email, class, file or number
      </label>
      <input
        ref={box}
        className="input"
        type="search"
        id="search"
        name="search"
        defaultValue={place.search}
        maxLength={100}
        placeholder="Name, email, class, file, number"
        aria-keyshortcuts="/"
        onInput={({ currentTarget: { form } }) => {
          clearTimeout(pause.current);
          // Back leads to the list as it was before the search, not through its letters.
          const replace = place.search !== "";
          pause.current = window.setTimeout(() => {
            pause.current = undefined;
            submit(form, { replace });
          }, PAUSE_MS);
        }}
      />
      <Button tone="neutral">
        <Icon name="search" />
        Search
      </Button>
      {place.search && (
        <ButtonLink tone="quiet" href={firstPage(place, { search: "" })}>
          Clear
        </ButtonLink>
      )}
    </form>
  );
}

export function FilterBox({ place, offer }: { place: ListPlace; offer: FilterOffer }) {
  const set = filtersSet(place);
  return (
    <details className="filters" open={set > 0}>
      <summary>
        Filters
        {set > 0 && <span className="tab-count">{set}</span>}
      </summary>
      <form method="get" action="/dashboard" className="filter-form" autoComplete="off">
        <KeptPlace place={place} except={FILTERS} />
        <SelectField name="printer" label="Printer" defaultValue={place.printer}>
          <option value="">All printers</option>
          {offer.printers.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField name="method" label="Method" defaultValue={place.method}>
          <option value="">All methods</option>
          {offer.methods.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
        <SelectField name="discipline" label="Discipline" defaultValue={place.discipline}>
          <option value="">All disciplines</option>
          {offer.disciplines.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
        <TextField name="from" label="Submitted from" type="date" defaultValue={place.from} />
        <TextField name="to" label="to" type="date" defaultValue={place.to} />
        <div className="filter-last">
          <Choice
            name="needs_attention"
            value="true"
            label="Needs attention"
            defaultChecked={place.needs_attention}
          />
          <Choice
            name="confirmation_expired"
            value="true"
            label="Confirmation expired"
            defaultChecked={place.confirmation_expired}
          />
          <Choice name="unclaimed" value="true" label="Unclaimed" defaultChecked={place.unclaimed} />
          <Button tone="neutral">Apply filters</Button>
          {set > 0 && (
            <ButtonLink tone="quiet" href={firstPage(place, NO_FILTERS)}>
              Clear filters
            </ButtonLink>
          )}
        </div>
      </form>
    </details>
  );
}

const NO_FILTERS = {
  printer: "",
  method: "",
  discipline: "",
  from: "",
  to: "",
  confirmation_expired: false,
  needs_attention: false,
  unclaimed: false,
} as const;

/** By what the list is ordered; the one in force turns round. */
export function SortLinks({ place }: { place: ListPlace }) {
  return (
    <nav aria-label="Order" className="segments">
      <span className="segments-label">Sort by</span>
      <ul>
        {(Object.keys(SORTS) as Sort[]).map((sort) => (
          <li key={sort}>
            <SortLink place={place} sort={sort} />
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** A sort as a link; also the head of a table's column. */
export function SortLink({ place, sort, label }: { place: ListPlace; sort: Sort; label?: string }) {
  const current = place.sort === sort;
  const dir = current ? (place.dir === "asc" ? "desc" : "asc") : FIRST_DIR[sort];
  return (
    <a href={firstPage(place, { sort, dir })} aria-current={current ? "true" : undefined}>
      {label ?? SORTS[sort]}
      {current && (
        <>
          <span aria-hidden="true">{place.dir === "asc" ? "↑" : "↓"}</span>
          <span className="sr-only">, {place.dir === "asc" ? "ascending" : "descending"}; turn round</span>
        </>
      )}
    </a>
  );
}

/** Cards or table, and how many columns. */
export function LayoutLinks({ place, choices }: { place: ListPlace; choices: DeskChoices }) {
  const to = (name: string, value: string) => `${listHref(place)}&${name}=${value}`;
  const view = (value: DeskChoices["view"], label: string) => (
    <li>
      <a href={to("view", value)} aria-current={choices.view === value ? "true" : undefined}>
        {label}
      </a>
    </li>
  );
  return (
    <nav aria-label="Layout" className="segments">
      <ul>
        {view("cards", "Cards")}
        {view("table", "Table")}
      </ul>
      {choices.view === "cards" && (
        <ul className="columns-choice">
          {([1, 2, 3] as const).map((n) => (
            <li key={n}>
              <a
                href={to("columns", String(n))}
                aria-current={choices.columns === n ? "true" : undefined}
                aria-label={`${n} ${n === 1 ? "column" : "columns"}`}
              >
                {n}
              </a>
            </li>
          ))}
        </ul>
      )}
    </nav>
  );
}
