/** A student's private view of one request: what happened, what comes next, what it costs. */
import {
  data,
  redirect,
  type ActionFunctionArgs,
  type HeadersFunction,
  type LoaderFunctionArgs,
} from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { formatGrams, formatHours } from "@server/jobs/pricing";
import { resendConfirmation } from "@server/jobs/resend-confirmation.server";
import { trackJob } from "@server/reports/track.server";
import { Alert, Flash } from "~/components/alert";
import { FactList } from "~/components/facts";
import { useLab } from "~/components/lab";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { ModelPicture, trackPicture } from "~/components/model-picture";
import { StudentLayout } from "~/components/page-shell";
import { PartFacts } from "~/components/part-facts";
import { ResendForm } from "~/components/resend-form";
import { StatusBadge } from "~/components/status-badge";
import { Swatch } from "~/components/swatch";
import { Ticket } from "~/components/ticket";
import { Money, Time } from "~/components/time";
import { Timeline } from "~/components/timeline";
import { flash, takeFlash } from "~/http/flash.server";
import { orErrorPage, refusalHeaders, refused } from "~/http/form.server";

export const handle = { static: true };

export const meta: MetaFunction<typeof loader> = ({ data, matches }) => [
  { title: pageTitle(data ? `Print ${data.job.short_id}` : "Print not found", matches) },
  NO_INDEX,
];

export async function loader({ params, request }: LoaderFunctionArgs) {
  const job = await orErrorPage(trackJob(params.reference!));
  const { message, headers } = await takeFlash(request);
  return data({ job, reference: params.reference!, message }, { headers });
}

export const headers: HeadersFunction = ({ actionHeaders, loaderHeaders }) =>
  new Headers([["Cache-Control", "no-store"], ...loaderHeaders, ...actionHeaders]);

export async function action({ params }: ActionFunctionArgs) {
  try {
    await resendConfirmation(params.reference!);
  } catch (error) {
    const refusal = refused(error);
    return data({ message: refusal.message }, { status: refusal.status, headers: refusalHeaders(refusal) });
  }
  const text = "A new confirmation email is on its way. Only the link in the newest email works.";
  return redirect(`/track/${encodeURIComponent(params.reference!)}`, {
    status: 303,
    headers: { "Set-Cookie": await flash({ tone: "success", text }) },
  });
}

export default function Track() {
  const { job, reference, message } = useLoaderData<typeof loader>();
  const failed = useActionData<typeof action>();
  const { payment_system } = useLab();
  return (
    <StudentLayout>
      {failed ? <Flash message={{ tone: "error", text: failed.message }} /> : <Flash message={message} />}
      <h1 className="mb-6 text-3xl">Your 3D print</h1>
      <Ticket shortId={job.short_id} badge={<StatusBadge status={job.status} />}>
        <h2 className="mb-1 text-lg">What you can do now</h2>
        <p>{job.next_step}</p>
        {job.status === "REJECTED" && (
          <p className="mt-2">
            <a href="/submit">Submit a model</a>
          </p>
        )}
        {job.reject_reasons.length > 0 && (
          <ul className="mt-2 list-disc pl-6">
            {job.reject_reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
      </Ticket>
      {job.status === "PENDING" && (
        <Alert title="No email, or the link has expired?" className="items-start">
          <ResendForm waitSeconds={job.resend_wait_seconds} available={job.can_resend} />
        </Alert>
      )}
      <section className="mb-10">
        <h2 className="mb-3 text-xl">
          {job.cost_cents !== null && !job.payment ? "Estimated price" : "Price"}
        </h2>
        {job.status !== "REJECTED" && (
          <p className="text-2xl font-bold">
            <Money cents={job.payment?.price_cents ?? job.cost_cents} none="Not set yet" />
          </p>
        )}
        <p className="text-soft">
          {job.payment ? (
            <>
              Paid on <Time at={job.payment.paid_ts} />
              {payment_system && ` with ${payment_system}`}.
            </>
          ) : job.status === "REJECTED" ? (
            "Nothing is charged."
          ) : job.cost_cents === null ? (
            "Staff work it out when they have looked at your model. You are asked before anything is printed."
          ) : job.status === "ARCHIVED" ? null : (
            `The final price is worked out from the weight when you collect the print. You pay then${payment_system ? `, with ${payment_system}` : ""}.`
          )}
        </p>
      </section>
      {(job.part || job.picture) && (
        <section className="mb-10">
          <h2 className="mb-3 text-xl">Your model</h2>
          <ModelPicture
            picture={job.picture}
            src={trackPicture(reference)}
            file={job.original_filename}
            edge={192}
            className="model-wide"
          />
          {job.part && <PartFacts part={job.part} />}
        </section>
      )}
      <section className="mb-10">
        <h2 className="mb-3 text-xl">Your request</h2>
        <FactList
          facts={[
            { label: "File", value: job.original_filename },
            { label: "Method", value: job.print_method },
            { label: "Material", value: job.material_name },
            { label: "Color", value: <Swatch hex={job.color_hex} name={job.color_name} /> },
            { label: "Printer", value: job.printer_name },
            { label: "Weight", value: job.weight_g && formatGrams(job.weight_g) },
            { label: "Print time", value: job.time_hours && `about ${formatHours(job.time_hours)}` },
            { label: "Submitted", value: <Time at={job.created_at} /> },
          ]}
        />
      </section>
      <section>
        <h2 className="mb-4 text-xl">What has happened so far</h2>
        <Timeline entries={job.timeline} />
      </section>
    </StudentLayout>
  );
}
