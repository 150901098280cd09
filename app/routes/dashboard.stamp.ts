/** What an open board asks every 45 seconds: has anything changed? 304 when not. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { boardStamp } from "@server/reports/board-stamp.server";
import { requireWorkstation } from "~/http/session.server";

export async function loader({ request }: LoaderFunctionArgs) {
  // Asked all day by every board: both questions at once. Nothing is said before the first is answered.
  const asked = boardStamp();
  asked.catch(() => undefined);
  await requireWorkstation(request);
  const { stamp, newest } = await asked;
  const headers = { ETag: `"${stamp}"`, "Cache-Control": "private, no-cache" };
  if (request.headers.get("If-None-Match") === headers.ETag)
    return new Response(null, { status: 304, headers });
  return Response.json({ stamp, newest }, { headers });
}
