/** The generated past (scripts/past.ts) for a lab of a test, or a running system. */
import pg from "pg";
import { type PastOptions, writePast } from "../../scripts/past";

/** @param ownerUrl the role that owns the tables: only it can write a log of the past */
export async function addPast(ownerUrl: string, options: PastOptions) {
  const client = new pg.Client({ connectionString: ownerUrl, options: "-c jit=off" });
  await client.connect();
  try {
    const made = await writePast((sql, values) => client.query(sql, values as never), options);
    await client.query("ANALYZE");
    return made;
  } finally {
    await client.end();
  }
}
