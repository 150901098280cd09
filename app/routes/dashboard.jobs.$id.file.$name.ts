/** One file of a job's folder, as a download: never shown by the browser, whatever is in it. Who fetched it is in the log. */
import { createReadableStreamFromReadable, type LoaderFunctionArgs } from "@remix-run/node";
import { openDownload } from "@server/files/download.server";
import { noteFileAccess } from "@server/jobs/file-access.server";
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
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename="${file.name.replace(/[^\x20-\x7e]|["\\%]/g, "_")}"; filename*=UTF-8''${encodeRfc5987(file.name)}`,
      "Content-Length": String(file.size_bytes),
      "Cache-Control": "private, no-store",
    },
  });
}

const encodeRfc5987 = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
