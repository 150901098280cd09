/** `npm run db:migrate`: brings the database of MIGRATION_DATABASE_URL or DATABASE_URL to the newest schema. */
import { migrateToLatest } from "@server/migrate.server";
import { environment } from "./environment";

const env = environment();
const appUrl = env.DATABASE_URL;
const ownerUrl = env.MIGRATION_DATABASE_URL || appUrl;
if (!ownerUrl) {
  console.error("db:migrate: set DATABASE_URL. The built-in database is migrated by `npm start` itself.");
  process.exit(1);
}
try {
  const user = (url: string) => decodeURIComponent(new URL(url).username);
  const appRole = appUrl && user(appUrl) !== user(ownerUrl) ? user(appUrl) : undefined;
  const { applied } = await migrateToLatest({ ownerUrl, appRole });
  console.log(applied.length ? `Applied: ${applied.join(", ")}` : "The database is up to date.");
} catch (error) {
  const { code, message } = error as { code?: string; message?: string };
  console.error(`db:migrate: ${message || code}`);
  process.exit(1);
}
