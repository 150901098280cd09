/** A confirm link that no longer works, and the way to a new one. */
import {
  data,
  redirect,
  type ActionFunctionArgs,
  type HeadersFunction,
  type LoaderFunctionArgs,
} from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { isOurReference, resendConfirmation, resendState } from "@server/jobs/resend-confirmation.server";
import { Flash } from "~/components/alert";
import { ButtonLink } from "~/components/button";
import { useLab } from "~/components/lab";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StudentLayout } from "~/components/page-shell";
import { ResendForm } from "~/components/resend-form";
import { flash, takeFlash } from "~/http/flash.server";
import { formOf, orErrorPage, refusalHeaders, refused } from "~/http/form.server";

export const meta: MetaFunction<typeof loader> = ({ matches }) => [
  { title: pageTitle("This link has expired", matches) },
  NO_INDEX,
];

export const headers: HeadersFunction = ({ actionHeaders, loaderHeaders }) =>
  new Headers([["Cache-Control", "no-store"], ...loaderHeaders, ...actionHeaders]);

export async function loader({ request }: LoaderFunctionArgs) {
  const reference = new URL(request.url).searchParams.get("job_id") ?? "";
  const state = reference ? await resendState(reference) : null;
  const known = reference !== "" && (await isOurReference(reference));
  const { message, headers } = await takeFlash(request);
  return data({ reference, known, state, message }, { headers });
}

export async function action({ request }: ActionFunctionArgs) {
  const asked =
    (await orErrorPage(formOf(request))).get("job_id") ?? new URL(request.url).searchParams.get("job_id");
  const reference = String(asked ?? "");
  try {
    await resendConfirmation(reference);
  } catch (error) {
    const refusal = refused(error);
    return data({ message: refusal.message }, { status: refusal.status, headers: refusalHeaders(refusal) });
  }
  const text = "A new confirmation email has been sent. If you cannot find it, look in your spam folder.";
  return redirect(`/confirm/expired?job_id=${encodeURIComponent(reference)}`, {
    status: 303,
    headers: { "Set-Cookie": await flash({ tone: "success", text }) },
  });
}

export default function ConfirmExpired() {
  const { reference, known, state, message } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  const { contact_email } = useLab();
  const track = `/track/${encodeURIComponent(reference)}`;
  return (
    <StudentLayout>
      <Flash message={failed ? { tone: "error", text: failed.message } : message} />
      <h1 className="mb-4 text-3xl">This confirmation link has expired or was already used</h1>
      <div className="mb-8 space-y-4">
        <p>
          For your safety each link works once and only for a limited time, and a newer email replaces the
          link in an older one.
        </p>
        {state ? (
          <p>
            Your print still waits for your answer. Ask for a new email here, then open the link in it and
            confirm the price. Nothing is printed until you do.
          </p>
        ) : (
          <p>
            If you have already confirmed your print, you need not do anything: we write to you when it is
            ready. Otherwise open the newest email from us and use the link in it.
          </p>
        )}
      </div>
      {state && (
        <div className="mb-8">
          <ResendForm reference={reference} waitSeconds={state.wait_seconds} available={state.can_resend} />
        </div>
      )}
      <p className="flex flex-wrap gap-4">
        {known && (
          <ButtonLink href={track} tone="neutral">
            See the status of your print
          </ButtonLink>
        )}
      </p>
      <p className="mt-6 text-base text-soft">
        Still stuck? Come to the lab, or write to{" "}
        {contact_email ? <a href={`mailto:${contact_email}`}>{contact_email}</a> : "us"} with the number of
        your print.
      </p>
    </StudentLayout>
  );
}
