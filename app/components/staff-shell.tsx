/** The frame of the staff's pages: where am I, which workstation is this, and the way out. */
import { useEffect, type ReactNode } from "react";
import { Flash, type AlertTone } from "./alert";
import { Button } from "./button";
import { DecisionsInPlace } from "./decisions-in-place";
import { useRememberedNames } from "./last-name";
import { Brand, PageShell } from "./page-shell";
import type { StaffSession } from "./staff-session";
import { ToastArea } from "./toasts";

/** The staff's main pages. `admin` ones are shown to workstations that may administer. */
const NAV: readonly { href: string; label: string; admin?: boolean }[] = [
  { href: "/dashboard", label: "Dashboard" },
  { href: "/payments", label: "Payments" },
  { href: "/analytics", label: "Analytics" },
  { href: "/admin", label: "Admin", admin: true },
];

export function StaffShell({
  session,
  at,
  message,
  children,
}: {
  /** Absent on error pages, which may not know it. */
  session?: StaffSession;
  /** The address of the main page that this one belongs to. */
  at?: string;
  message?: { tone: AlertTone; text: string } | null;
  children: ReactNode;
}) {
  useScriptMark();
  useRememberedNames();
  return (
    <ToastArea>
      <PageShell density="compact" footer={null} masthead={<Masthead session={session} at={at} />}>
        <div className="column-wide py-5">
          <Flash message={message} />
          {children}
        </div>
      </PageShell>
      <DecisionsInPlace />
    </ToastArea>
  );
}

function Masthead({ session, at }: { session?: StaffSession; at?: string }) {
  return (
    <header className="masthead no-print">
      <div className="column-wide flex flex-wrap items-center gap-x-6 gap-y-1 py-2">
        <Brand href="/dashboard" />
        <nav aria-label="Staff">
          <ul className="flex flex-wrap gap-1">
            {NAV.filter((page) => !page.admin || session?.admin).map(({ href, label }) => (
              <li key={href}>
                <a className="staff-nav" href={href} aria-current={href === at ? "page" : undefined}>
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {session && (
          <div className="flex grow basis-60 flex-wrap items-center justify-between gap-x-3 sm:justify-end">
            <p className="text-soft">
              Workstation:{" "}
              <a href="/downloads/opener" title="Set up the slicer opener on this workstation">
                {session.workstation_name}
              </a>
            </p>
            <form method="post" action="/logout">
              <Button tone="quiet">Log out</Button>
            </form>
          </div>
        )}
      </div>
    </header>
  );
}

/** Forms that take a lock say whether a script will keep it alive: then a short one will do. */
function useScriptMark() {
  useEffect(() => {
    const mark = (event: SubmitEvent) => {
      const form = event.target as HTMLFormElement;
      if (!form.querySelector('[name="intent"][value="start"]') || form.elements.namedItem("script")) return;
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "script", value: "1" });
      form.append(input);
    };
    document.addEventListener("submit", mark, true);
    return () => document.removeEventListener("submit", mark, true);
  }, []);
}
