/** May this instance get requests? Only with its database and the storage. */
import { databaseAnswers, storageIsThere } from "@server/health/health.server";

export async function loader() {
  const [database, storage] = await Promise.all([databaseAnswers(), storageIsThere()]);
  const missing = [database ? "" : "the database", storage ? "" : "the storage"]
    .filter(Boolean)
    .join(" and ");
  return new Response(missing ? `not ready: ${missing} cannot be reached\n` : "ready\n", {
    status: missing ? 503 : 200,
    headers: { "Content-Type": "text/plain", "Cache-Control": "no-store" },
  });
}
