import type { ReactNode } from "react";

/** A request as the ticket on its bag: the number on top, the rest below the perforation. */
export function Ticket({
  shortId,
  badge,
  children,
}: {
  shortId: number;
  badge?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="ticket">
      <div className="ticket-head">
        <p>
          <span className="block text-sm font-semibold text-soft">Print number</span>
          <span className="ticket-number">{shortId}</span>
        </p>
        {badge}
      </div>
      <div className="ticket-stub">{children}</div>
    </div>
  );
}
