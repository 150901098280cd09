/** The request is in. A look only: the reference in the address opens it. */
import { redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { trackJob } from "@server/reports/track.server";
import { Alert } from "~/components/alert";
import { ButtonLink } from "~/components/button";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StudentLayout } from "~/components/page-shell";
import { PartFacts } from "~/components/part-facts";
import { Ticket } from "~/components/ticket";
import { orErrorPage } from "~/http/form.server";

export const handle = { static: true };

export const meta: MetaFunction<typeof loader> = ({ matches }) => [
  { title: pageTitle("Request sent", matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const reference = new URL(request.url).searchParams.get("job");
  if (!reference) return redirect("/submit");
  const job = await orErrorPage(trackJob(reference));
  return { reference, shortId: job.short_id, file: job.original_filename, part: job.part };
}

export default function SubmitSuccess() {
  const { reference, shortId, file, part } = useLoaderData<typeof loader>();
  const status = `/track/${encodeURIComponent(reference)}`;
  return (
    <StudentLayout>
      <h1 className="mb-6 text-3xl">Your print request is in</h1>
      <Ticket shortId={shortId}>
        <p className="font-semibold wrap-anywhere">{file}</p>
        <p>Keep this number: it is on everything about this print.</p>
      </Ticket>
      {part && (
        <section className="mb-10">
          <h2 className="mb-3 text-xl">What your file says</h2>
          <PartFacts part={part} />
        </section>
      )}
      <h2 className="mb-4 text-xl">What happens next</h2>
      <p className="mb-6">
        Your submission is now with staff for review. You will receive an email if it&apos;s rejected or
        approved, asking for your final confirmation before printing.
      </p>
      <ol className="steps mb-4">
        <li>Staff check whether your model can be printed and work out its price.</li>
        <li>You get an email with the price. Nothing is printed until you confirm it there.</li>
        <li>We print it and write to you when it is ready to be picked up and paid for.</li>
      </ol>
      <Alert title="Check your email now">
        We have sent you a receipt. If it is not there in a few minutes, look in your spam or junk folder: our
        next email will go the same way, and your print waits for your answer.
      </Alert>
      <p className="flex flex-wrap gap-4">
        <ButtonLink href={status} wide>
          See the status of your print
        </ButtonLink>
        <ButtonLink href="/submit" tone="quiet">
          Submit another model
        </ButtonLink>
      </p>
      <p className="mt-4 text-base text-soft">
        The status page is private: anybody who has its address can see it, so keep it to yourself.
      </p>
    </StudentLayout>
  );
}
