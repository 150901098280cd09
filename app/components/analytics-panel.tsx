/** A panel: its figures, or that there are none yet, or that they could not be read. */
import { useLocation } from "@remix-run/react";
import type { ReactNode } from "react";
import { Alert } from "./alert";
import type { Panel } from "./analytics-view";
import { Card } from "./card";

export function PanelCard<T>({
  title,
  panel,
  empty,
  note,
  wide,
  children,
}: {
  title: string;
  panel: Panel<T>;
  /** Says what will appear here, when there is nothing to show. */
  empty?: (data: T) => string | false;
  /** What the reader should know about these figures. */
  note?: ReactNode;
  wide?: boolean;
  children: (data: T) => ReactNode;
}) {
  const { pathname, search } = useLocation();
  const { data } = panel;
  const nothing = data !== null && empty ? empty(data) : false;
  return (
    <Card title={title} className={wide ? "analytics-wide" : undefined}>
      {data === null ? (
        <Alert tone="error" title="These figures could not be read.">
          <p>
            The rest of the page is right. The server’s log says what happened.{" "}
            <a className="inline-flex min-h-11 items-center" href={pathname + search}>
              Try again
            </a>
          </p>
        </Alert>
      ) : nothing ? (
        <p className="analytics-nothing">{nothing}</p>
      ) : (
        children(data)
      )}
      {note && data !== null && <p className="mt-2 text-soft">{note}</p>}
    </Card>
  );
}

/** Single figures side by side. */
export function Figures({ figures }: { figures: { label: string; value: ReactNode; note?: ReactNode }[] }) {
  return (
    <dl className="figures">
      {figures.map(({ label, value, note }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {value}
            {note && <span className="figure-note">{note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
