/** What tests and benches do beside the running product: log in, and look into its database with the product's own code. */
import { readConfig, useConfig } from "@server/config.server";
import type { System } from "./system";

/** Logs the front desk in. @returns the cookie */
export async function logIn(app: System): Promise<string> {
  const answer = await fetch(`${app.url}/login`, {
    method: "POST",
    redirect: "manual",
    headers: { Origin: app.url },
    body: new URLSearchParams({ workstation_id: "front-desk", password: "front-desk-demo" }),
  });
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
}

/** From here on this process reads and writes where the product does. Whoever calls it closes the database at the end. */
export function useDatabaseOf(app: System, more: Record<string, string> = {}): void {
  useConfig(
    readConfig({
      APP_ENV: "test",
      DATABASE_URL: app.databaseUrl,
      SECRET_KEY: "this process opens no session and signs nothing",
      WORKSTATIONS: JSON.stringify([{ id: "beside", name: "Beside", password: "beside" }]),
      STORAGE_PATH: app.storage,
      LOG_LEVEL: "silent",
      ...more,
    }),
  );
}
