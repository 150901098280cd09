/** The ticket for the bag, to be printed on A6 or on the label printer (`?size=label`). */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { jobTicket } from "@server/reports/ticket.server";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { PaperTicket, TICKET_SIZES, type TicketSize } from "~/components/print-ticket";
import { PrintTools } from "~/components/print-tools";
import { StaffShell } from "~/components/staff-shell";
import { orErrorPage } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(data && !error ? `Ticket ${data.ticket.job.short_id}` : errorTitle(error), matches),
  },
  NO_INDEX,
];

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { workstation_name, admin } = await requireWorkstation(request);
  const size: TicketSize = new URL(request.url).searchParams.get("size") === "label" ? "label" : "a6";
  return { session: { workstation_name, admin }, ticket: await orErrorPage(jobTicket(params.id)), size };
}

export default function TicketPage() {
  const { session, ticket, size } = useLoaderData<typeof loader>();
  const page = `/dashboard/jobs/${ticket.job.id}`;
  return (
    <StaffShell session={session} at="/dashboard">
      <PrintTools back={page} to={`Back to job ${ticket.job.short_id}`}>
        <nav aria-label="Size" className="segments">
          <ul>
            {(Object.keys(TICKET_SIZES) as TicketSize[]).map((one) => (
              <li key={one}>
                <a
                  href={one === "a6" ? `${page}/ticket` : `${page}/ticket?size=${one}`}
                  aria-current={one === size ? "true" : undefined}
                >
                  {TICKET_SIZES[one]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </PrintTools>
      <PaperTicket ticket={ticket} size={size} />
    </StaffShell>
  );
}
