/** Everything that follows from what people do: what is waiting, what is done, what has failed and why. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { OUTBOX_STATE_NAMES } from "@server/outbox/states";
import { outboxList } from "@server/reports/outbox-list.server";
import { AdminShell } from "~/components/admin-shell";
import { ButtonLink } from "~/components/button";
import { Card, EmptyState } from "~/components/card";
import { errorTitle } from "~/components/error-page";
import { OutboxFilters, outboxHref, OutboxTable, type OutboxPlace } from "~/components/outbox";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { PageLinks } from "~/components/retention";
import { openAdminPage } from "~/http/admin-page.server";
import { noStore } from "~/http/job-action.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Outbox", matches) },
  NO_INDEX,
];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const asked = new URL(request.url).searchParams;
  const number = Number(asked.get("page"));
  const place: OutboxPlace = {
    state: OUTBOX_STATE_NAMES.find((state) => state === asked.get("state")) ?? null,
    // PostgreSQL takes no NUL in text.
    kind: asked.get("kind")?.replaceAll("\0", "").slice(0, 50) || null,
    page: Number.isSafeInteger(number) ? number : 1,
  };
  return data({ page, place, list: await outboxList(place) }, { headers });
}

export default function Outbox() {
  const { page, place, list } = useLoaderData<typeof loader>();
  return (
    <AdminShell session={page.session} at="/admin/outbox" title="Outbox" message={page.message}>
      <p className="mb-4 max-w-prose text-soft">
        What must still happen after somebody has done something: letters, pictures, audits. The worker does
        it, tries again when it cannot, and gives up after two days.
      </p>
      <OutboxFilters list={list} place={place} />
      <Card>
        {list.items.length === 0 ? (
          <EmptyState title="Nothing here">No effect is like what you asked for.</EmptyState>
        ) : (
          <OutboxTable items={list.items} />
        )}
        <PageLinks
          page={list.page}
          pages={list.pages}
          href={(to) => outboxHref({ ...place, page: to })}
        />
      </Card>
      <p className="mt-4">
        <ButtonLink tone="neutral" href="/admin/outbox/test-letter">
          Send a test letter …
        </ButtonLink>
      </p>
    </AdminShell>
  ); // prettier-ignore
}
