/**
 * The frame around a page: skip link, banner, masthead, main, footer. Students get `StudentLayout`;
 * staff screens build theirs on `PageShell` with their own masthead and `density="compact"`.
 */
import clsx from "clsx";
import type { ReactNode } from "react";
import { useLab } from "./lab";
import { Mark } from "./mark";

export function PageShell({
  masthead,
  density = "regular",
  footer = <Footer />,
  children,
}: {
  masthead: ReactNode;
  density?: "regular" | "compact";
  footer?: ReactNode;
  /** Contains everything between masthead and footer, except `<main>` itself. */
  children: ReactNode;
}) {
  const { environment_banner: banner } = useLab();
  return (
    <div data-density={density} className="flex min-h-dvh flex-col">
      <a className="skip-link" href="#main">
        Skip to main content
      </a>
      {banner && (
        <div className="banner" role="note">
          {banner}
        </div>
      )}
      {masthead}
      <main id="main" tabIndex={-1} className="flex-1">
        {children}
      </main>
      {footer}
    </div>
  );
}

/** Mark and names, linked to the front page. */
export function Brand({ href = "/" }: { href?: string }) {
  const lab = useLab();
  return (
    <a className="masthead-brand" href={href}>
      {lab.logo ? <img className="brand-logo" src={`/logo/${lab.logo}`} alt="" /> : <Mark />}
      <span>
        <span className="block text-lg font-bold tracking-tight">{lab.lab_name}</span>
        {lab.university_name && <span className="block text-xs text-soft">{lab.university_name}</span>}
      </span>
    </a>
  );
}

/** A student's page: one sheet, one column. `plain` leaves the sheet out. */
export function StudentLayout({ plain, children }: { plain?: boolean; children: ReactNode }) {
  return (
    <PageShell
      masthead={
        <header className="masthead">
          <div className="column flex items-center py-3">
            <Brand />
          </div>
        </header>
      }
    >
      <div className="md:py-10">
        <div className={clsx(plain ? "column py-8" : "sheet")}>{children}</div>
      </div>
    </PageShell>
  );
}

export function Footer() {
  const lab = useLab();
  return (
    <footer className="column no-print flex flex-wrap items-center gap-x-6 gap-y-1 py-8 text-sm text-soft">
      <p>
        {lab.lab_name}
        {lab.university_name && `, ${lab.university_name}`}
      </p>
      {lab.guide_url && (
        <a className="inline-flex min-h-11 items-center" href={lab.guide_url}>
          {lab.guide_name}
        </a>
      )}
      {lab.contact_email && (
        <a className="inline-flex min-h-11 items-center" href={`mailto:${lab.contact_email}`}>
          Ask the lab
        </a>
      )}
    </footer>
  );
}
