/** The outbox: filters, rows, and what one row is. */
import { EFFECT_KINDS, OUTBOX_STATE_NAMES, OUTBOX_STATES } from "@server/outbox/states";
import type { OutboxItem, OutboxList } from "@server/reports/outbox-list.server";
import { LETTER_KINDS, type LetterKindName } from "@server/mail/kinds";
import { Table } from "./card";
import { Badge } from "./status-badge";
import { Time } from "./time";

/** What is asked of the list; it stands in the address. */
export interface OutboxPlace {
  state: OutboxItem["state"] | null;
  kind: string | null;
  page: number;
}

export function outboxHref({ state, kind, page }: OutboxPlace): string {
  const query = new URLSearchParams([
    ...(state ? [["state", state]] : []),
    ...(kind ? [["kind", kind]] : []),
    ...(page > 1 ? [["page", String(page)]] : []),
  ]);
  return `/admin/outbox${query.size ? `?${query}` : ""}`;
}

const kindName = (kind: string) => EFFECT_KINDS[kind] ?? kind;

/** "Letter: Receipt". */
export function effectName({ kind, letter }: Pick<OutboxItem, "kind" | "letter">): string {
  const title = letter && Object.hasOwn(LETTER_KINDS, letter) ? LETTER_KINDS[letter as LetterKindName].title : letter; // prettier-ignore
  return title ? `${kindName(kind)}: ${title}` : kindName(kind);
}

export function EffectState({ state, attempts }: Pick<OutboxItem, "state" | "attempts">) {
  const word = OUTBOX_STATES[state];
  if (state === "done") return <Badge tone="good" icon="check">{word}</Badge>; // prettier-ignore
  if (state === "failed") return <Badge tone="danger" icon="alert">{word}</Badge>; // prettier-ignore
  if (state === "running") return <Badge tone="busy">{word}</Badge>;
  if (state === "due" && attempts > 0) return <Badge tone="caution" icon="clock">trying again</Badge>; // prettier-ignore
  return <Badge icon={state === "due" ? "clock" : undefined}>{word}</Badge>;
}

/** By state and by kind, as links. */
export function OutboxFilters({ list, place }: { list: OutboxList; place: OutboxPlace }) {
  const all = Object.values(list.counts).reduce((sum, n) => sum + n, 0);
  const link = (to: Partial<OutboxPlace>, label: string, current: boolean) => (
    <a href={outboxHref({ ...place, ...to, page: 1 })} aria-current={current ? "true" : undefined}>
      {label}
    </a>
  );
  return (
    <div className="mb-4 flex flex-wrap gap-x-4 gap-y-2">
      <nav aria-label="State" className="segments">
        <ul>
          <li>{link({ state: null }, `All (${all.toLocaleString("en-US")})`, place.state === null)}</li>
          {OUTBOX_STATE_NAMES.map((state) => (
            <li key={state}>
              {link(
                { state },
                `${OUTBOX_STATES[state]} (${list.counts[state].toLocaleString("en-US")})`,
                place.state === state,
              )}
            </li>
          ))}
        </ul>
      </nav>
      <nav aria-label="Kind" className="segments">
        <ul>
          <li>{link({ kind: null }, "Every kind", place.kind === null)}</li>
          {list.kinds.map((kind) => (
            <li key={kind}>{link({ kind }, kindName(kind), place.kind === kind)}</li>
          ))}
        </ul>
      </nav>
    </div>
  );
}

export function OutboxTable({ items }: { items: OutboxItem[] }) {
  return (
    <Table caption="Effects, newest first" hideCaption stacks>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">State</th>
          <th scope="col">Job</th>
          <th scope="col" className="num">
            Attempts
          </th>
          <th scope="col">Written</th>
          <th scope="col">Next try, or done</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.id}>
            <th scope="row">
              <a className="row-link" href={`/admin/outbox/${item.id}`}>
                {effectName(item)}
              </a>
              {item.last_error && item.state !== "done" && (
                <span className="block text-sm font-normal wrap-anywhere text-danger">{item.last_error}</span>
              )}
            </th>
            <td>
              <EffectState {...item} />
            </td>
            <td data-label="Job">
              {item.job && (
                <a className="row-link tabular-nums" href={`/dashboard/jobs/${item.job.id}`}>
                  {item.job.short_id}
                </a>
              )}
            </td>
            <td className="num" data-label="Attempts">
              {item.attempts}
            </td>
            <td data-label="Written">
              <Time at={item.created_at} />
            </td>
            <td data-label={item.done_at ? "Done" : "Next try"}>
              {item.state === "due" && <Time at={item.next_at} />}
              {item.done_at && <Time at={item.done_at} />}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
