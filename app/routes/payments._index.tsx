/** The ledger: what was paid, by whom, with what, and what it adds up to. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { readLedgerQuery } from "@server/payments/ledger";
import { dayIn } from "@server/time";
import { freeHandOvers, ledgerOffer, ledgerPage } from "@server/payments/ledger.server";
import { settings } from "@server/settings/settings.server";
import { errorTitle } from "~/components/error-page";
import { LedgerView } from "~/components/ledger";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StaffShell } from "~/components/staff-shell";
import { takeFlash } from "~/http/flash.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Payments", matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const { workstation_name, admin } = await requireWorkstation(request);
  const { time_zone } = await settings();
  const query = readLedgerQuery(new URL(request.url).searchParams, dayIn(new Date(), time_zone));
  const [ledger, free, offer] = await Promise.all([ledgerPage(query), freeHandOvers(query), ledgerOffer()]);
  const { message, headers } = await takeFlash(request);
  return data(
    {
      session: { workstation_name, admin },
      query: { ...query, page: ledger.page },
      ledger,
      free,
      offer,
      message,
    },
    { headers },
  );
}

export default function Payments() {
  const { session, query, ledger, free, offer, message } = useLoaderData<typeof loader>();
  return (
    <StaffShell session={session} at="/payments" message={message}>
      <LedgerView query={query} ledger={ledger} free={free} offer={offer} />
    </StaffShell>
  );
}
