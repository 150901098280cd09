/** Pictures of models for staff, by content: what lies under a name never changes. */
import { createReadableStreamFromReadable, type LoaderFunctionArgs } from "@remix-run/node";
import { openPicture } from "@server/parts/picture.server";
import { orErrorPage } from "~/http/form.server";
import { requireWorkstation } from "~/http/session.server";

export async function loader({ request, params }: LoaderFunctionArgs) {
  await requireWorkstation(request);
  const [, sha256, width] = /^([0-9a-f]{64})-(\d{2,4})\.png$/.exec(params.name!) ?? [];
  if (!sha256) throw new Response("There is no such picture.", { status: 404 });
  const picture = await orErrorPage(openPicture(sha256, Number(width)));
  return new Response(createReadableStreamFromReadable(picture.stream), {
    headers: {
      "Content-Type": "image/png",
      "Content-Length": String(picture.size_bytes),
      "Cache-Control": "private, max-age=31536000, immutable",
    },
  });
}
