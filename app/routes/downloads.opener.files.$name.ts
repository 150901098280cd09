/** The slicer opener's ZIP for one system. */
import { createReadableStreamFromReadable, type LoaderFunctionArgs } from "@remix-run/node";
import { openOpenerZip } from "@server/opener/builds.server";
import { orErrorPage } from "~/http/form.server";
import { requireWorkstation } from "~/http/session.server";

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireWorkstation(request);
  const { name, size_bytes, stream } = await orErrorPage(openOpenerZip(params.name!));
  return new Response(createReadableStreamFromReadable(stream), {
    headers: {
      "Content-Type": "application/zip",
      "Content-Disposition": `attachment; filename="${name}"`,
      "Content-Length": String(size_bytes),
      "Cache-Control": "private, no-store",
    },
  });
}
