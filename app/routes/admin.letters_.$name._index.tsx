/** One letter's wording: change it, see how it will look, go back to the default, read who changed it before. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { config } from "@server/config.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { isLetterKind, LETTER_KINDS, type LetterKindName } from "@server/mail/kinds";
import { sampleLetter } from "@server/mail/sample";
import { saveWording, wordingHistory, wordingOf } from "@server/mail/wording.server";
import { settings } from "@server/settings/settings.server";
import { AdminShell } from "~/components/admin-shell";
import { errorTitle } from "~/components/error-page";
import { LetterEditor, LetterVersions } from "~/components/letter-editor";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { doneAt, openAdminPage, refusedAnswer } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { letterText } from "~/http/letter-preview.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  {
    title: pageTitle(
      data && !error ? `Letter: ${LETTER_KINDS[data.name].title}` : errorTitle(error),
      matches,
      data?.page.failed,
    ),
  },
  NO_INDEX,
];

function nameOf(name: string | undefined): LetterKindName {
  if (!isLetterKind(name)) throw new Response("There is no such letter.", { status: 404 });
  return name;
}

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const name = nameOf(params.name);
  const [wording, versions, lab] = await Promise.all([wordingOf(name), wordingHistory(name), settings()]);
  const letter = sampleLetter(name, wording, { home: config().PUBLIC_URL, settings: lab, now: new Date() });
  return data({ page, name, wording, versions, text: letterText(letter, lab) }, { headers });
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const name = nameOf(params.name);
  const typed = valuesOf(await orErrorPage(formOf(request)));
  const said = (field: string) => (typeof typed[field] === "string" ? typed[field] : "");
  try {
    const changed = await saveWording(desk, {
      ...parseForm(AttributedSchema, typed),
      letter: name,
      version: Number(said("version")),
      wording: said("use_default") === "yes" ? null : { subject: said("subject"), body: said("body") },
    });
    const { title } = LETTER_KINDS[name];
    return changed
      ? await doneAt(`/admin/letters/${name}`, `“${title}” has its new wording now.`)
      : await doneAt(`/admin/letters/${name}`, "There was nothing to change.", "info");
  } catch (error) {
    return refusedAnswer(error, context, typed, ({ reason, details }) => ({
      version: reason === "stale" ? Number(details.version) : null,
    }));
  }
}

export default function LetterPage() {
  const { page, name, wording, versions, text } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const { title, when } = LETTER_KINDS[name];
  return (
    <AdminShell
      session={page.session}
      at="/admin/letters"
      title={`Letter: ${title}`}
      message={refused ? null : page.message}
    >
      <p className="mb-2">
        <a className="inline-flex min-h-11 items-center" href="/admin/letters">
          Back to the letters
        </a>
      </p>
      <p className="mb-4 text-soft">{when}</p>
      <LetterEditor name={name} wording={wording} staff={page.staff} refused={refused} text={text} />
      <LetterVersions versions={versions} />
    </AdminShell>
  );
}
