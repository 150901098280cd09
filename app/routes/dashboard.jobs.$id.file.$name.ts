/** One file of a job's folder, as a download: never shown by the browser, whatever is in it. Who fetched it is in the log. */
import { createReadableStreamFromReadable, type LoaderFunctionArgs } from "@remix-run/node";
import { openDownload } from "@server/files/download.server";
import { noteFileAccess } from "@server/jobs/file-access.server";
import { attachment } from "~/http/attachment";
import { orErrorPage } from "~/http/form.server";
import { requireWorkstation } from "~/http/session.server";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const desk = await requireWorkstation(request);
  const path = await orErrorPage(
    noteFileAccess(desk, params.id!, {
      type: "FileDownloaded",
      file_name: params.name!,
      staff_name: new URL(request.url).searchParams.get("staff_name") ?? "",
    }),
  );
  const file = await orErrorPage(openDownload(path.slice(0, path.lastIndexOf("/")), params.name!));
  return new Response(createReadableStreamFromReadable(file.stream), {
    headers: attachment(file.name, file.size_bytes),
  });
}
