/** The lab's logo, for everybody. It is named by its content, which never changes. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { findLogo } from "@server/settings/logo.server";
import { orErrorPage } from "~/http/form.server";

export async function loader({ params }: LoaderFunctionArgs) {
  const { content_type, bytes } = await orErrorPage(findLogo(params.sha!));
  return new Response(Buffer.from(bytes), {
    headers: {
      "Content-Type": content_type,
      "Content-Length": String(bytes.length),
      "Cache-Control": "public, max-age=31536000, immutable",
    },
  });
}
