import clsx from "clsx";
import { useId, type ReactNode } from "react";
import { Icon, type IconName } from "./icon";

/** A block of its own: title, what can be done, content. */
export function Card({
  title,
  actions,
  className,
  level = 2,
  children,
}: {
  title?: ReactNode;
  actions?: ReactNode;
  className?: string;
  level?: 2 | 3;
  children: ReactNode;
}) {
  const id = useId();
  const Heading = `h${level}` as const;
  return (
    <section className={clsx("card", className)} aria-labelledby={title ? id : undefined}>
      {(title || actions) && (
        <header className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          {title && (
            <Heading className="card-title" id={id}>
              {title}
            </Heading>
          )}
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}

/** Nothing here yet: what will appear, and what to do. */
export function EmptyState({
  icon = "inbox",
  title,
  children,
}: {
  icon?: IconName;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      <Icon name={icon} className="mx-auto mb-3 size-8 text-faint" />
      <p className="font-bold text-ink">{title}</p>
      {children && <div className="mx-auto mt-1 max-w-prose">{children}</div>}
    </div>
  );
}

/**
 * A table that scrolls sideways by itself on a narrow screen, by keyboard too.
 * @param stacks there, each row stands as a block instead, and each cell has its `data-label` before it
 */
export function Table({
  caption,
  hideCaption,
  stacks,
  children,
}: {
  caption: string;
  hideCaption?: boolean;
  stacks?: boolean;
  children: ReactNode;
}) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling region must be reachable
    <div className="table-wrap" role="region" aria-label={caption} tabIndex={0}>
      <table className={clsx("table", stacks && "table-stacks")}>
        <caption className={hideCaption ? "sr-only" : undefined}>{caption}</caption>
        {children}
      </table>
    </div>
  );
}
