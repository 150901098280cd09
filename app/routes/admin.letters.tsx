/** The letters that the lab sends, and whose wording they have. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { LETTER_KIND_NAMES, LETTER_KINDS } from "@server/mail/kinds";
import { wordings } from "@server/mail/wording.server";
import { AdminShell } from "~/components/admin-shell";
import { ButtonLink } from "~/components/button";
import { Card } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { Time } from "~/components/time";
import { openAdminPage } from "~/http/admin-page.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Letters", matches) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  return data({ page, letters: await wordings() }, { headers });
}

export default function Letters() {
  const { page, letters } = useLoaderData<typeof loader>();
  return (
    <AdminShell session={page.session} at="/admin/letters" title="Letters" message={page.message}>
      <p className="mb-4 max-w-prose text-soft">
        What the lab writes to students. A changed wording counts for every letter that is written from then
        on. What has been sent, and what waits, is in the <a href="/admin/outbox">outbox</a>.
      </p>
      <Card>
        <ul className="rows">
          {LETTER_KIND_NAMES.map((name) => {
            const { title, when } = LETTER_KINDS[name];
            const { is_default, updated_by, updated_at } = letters[name];
            return (
              <li key={name}>
                <p>
                  <a className="row-link font-semibold" href={`/admin/letters/${name}`}>
                    {title}
                  </a>
                </p>
                <p>{when}</p>
                <p className="text-sm text-soft">
                  {is_default ? "Default wording" : "The lab’s own wording"}
                  {updated_by && updated_at && (
                    <>
                      , since {updated_by} changed it on <Time at={updated_at} />
                    </>
                  )}
                  .
                </p>
              </li>
            );
          })}
        </ul>
      </Card>
      <p className="mt-4">
        <ButtonLink tone="neutral" href="/admin/outbox/test-letter">
          Send a test letter …
        </ButtonLink>
      </p>
    </AdminShell>
  );
}
