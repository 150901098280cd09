import { isRouteErrorResponse } from "@remix-run/react";
import { useContext, useEffect } from "react";
import { ButtonLink } from "./button";
import { RequestContext, useLab } from "./lab";
import { StudentLayout } from "./page-shell";
import { reportError } from "./report-error";

/** What happened, and what to do about it. */
const TEXT: Record<number, [title: string, advice: string]> = {
  400: ["That request cannot be used", "Go back, check what you entered and try again."],
  401: ["Please log in", "This page is for lab staff. Log in at one of the lab's workstations."],
  403: [
    "You cannot do that here",
    "The page is for somebody else, or it was opened from another site. Open it from the lab's own pages and try again.",
  ],
  404: [
    "Page not found",
    "The address may be mistyped, or the link may be cut off. If it came in an email, copy the whole link into the address bar.",
  ],
  405: ["That cannot be done here", "The page only shows something. Go back and use the button again."],
  409: ["Somebody was faster", "This has changed in the meantime. Reload the page to see how it stands now."],
  410: ["This link no longer works", "It has expired or was already used. Ask the lab for a new one."],
  413: ["The file is too large", "Make the model smaller or simplify it, then submit it again."],
  429: [
    "Too many requests",
    "There were many requests from here in a short time. Wait a while, then try again.",
  ],
  500: ["Something went wrong on our side", "It is not your fault. Try again in a minute."],
  503: [
    "The print desk is taking a short break",
    "It cannot take requests just now. Try again in a few minutes.",
  ],
};

/** The sentence that the code which refused wrote for people, when it wrote one. */
function messageOf(data: unknown): string | undefined {
  const text = typeof data === "string" ? data : (data as { message?: unknown } | null)?.message;
  return typeof text === "string" && text.length < 300 && /\s/.test(text) && !/^Error: /.test(text)
    ? text
    : undefined;
}

const textFor = (status: number) => TEXT[status] ?? (status < 500 ? TEXT[400]! : TEXT[500]!);
const statusOf = (error: unknown) => (isRouteErrorResponse(error) ? error.status : 500);

/** "Page not found", for the title bar. */
export const errorTitle = (error: unknown, status = statusOf(error)) => textFor(status)[0];

/** Any error as a page with the lab's frame. */
export function ErrorPage({ error }: { error: unknown }) {
  const lab = useLab();
  const { requestId, unavailable } = useContext(RequestContext);
  useReport(error);
  const response = isRouteErrorResponse(error) ? error : null;
  const status = unavailable ? 503 : statusOf(error);
  const [title, advice] = textFor(status);
  return (
    <StudentLayout>
      <p className="text-sm font-semibold text-faint">Error {status}</p>
      <h1 className="mb-4 mt-1 text-3xl">{title}</h1>
      <p>{(status < 500 || status === 503 ? messageOf(response?.data) : undefined) ?? advice}</p>
      {status >= 500 && (
        <p className="mt-4">
          If it keeps happening, tell the lab
          {lab.contact_email && (
            <>
              {" "}
              (<a href={`mailto:${lab.contact_email}`}>{lab.contact_email}</a>)
            </>
          )}
          .{" "}
          {requestId && (
            <>
              They can look it up with this code: <span className="short-id font-semibold">{requestId}</span>
            </>
          )}
        </p>
      )}
      <p className="mt-8">
        <ButtonLink href="/" tone={status === 404 ? "primary" : "neutral"}>
          Go to the front page
        </ButtonLink>
      </p>
    </StudentLayout>
  );
}

/** An error of ours reaches the server's log; a refusal is an answer and stands there already. */
export function useReport(error: unknown) {
  useEffect(() => {
    if (!isRouteErrorResponse(error)) reportError(error, "page");
  }, [error]);
}
