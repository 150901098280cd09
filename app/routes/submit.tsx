/** The submission form. Express has streamed the file to staging before the action runs. */
import type { Submission, SubmissionResult } from "@conform-to/react";
import { parseWithZod } from "@conform-to/zod/v4";
import {
  data,
  redirect,
  type ActionFunctionArgs,
  type AppLoadContext,
  type HeadersFunction,
  type LoaderFunctionArgs,
} from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { currentCatalog } from "@server/catalog/catalog.server";
import { config } from "@server/config.server";
import { fits, noRoomText } from "@server/jobs/quota.server";
import { submitTexts } from "@server/jobs/consent.server";
import { GuardSchema, SubmitSchema, type SubmitInput } from "@server/jobs/schemas";
import { submitJob } from "@server/jobs/submit.server";
import { settings } from "@server/settings/settings.server";
import { formatTime } from "@server/time";
import { Alert } from "~/components/alert";
import { offerOf } from "~/components/offer";
import { markRefused, pageTitle, wasRefused } from "~/components/page-title";
import { StudentLayout } from "~/components/page-shell";
import { SubmitForm, type SubmitOutcome } from "~/components/submit-form";
import { IntroWarning, SubmitTextsContext } from "~/components/submit-intro";
import { NotOpen } from "~/components/submit-not-open";
import { formOf, orErrorPage, refusalHeaders, refused, type Refused } from "~/http/form.server";

export const meta: MetaFunction<typeof loader> = ({ data, matches }) => [
  {
    title: pageTitle(
      data?.open === false ? "Not open yet" : "Request a 3D print",
      matches,
      data?.open && data.failed,
    ),
  },
];

// A page with a form key is for one use: the browser's back button fetches a new one.
export const headers: HeadersFunction = ({ actionHeaders }) =>
  new Headers([["Cache-Control", "no-store"], ...actionHeaders]);

export async function loader({ context }: LoaderFunctionArgs) {
  const [catalog, lab] = await Promise.all([currentCatalog(), settings()]);
  const offer = offerOf(catalog.data);
  // Nothing can be chosen: before the lab is set up, and when everything is out of service.
  const open = offer.methods.length > 0;
  return data(
    {
      open,
      offer,
      disciplines: lab.disciplines,
      texts: submitTexts(lab),
      full: (await fits(lab, config().MIN_FILE_SIZE_BYTES)) ? null : noRoomText(lab),
      maxMb: config().MAX_FILE_SIZE_MB,
      formKey: crypto.randomUUID(),
      failed: wasRefused(context),
    },
    { status: open ? 200 : 503 },
  );
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { received, timing, ip } = context;
  const form = await orErrorPage(formOf(received ?? request));
  const submission = parseWithZod(form, { schema: SubmitSchema });
  let problem: Refused | null = null;
  if (received?.refusal) problem = refused(received.refusal);
  else if (!received?.file) problem = noFile();
  else if (submission.status === "success") {
    try {
      const { reference } = await submitJob(submission.value, received.file, {
        form_key: GuardSchema.shape.form_key.safeParse(form.get("form_key")).data,
        ip,
        timing,
      });
      return redirect(`/submit/success?job=${encodeURIComponent(reference)}`, {
        status: 303,
        headers: timingHeader(timing),
      });
    } catch (error) {
      problem = refused(error);
    }
  }
  markRefused(context);
  const seconds = problem?.details.retryAfterSeconds;
  const lab = await settings();
  const outcome: SubmitOutcome = {
    result: resultOf(submission, problem),
    title: TITLES[problem?.status ?? 400] ?? "There is a problem",
    note: seconds
      ? `You can try again at ${formatTime(new Date(Date.now() + seconds * 1000), lab.time_zone)}.`
      : undefined,
    // Once asked, the question stays on the page until the form is taken.
    asksAnotherCopy: problem?.reason === "another_copy" || form.has("another_copy"),
    consent: consentOf(lab),
    fitsNowhere: problem?.reason === "fits_nowhere" || form.has("acknowledged_fit"),
  };
  const headers = { ...(problem ? refusalHeaders(problem) : {}), ...timingHeader(timing) };
  return data(outcome, { status: problem?.status ?? 400, headers });
}

function consentOf(lab: Parameters<typeof submitTexts>[0]): SubmitOutcome["consent"] {
  const { consent, consent_version } = submitTexts(lab);
  return { consent, consent_version };
}

/** Where the seconds of an upload went; the browser's developer tools show it. */
function timingHeader(timing: AppLoadContext["timing"]): Record<string, string> {
  timing?.ended("rest");
  return timing ? { "Server-Timing": timing.toString() } : {};
}

const TITLES: Record<number, string> = {
  409: "We already have this file",
  429: "Too many requests for now",
  503: "We cannot take your file at the moment",
};

function noFile(): Refused {
  const message = "Choose the file with your model.";
  return { status: 400, message, fields: { file: [message] }, reason: "invalid", details: {} };
}

/** The errors at their fields; a refusal that is about no field, or about a size, finds its place too. */
function resultOf(submission: Submission<SubmitInput>, problem: Refused | null): SubmissionResult<string[]> {
  if (!problem) return submission.reply();
  const { status, message, fields, reason } = problem;
  if (Object.keys(fields).length) return submission.reply({ fieldErrors: fields });
  if (status === 413) return submission.reply({ fieldErrors: { file: [message] } });
  if (reason === "another_copy") return submission.reply({ fieldErrors: { another_copy: [message] } });
  // Nothing a field could mend (and perhaps nothing was read): only this counts.
  return { status: "error", error: { "": [message] }, initialValue: submission.reply().initialValue };
}

export default function Submit() {
  const { open, offer, disciplines, texts, full, maxMb, formKey } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>() as SubmitOutcome | undefined;
  if (!open) return <NotOpen />;
  return (
    <StudentLayout>
      <SubmitTextsContext.Provider value={texts}>
        <SubmitForm offer={offer} disciplines={disciplines} maxMb={maxMb} formKey={formKey} outcome={outcome}>
          <h1 className="mb-6 text-3xl">Request a 3D print</h1>
          {full && (
            <Alert tone="warning" title="The lab has no room for new files at the moment" className="mb-6">
              <p>{full}</p>
            </Alert>
          )}
          <IntroWarning />
        </SubmitForm>
      </SubmitTextsContext.Provider>
    </StudentLayout>
  );
}
