/** What the last audit found, by kind, in plain words, with what can be done about it. */
import { type Kind, KIND, REPAIR, type RepairName } from "@server/audit/kinds";
import type { AuditView, FindingView, KindView } from "@server/audit/report.server";
import clsx from "clsx";
import { AuditFinding } from "./audit-finding";
import { ButtonLink } from "./button";
import { Card, EmptyState } from "./card";
import { Icon } from "./icon";
import { Time } from "./time";

interface Report {
  audit: AuditView;
  kinds: KindView[];
  resolved: FindingView[];
}

export function AuditReport({ report, all }: { report: Report | null; all: Kind | null }) {
  if (!report)
    return (
      <EmptyState title="No audit has been run yet">
        What the first one finds will stand here. Run one after every restore from a backup.
      </EmptyState>
    );
  const { audit, kinds, resolved } = report;
  const open = kinds.reduce((sum, kind) => sum + kind.open, 0);
  return (
    <section aria-labelledby="report-title">
      <h2 className="mb-1 text-xl" id="report-title">
        Last report
      </h2>
      <p className="mb-3 text-soft">
        <Time at={audit.finished_at!} />, started by {audit.started_by}. {audit.total} folders and jobs were
        looked at.
      </p>
      <ul className="audit-counts">
        {kinds.map(({ kind, open }) => (
          <li key={kind} className={clsx(open > 0 && "audit-some")}>
            {open > 0 ? <a href={`#${kind}`}>{KIND[kind].title}</a> : KIND[kind].title}
            <strong>{open}</strong>
          </li>
        ))}
      </ul>
      {open === 0 && (
        <p className="mb-4 flex items-center gap-2 font-semibold">
          <Icon name="done" className="text-good" />
          {resolved.length ? "Everything that was found is repaired." : "Storage and database agree."}
        </p>
      )}
      {kinds
        .filter((kind) => kind.open > 0)
        .map((kind) => (
          <KindSection key={kind.kind} {...kind} all={all === kind.kind} />
        ))}
      {resolved.length > 0 && <Resolved findings={resolved} />}
    </section>
  );
}

function KindSection({ kind, open, findings, bulk, all }: KindView & { all: boolean }) {
  return (
    <section className="card mb-4" id={kind} aria-labelledby={`${kind}-title`}>
      <h3 className="card-title" id={`${kind}-title`}>
        {KIND[kind].title} ({open})
      </h3>
      <p className="mb-3 max-w-prose text-soft">{KIND[kind].meaning}</p>
      {bulk.length > 0 && (
        <p className="mb-3 flex flex-wrap gap-3">
          {bulk.map((name) => (
            <ButtonLink
              key={name}
              tone="neutral"
              className={grave(name)}
              href={`/admin/health/repair?how=${name}`}
            >
              {REPAIR[name].all}
            </ButtonLink>
          ))}
        </p>
      )}
      <ul className="rows">
        {findings.map((finding) => (
          <li key={finding.id} className="audit-row">
            <AuditFinding finding={finding} />
            {finding.repairs.length > 0 && (
              <p className="flex flex-wrap gap-3">
                {finding.repairs.map((name) => (
                  <ButtonLink
                    key={name}
                    tone="neutral"
                    className={grave(name)}
                    href={`/admin/health/repair?finding=${finding.id}&how=${name}`}
                  >
                    {REPAIR[name].label}
                    <span className="sr-only">{finding.path}</span>
                  </ButtonLink>
                ))}
              </p>
            )}
          </li>
        ))}
      </ul>
      {open > findings.length && (
        <p className="mt-3">
          {findings.length} of {open} are listed.{" "}
          {!all && (
            <a className="row-link" href={`/admin/health?all=${kind}#${kind}`}>
              List more
            </a>
          )}
        </p>
      )}
    </section>
  );
}

const grave = (name: RepairName) => (REPAIR[name].destructive ? "btn-grave" : undefined);

function Resolved({ findings }: { findings: FindingView[] }) {
  return (
    <Card title="Repaired since" level={3}>
      <ul className="rows">
        {findings.map(({ id, path, resolved }) => (
          <li key={id}>
            <span className="path">{path}</span>
            <p className="mt-1">
              {resolved!.how}, {resolved!.by}, <Time at={resolved!.at} />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
