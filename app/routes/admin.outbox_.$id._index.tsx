/** One effect: what it is, what became of it, what can be done with it, and how its letter looks. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { AttributedSchema, ReasonSchema } from "@server/jobs/schemas";
import { showLetter } from "@server/reports/show-letter.server";
import { cancelEffect, retryEffect } from "@server/outbox/steer.server";
import { outboxItem } from "@server/reports/outbox-list.server";
import { settings } from "@server/settings/settings.server";
import { AdminShell } from "~/components/admin-shell";
import { errorTitle } from "~/components/error-page";
import { EffectFacts, EffectForms, EffectLetter } from "~/components/outbox-item";
import { effectName } from "~/components/outbox";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { doneAt, openAdminPage, refusedAnswer } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { letterText } from "~/http/letter-preview.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(data && !error ? effectName(data.item) : errorTitle(error), matches, data?.page.failed) },
  NO_INDEX,
]; // prettier-ignore

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const item = await orErrorPage(outboxItem(params.id!));
  const shown = await showLetter(item.id);
  const letter = shown && {
    to: shown.to,
    would_be_sent: shown.would_be_sent,
    subject: shown.letter.subject,
    text: letterText(shown.letter, await settings()),
  };
  return data({ page, item, letter, now: new Date().toISOString() }, { headers });
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const { intent, ...typed } = valuesOf(await orErrorPage(formOf(request)));
  const to = `/admin/outbox/${params.id}`;
  const outbox_id = params.id!;
  try {
    if (intent === "retry") {
      await retryEffect(desk, { ...parseForm(AttributedSchema, typed), outbox_id });
      return await doneAt(to, "It is tried again now.");
    }
    if (intent !== "cancel") throw new Response("Open the page again: what was to be done is missing.", { status: 400 }); // prettier-ignore
    await cancelEffect(desk, { ...parseForm(ReasonSchema, typed), outbox_id });
    return await doneAt(to, "It is cancelled and will not happen.");
  } catch (error) {
    return refusedAnswer(error, context, typed, () => ({ intent: String(intent) }));
  }
}

export default function OutboxItemRoute() {
  const { page, item, letter, now } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  return (
    <AdminShell
      session={page.session}
      at="/admin/outbox"
      title={effectName(item)}
      message={refused ? null : page.message}
    >
      <p className="mb-2">
        <a className="inline-flex min-h-11 items-center" href="/admin/outbox">
          Back to the outbox
        </a>
      </p>
      <EffectFacts item={item} now={now} refused={refused !== undefined} />
      <EffectForms item={item} staff={page.staff} refused={refused} now={now} />
      {item.kind === "mail" && <EffectLetter item={item} letter={letter} />}
    </AdminShell>
  );
}
