/** The letter of an effect, for the frame: as it would be written now, without the link that is the student's alone. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { showLetter } from "@server/reports/show-letter.server";
import { settings } from "@server/settings/settings.server";
import { letterPreview } from "~/http/letter-preview.server";
import { requireAdmin } from "~/http/session.server";

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireAdmin(request);
  const shown = await showLetter(params.id!);
  if (!shown) throw new Response("There is no such letter any more.", { status: 404 });
  return letterPreview(shown.letter, await settings());
}
