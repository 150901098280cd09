/** May this instance get requests? Only with its database. */
import { databaseAnswers } from "@server/health/health.server";

export async function loader() {
  const ready = await databaseAnswers();
  return new Response(ready ? "ready\n" : "the database does not answer\n", {
    status: ready ? 200 : 503,
    headers: { "Content-Type": "text/plain", "Cache-Control": "no-store" },
  });
}
