/**
 * `npm run db:migrate`: brings the database of MIGRATION_DATABASE_URL or DATABASE_URL to the newest schema. With
 * SEED_EXAMPLE=true an empty one is filled with the example catalog.
 */
import { migrateToLatest } from "@server/migrate.server";
import { seedExample } from "@server/seed.server";
import { environment } from "./environment";

try {
  const env = environment();
  const appUrl = env.DATABASE_URL;
  const ownerUrl = env.MIGRATION_DATABASE_URL || appUrl;
  if (!ownerUrl)
    throw new Error("set DATABASE_URL. The built-in database is migrated by `npm start` itself.");
  const user = (url: string) => decodeURIComponent(new URL(url).username);
  const appRole = appUrl && user(appUrl) !== user(ownerUrl) ? user(appUrl) : undefined;
  const { applied } = await migrateToLatest({ ownerUrl, appRole });
  console.log(applied.length ? `Applied: ${applied.join(", ")}` : "The database is up to date.");
  if (env.SEED_EXAMPLE === "true" && (await seedExample(ownerUrl)).seeded)
    console.log("Filled with the example catalog and staff names.");
} catch (error) {
  const { code, message } = error as { code?: string; message?: string };
  console.error(`db:migrate: ${message || code}`);
  process.exit(1);
}
