/** Where browsers report that a script failed; a page without scripts never needs it. */
import type { ActionFunctionArgs } from "@remix-run/node";
import { BrowserErrorSchema, REPORT_BYTES } from "@server/health/browser-error";
import { noteBrowserError } from "@server/health/note-browser-error.server";
import { refusalHeaders, refused } from "~/http/form.server";

const empty = (status: number, headers: HeadersInit = {}) =>
  new Response(null, { status, headers: { "Cache-Control": "no-store", ...headers } });

export async function action({ request, context }: ActionFunctionArgs) {
  if (request.method !== "POST") return empty(405, { Allow: "POST" });
  if (Number(request.headers.get("Content-Length") ?? 0) > REPORT_BYTES) return empty(413);
  if (!/^application\/json\b/i.test(request.headers.get("Content-Type") ?? "")) return empty(415);
  const report = BrowserErrorSchema.safeParse(await request.json().catch(() => null));
  if (!report.success) return empty(400);
  try {
    await noteBrowserError(report.data, context.ip);
    return empty(204);
  } catch (error) {
    const refusal = refused(error);
    return empty(refusal.status, refusalHeaders(refusal));
  }
}

/** Nothing to read here. */
export const loader = () => empty(404);
