/** An error on a staff page: in the staff's frame, with the way back to work. */
import { isRouteErrorResponse, useParams, useRouteError } from "@remix-run/react";
import { useContext } from "react";
import { ButtonLink } from "./button";
import { errorTitle, useReport } from "./error-page";
import { RequestContext } from "./lab";
import { StaffShell } from "./staff-shell";

/** What went wrong, in the words of the code that refused, when it had any. */
export function StaffErrorBoundary() {
  const error = useRouteError();
  const { id } = useParams();
  useReport(error);
  const response = isRouteErrorResponse(error) ? error : null;
  const { unavailable } = useContext(RequestContext);
  const status = unavailable ? 503 : (response?.status ?? 500);
  const said = status < 500 || status === 503 ? response?.data : undefined;
  const job = id && status !== 404 ? `/dashboard/jobs/${id}` : null;
  return (
    <StaffShell>
      <div className="mx-auto max-w-prose py-10">
        <p className="text-sm font-semibold text-faint">Error {status}</p>
        <h1 className="mb-3 mt-1 text-2xl">{errorTitle(error, status)}</h1>
        <p>
          {typeof said === "string" && said.includes(" ")
            ? said
            : status === 404
              ? "There is nothing at this address. The job may have been deleted."
              : "Nothing was changed. Try again in a minute; if it keeps happening, tell the person who looks after the server."}
        </p>
        <p className="mt-6 flex flex-wrap gap-3">
          {job && <ButtonLink href={job}>Back to the job</ButtonLink>}
          <ButtonLink href="/dashboard" tone={job ? "neutral" : "primary"}>
            To the dashboard
          </ButtonLink>
        </p>
      </div>
    </StaffShell>
  );
}
