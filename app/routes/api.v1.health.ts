/** Public health: what is up, for monitoring tools. 503 when something the service needs is down. */
import { health } from "@server/health/health.server";

export async function loader() {
  const answer = await health();
  return Response.json(answer, {
    status: answer.status === "ok" ? 200 : 503,
    headers: { "Cache-Control": "no-store" },
  });
}
