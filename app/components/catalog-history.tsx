/** The versions of the catalog as people read them. */
import type { VersionView } from "@server/catalog/history.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Alert } from "./alert";
import { Button, ButtonLink } from "./button";
import { Card, EmptyState } from "./card";
import { type CatalogOutcome, CatalogProblem, typedName } from "./catalog-form";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";

/** "Version 6, Jane Doe at front-desk, Nov 24, 2026, 10:05". */
function By({ version }: { version: VersionView }) {
  const { updated_by, updated_at, workstation_id, inactive } = version;
  return (
    <>
      {updated_by === "system" ? "Printdesk" : updated_by}
      {inactive && " (inactive)"}
      {workstation_id && `, ${workstation_id}`}, <Time at={updated_at} />
    </>
  );
}

/** Which version is in force, and the way to the others. */
export function LastVersion({ last }: { last: VersionView | null }) {
  return (
    <p className="mb-4 flex flex-wrap items-center gap-x-4 text-soft">
      {last ? (
        <>
          <span>
            Version {last.version} is in force: <By version={last} />
          </span>
          <a className="inline-flex min-h-11 items-center" href="/admin/catalog/history">
            All versions
          </a>
        </>
      ) : (
        <>
          <span>Nothing has been set up yet.</span>
          <a className="inline-flex min-h-11 items-center" href="/admin/first-run">
            Set the lab up step by step
          </a>
        </>
      )}
    </p>
  );
}

export function Changes({ changes }: { changes: readonly string[] }) {
  return (
    <ul className="list-disc pl-5">
      {changes.map((change) => (
        <li key={change}>{change}</li>
      ))}
    </ul>
  );
}

export function CatalogVersions({
  versions,
  older,
  newest,
}: {
  versions: VersionView[];
  older: number | null;
  newest: number;
}) {
  if (!versions.length)
    return (
      <EmptyState icon="layers" title="No versions yet">
        Every change of the catalog will be listed here, with who made it and when.
      </EmptyState>
    );
  return (
    <>
      <ol className="space-y-4">
        {versions.map((version) => (
          <li key={version.version}>
            <Card
              title={`Version ${version.version}${version.version === newest ? ", in force" : ""}`}
              actions={
                version.version !== newest && (
                  <ButtonLink tone="neutral" href={`/admin/catalog/history/${version.version}`}>
                    Restore<span className="sr-only"> version {version.version}</span>…
                  </ButtonLink>
                )
              }
            >
              <p className="mb-2 text-soft">
                <By version={version} />
                {version.restored_from !== null && `. Brought back version ${version.restored_from}`}
              </p>
              <Changes changes={version.changes} />
            </Card>
          </li>
        ))}
      </ol>
      {older !== null && (
        <p className="mt-4">
          <ButtonLink tone="neutral" href={`/admin/catalog/history?before=${older}`} rel="next">
            Older versions
          </ButtonLink>
        </p>
      )}
    </>
  );
}

/** Asks before an old version comes back: says what that changes. */
export function RestoreVersion({
  version,
  current,
  differences,
  staff,
  form_key,
  outcome,
}: {
  version: VersionView;
  /** The version in force. */
  current: number;
  /** What restoring changes. */
  differences: string[];
  staff: StaffChoice[];
  form_key: string;
  outcome: CatalogOutcome | undefined;
}) {
  const back = (
    <ButtonLink tone="neutral" href="/admin/catalog/history">
      {differences.length ? "Cancel" : "Back to the versions"}
    </ButtonLink>
  );
  return (
    <div className="card decision-form">
      <p className="mb-4 text-soft">
        Made by <By version={version} />
      </p>
      {differences.length === 0 ? (
        <>
          <Alert title="This is what is in force now" className="mb-4" />
          {back}
        </>
      ) : (
        <form method="post" action={`/admin/catalog/history/${version.version}`} noValidate>
          <CatalogProblem outcome={outcome} order={["staff_name"]} />
          <input type="hidden" name="version" value={outcome?.version ?? current} autoComplete="off" />
          <input type="hidden" name="form_key" value={form_key} autoComplete="off" />
          <h2 className="mb-2 text-lg">Restoring it changes</h2>
          <Changes changes={differences} />
          <p className="my-4 max-w-prose text-soft">
            It comes back as a new version; the versions since then stay in this history. Prices of jobs that
            are approved already do not change.
          </p>
          <StaffField
            staff={staff}
            fields={{ value: () => typedName(outcome?.typed), errors: outcome?.fields ?? {} }}
          />
          <div className="mt-6 flex flex-wrap gap-3">
            <Button>Restore version {version.version}</Button>
            {back}
          </div>
        </form>
      )}
    </div>
  );
}
