/** Opens a file in the workstation's slicer without a script: writes it down and leads on to the `print3d:` link. */
import { redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { noteFileAccess } from "@server/jobs/file-access.server";
import { pathOnWorkstation, slicerLink } from "~/components/staff-slicer-path";
import { orErrorPage } from "~/http/form.server";
import { requireWorkstation } from "~/http/session.server";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const desk = await requireWorkstation(request);
  // A link on somebody else's page must not start programs here, nor write in the log.
  if (["cross-site", "same-site"].includes(request.headers.get("Sec-Fetch-Site") ?? ""))
    throw new Response("Open the file from the job's page.", { status: 403 });
  if (!desk.storage_path)
    throw new Response(
      "Nobody has set up where this workstation finds the storage, so files cannot be opened in the slicer from here. Download the file instead.",
      { status: 403 },
    );
  const path = await orErrorPage(
    noteFileAccess(desk, params.id!, { type: "FileOpened", file_name: params.name! }),
  );
  return redirect(slicerLink(pathOnWorkstation(desk.storage_path, path)), {
    headers: { "Cache-Control": "no-store" },
  });
}
