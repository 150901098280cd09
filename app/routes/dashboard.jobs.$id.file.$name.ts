/** One file of a job's folder, as a download: never shown by the browser, whatever is in it. */
import { createReadableStreamFromReadable, type LoaderFunctionArgs } from "@remix-run/node";
import { openDownload } from "@server/files/download.server";
import { jobToDecide } from "@server/jobs/decision.server";
import { orErrorPage } from "~/http/form.server";
import { requireWorkstation } from "~/http/session.server";

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireWorkstation(request);
  const job = await orErrorPage(jobToDecide(params.id!, "notes"));
  const folder = job.file_path.slice(0, job.file_path.lastIndexOf("/"));
  const file = await orErrorPage(openDownload(folder, params.name!));
  return new Response(createReadableStreamFromReadable(file.stream), {
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename="${file.name.replace(/[^\x20-\x7e]|["\\%]/g, "_")}"; filename*=UTF-8''${encodeRfc5987(file.name)}`,
      "Content-Length": String(file.size_bytes),
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "private, no-store",
    },
  });
}

const encodeRfc5987 = (name: string) =>
  encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
