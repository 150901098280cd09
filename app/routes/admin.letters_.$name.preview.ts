/** A letter about a made-up job, for the frame: as it is in force, or as it has just been typed. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { config } from "@server/config.server";
import { isLetterKind } from "@server/mail/kinds";
import { sampleLetter } from "@server/mail/sample";
import type { Wording } from "@server/mail/wording";
import { checkWording, wordingOf } from "@server/mail/wording.server";
import { settings } from "@server/settings/settings.server";
import { formOf, orErrorPage, refused, valuesOf } from "~/http/form.server";
import { letterPreview, previewProblem } from "~/http/letter-preview.server";
import { requireAdmin } from "~/http/session.server";

async function preview(name: string | undefined, typed?: Wording): Promise<Response> {
  if (!isLetterKind(name)) throw new Response("There is no such letter.", { status: 404 });
  const lab = await settings();
  try {
    const wording = typed ? checkWording(name, typed) : await wordingOf(name);
    const extras = { home: config().PUBLIC_URL, settings: lab, now: new Date() };
    return letterPreview(sampleLetter(name, wording, extras), lab);
  } catch (error) {
    const { status, fields } = refused(error);
    return previewProblem(Object.values(fields).flat(), status, lab);
  }
}

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireAdmin(request);
  return preview(params.name);
}

export async function action({ request, params }: ActionFunctionArgs) {
  await requireAdmin(request);
  const { subject, body } = valuesOf(await orErrorPage(formOf(request)));
  return preview(params.name, { subject: String(subject ?? ""), body: String(body ?? "") });
}
