/** The picture of a student's own model, behind the private reference. */
import { createReadableStreamFromReadable, type LoaderFunctionArgs } from "@remix-run/node";
import { openPicture } from "@server/parts/picture.server";
import { trackPicture } from "@server/reports/track.server";
import { orErrorPage } from "~/http/form.server";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const sha256 = await orErrorPage(trackPicture(params.reference!));
  const width = /^\d{2,4}$/.test(params.width!) ? Number(params.width) : 0;
  // Another picture of the job (the sliced file's) may take its place, so the browser asks again.
  const etag = `"${sha256.slice(0, 32)}-${width}"`;
  const headers = { ETag: etag, "Cache-Control": "private, max-age=60" };
  if (request.headers.get("If-None-Match") === etag) return new Response(null, { status: 304, headers });
  const picture = await orErrorPage(openPicture(sha256, width));
  return new Response(createReadableStreamFromReadable(picture.stream), {
    headers: {
      ...headers,
      "Content-Type": "image/png",
      "Content-Length": String(picture.size_bytes),
    },
  });
}
