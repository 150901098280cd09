/** A script tells that a file is being opened in the slicer; the link itself leads out of the browser. */
import type { ActionFunctionArgs } from "@remix-run/node";
import { noteFileAccess } from "@server/jobs/file-access.server";
import { formOf, orErrorPage } from "~/http/form.server";
import { requireWorkstation } from "~/http/session.server";

export async function action({ request, params }: ActionFunctionArgs) {
  const desk = await requireWorkstation(request);
  const form = await orErrorPage(formOf(request));
  await orErrorPage(
    noteFileAccess(desk, params.id!, {
      type: "FileOpened",
      file_name: String(form.get("file_name") ?? ""),
      staff_name: String(form.get("staff_name") ?? ""),
    }),
  );
  return new Response(null, { status: 204 });
}
