import type { Knex } from "knex";

const keep = (removal: string) => `
  CREATE OR REPLACE FUNCTION receipts_keep() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'receipts are never erased'; END IF;
    ${removal}
    IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
       OR (to_jsonb(NEW) - 'released_at') IS DISTINCT FROM (to_jsonb(OLD) - 'released_at')
       OR EXISTS (SELECT FROM payments WHERE receipt_id = OLD.id AND voided_at IS NULL) THEN
      RAISE EXCEPTION 'a receipt changes only by being released with its last payment';
    END IF;
    RETURN NEW;
  END $$;`;

/** When every job on a receipt is pruned, the receipt forgets who collected them, as its payments do. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    keep(`
    IF NEW.picked_up_by = 'Removed' AND (to_jsonb(NEW) - 'picked_up_by') = (to_jsonb(OLD) - 'picked_up_by')
       AND NOT EXISTS (SELECT FROM payments p JOIN jobs j ON j.id = p.job_id
                       WHERE p.receipt_id = OLD.id AND j.pruned_at IS NULL) THEN
      RETURN NEW;
    END IF;`),
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(keep(""));
}
