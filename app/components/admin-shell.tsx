/** The frame of the administrator's pages: the staff's frame with a row of tabs that are links. */
import type { ReactNode } from "react";
import type { AlertTone } from "./alert";
import type { StaffSession } from "./staff-session";
import { StaffShell } from "./staff-shell";

/** The administrator's pages in the order of the tabs. */
export const ADMIN_TABS = [
  { href: "/admin/catalog", label: "Catalog" },
  { href: "/admin/staff", label: "Staff" },
  { href: "/admin/settings", label: "Settings" },
  { href: "/admin/letters", label: "Letters" },
  { href: "/admin/outbox", label: "Outbox" },
  { href: "/admin/data", label: "Data" },
  { href: "/admin/overrides", label: "Overrides" },
  { href: "/admin/health", label: "Health" },
  { href: "/admin/chores", label: "Chores" },
  { href: "/admin/log", label: "Log" },
] as const;

export function AdminShell({
  session,
  at,
  title,
  message,
  children,
}: {
  session: StaffSession;
  /** The address of the tab that this page belongs to; null for a page beside them. */
  at: (typeof ADMIN_TABS)[number]["href"] | null;
  /** The page's heading. */
  title: string;
  message?: { tone: AlertTone; text: string } | null;
  children: ReactNode;
}) {
  return (
    <StaffShell session={session} at="/admin" message={message}>
      <nav aria-label="Administration" className="no-print mb-4 border-b border-line">
        <ul className="flex flex-wrap gap-1">
          {ADMIN_TABS.map(({ href, label }) => (
            <li key={href}>
              <a className="staff-nav" href={href} aria-current={href === at ? "page" : undefined}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <h1 className="mb-4 text-2xl">{title}</h1>
      {children}
    </StaffShell>
  );
}
