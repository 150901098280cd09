/** The link in the approval mail. Opening it changes nothing, because mail scanners open links; a button posts. */
import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { Refusal } from "@server/errors";
import { confirmJob, openConfirmation } from "@server/jobs/confirm.server";
import { declineJob } from "@server/jobs/decline.server";
import { formatCents, formatGrams, formatHours } from "@server/jobs/pricing";
import { trackJob } from "@server/reports/track.server";
import { Button } from "~/components/button";
import { FactList } from "~/components/facts";
import { useLab } from "~/components/lab";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StudentLayout } from "~/components/page-shell";
import { Ticket } from "~/components/ticket";
import { Time } from "~/components/time";
import { flash } from "~/http/flash.server";
import { formOf, orErrorPage } from "~/http/form.server";

export const handle = { static: true };

export const meta: MetaFunction<typeof loader> = ({ matches }) => [
  { title: pageTitle("Confirm your print", matches) },
  NO_INDEX,
];

/** Where a link leads that can no longer be used; an unknown one looks like an expired one. */
function deadLink(error: unknown): string {
  if (!(error instanceof Refusal) || (error.code !== "gone" && error.code !== "not_found")) throw error;
  const { reference } = error.details;
  return typeof reference === "string"
    ? `/confirm/expired?job_id=${encodeURIComponent(reference)}`
    : "/confirm/expired";
}

export async function loader({ params }: LoaderFunctionArgs) {
  try {
    return await openConfirmation(params.token!);
  } catch (error) {
    throw redirect(deadLink(error));
  }
}

export async function action({ params, request }: ActionFunctionArgs) {
  const intent = (await orErrorPage(formOf(request))).get("intent");
  if (intent !== "confirm" && intent !== "decline") throw new Response(null, { status: 400 });
  try {
    const { reference } = await (intent === "confirm" ? confirmJob : declineJob)(params.token!);
    const text =
      intent === "confirm"
        ? "Thank you. Your print is confirmed and waits for its turn."
        : "You have declined. Nothing will be printed and nothing is charged.";
    return redirect(`/track/${encodeURIComponent(reference)}`, {
      status: 303,
      headers: { "Set-Cookie": await flash({ tone: "success", text }) },
    });
  } catch (error) {
    // Pressed twice: the first press counted, and the status page says what it did.
    if (
      error instanceof Refusal &&
      error.details.reason === "used" &&
      typeof error.details.reference === "string"
    )
      return firstAnswerCounted(error.details.reference, intent);
    return redirect(deadLink(error), 303);
  }
}

/** To the status page; in words when the answer that counted was another one. */
async function firstAnswerCounted(reference: string, intent: "confirm" | "decline") {
  const { status } = await orErrorPage(trackJob(reference));
  const declined = status === "REJECTED";
  const other = declined === (intent === "confirm");
  const text = declined
    ? "This link was used before, to decline: nothing is printed. Come to the lab if that was a mistake."
    : "This link was used before, to confirm: your print is on its way. Come to the lab if that was a mistake.";
  return redirect(`/track/${encodeURIComponent(reference)}`, {
    status: 303,
    headers: other ? { "Set-Cookie": await flash({ tone: "warning", text }) } : {},
  });
}

export default function Confirm() {
  const job = useLoaderData<typeof loader>();
  const { payment_system } = useLab();
  const price = formatCents(job.cost_cents);
  return (
    <StudentLayout>
      <h1 className="mb-4 text-3xl">Shall we print this for about {price}?</h1>
      <p className="mb-6">
        We have checked your model and it can be printed. Look at the details and tell us. We start only after
        you confirm.
      </p>
      <Ticket shortId={job.short_id}>
        <p className="text-soft">Estimated price</p>
        <p className="money text-3xl font-bold">{price}</p>
        <p className="mt-1">
          The final price is worked out from the weight when you collect the print. You pay then
          {payment_system && `, with ${payment_system}`}.
        </p>
      </Ticket>
      <FactList
        facts={[
          { label: "File", value: job.original_filename },
          { label: "Printer", value: job.printer_name },
          { label: "Method", value: job.print_method },
          { label: "Material", value: job.material_name },
          { label: "Color", value: job.color_name },
          { label: "Weight", value: formatGrams(job.weight_g) },
          { label: "Print time", value: `about ${formatHours(job.time_hours)}` },
        ]}
      />
      <form method="post" className="mt-8 flex flex-wrap gap-4">
        <Button name="intent" value="confirm" wide>
          Confirm and print
        </Button>
        <Button name="intent" value="decline" tone="neutral" wide>
          No thanks
        </Button>
      </form>
      <p className="mt-6 text-base text-soft">
        &ldquo;No thanks&rdquo; ends the request: nothing is printed and nothing is charged. This link works
        until <Time at={job.expires_at} />.
      </p>
    </StudentLayout>
  );
}
