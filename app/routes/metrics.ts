/** Prometheus' figures, for whoever has METRICS_TOKEN; without one set up there is no such page. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { prometheus } from "@server/health/prometheus.server";
import { refused } from "~/http/form.server";

export async function loader({ request }: LoaderFunctionArgs) {
  try {
    const { type, text } = await prometheus(request.headers.get("Authorization"));
    return new Response(text, { headers: { "Content-Type": type, "Cache-Control": "no-store" } });
  } catch (error) {
    const { status, message } = refused(error);
    return new Response(`${message}\n`, {
      status,
      headers: { "Content-Type": "text/plain", ...(status === 401 && { "WWW-Authenticate": "Bearer" }) },
    });
  }
}
