/** Fills an empty database with the example lab: a catalog and three staff names. */
import knexFactory from "knex";
import { knexOptions } from "../knexfile";
import { EXAMPLE_CATALOG } from "./catalog/example";

export const EXAMPLE_STAFF = ["Jane Doe", "Sam Rivera", "Alex Kim"];

/**
 * Seeds once: does nothing when a catalog or a name exists already.
 * @param ownerUrl connection URL
 */
export async function seedExample(ownerUrl: string): Promise<{ seeded: boolean }> {
  const knex = knexFactory(knexOptions(ownerUrl, 1));
  try {
    return await knex.transaction(async (trx) => {
      await trx.raw("LOCK TABLE catalog_versions, staff IN EXCLUSIVE MODE");
      const [{ filled }] = (
        await trx.raw("SELECT EXISTS (SELECT FROM catalog_versions) OR EXISTS (SELECT FROM staff) AS filled")
      ).rows;
      if (filled) return { seeded: false };
      await trx("catalog_versions").insert({
        version: 1,
        data: JSON.stringify(EXAMPLE_CATALOG),
        updated_by: "system",
      });
      await trx("staff").insert(EXAMPLE_STAFF.map((name) => ({ name })));
      await trx("events").insert({
        event_type: "CatalogUpdated",
        triggered_by: "system",
        workstation_id: "worker",
        details: JSON.stringify({ version: 1, example: true }),
      });
      return { seeded: true };
    });
  } finally {
    await knex.destroy();
  }
}
