import type { Knex } from "knex";

/** One receipt for everything taken in one visit; estimates, reasons and corrections beside each payment. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE SEQUENCE receipt_number START 1001;

    -- One transaction of a payment system. It is released when its last payment is voided: the number is free then.
    CREATE TABLE receipts (
      id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      number         integer NOT NULL UNIQUE DEFAULT nextval('receipt_number'),
      payment_system text NOT NULL CHECK (char_length(payment_system) BETWEEN 1 AND 40),
      txn_no         text NOT NULL CHECK (char_length(txn_no) BETWEEN 1 AND 50),
      picked_up_by   text NOT NULL CHECK (char_length(picked_up_by) BETWEEN 1 AND 100),
      issued_at      timestamptz NOT NULL DEFAULT now(),
      issued_by      text NOT NULL,
      workstation_id text NOT NULL,
      released_at    timestamptz,
      UNIQUE (id, payment_system, txn_no)
    );

    ALTER TABLE payments
      ADD COLUMN receipt_id uuid,
      ADD COLUMN estimated_cents integer CHECK (estimated_cents >= 0),
      ADD COLUMN deviation_reason text CHECK (char_length(deviation_reason) BETWEEN 1 AND 500),
      ADD COLUMN corrects uuid UNIQUE REFERENCES payments (id) CHECK (corrects <> id);

    -- What was paid before there were receipts gets one each, with the id of its payment.
    INSERT INTO receipts (id, payment_system, txn_no, picked_up_by, issued_at, issued_by, workstation_id, released_at)
      SELECT id, payment_system, txn_no, picked_up_by, paid_ts, paid_by_staff, workstation_id, voided_at
      FROM payments ORDER BY paid_ts, id;
    ALTER TABLE payments DISABLE TRIGGER payments_keep;
    UPDATE payments SET receipt_id = id;
    ALTER TABLE payments ENABLE TRIGGER payments_keep;

    ALTER TABLE payments ALTER COLUMN receipt_id SET NOT NULL,
      ADD CONSTRAINT payments_receipt FOREIGN KEY (receipt_id, payment_system, txn_no)
        REFERENCES receipts (id, payment_system, txn_no);
    DROP INDEX payments_txn_once;
    CREATE UNIQUE INDEX payments_txn_once ON receipts (lower(payment_system), lower(txn_no)) WHERE released_at IS NULL;
    CREATE INDEX payments_of_receipt ON payments (receipt_id);
    DROP INDEX payments_paid;
    CREATE INDEX payments_paid ON payments (paid_ts, id) INCLUDE (price_cents, payment_system, voided_at);
    CREATE INDEX payments_by_staff ON payments (paid_by_staff, paid_ts, id);
    CREATE INDEX payments_by_system ON payments (payment_system, paid_ts, id);
    CREATE INDEX payments_by_number ON payments (lower(txn_no) text_pattern_ops);
    CREATE INDEX payments_voided ON payments (job_id, voided_at) WHERE voided_at IS NOT NULL;
    -- What else is ready for the student at the counter.
    CREATE INDEX jobs_ready_for ON jobs (lower(student_email)) WHERE status = 'COMPLETED';

    -- A payment that comes without a receipt (a program of the version before, during an update) gets its own.
    CREATE FUNCTION payments_receive() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.receipt_id IS NULL THEN
        INSERT INTO receipts (payment_system, txn_no, picked_up_by, issued_at, issued_by, workstation_id, released_at)
        VALUES (NEW.payment_system, NEW.txn_no, NEW.picked_up_by, NEW.paid_ts, NEW.paid_by_staff, NEW.workstation_id, NEW.voided_at)
        RETURNING id INTO NEW.receipt_id;
      ELSIF NEW.voided_at IS NULL THEN
        -- Waits for whoever voids beside us, so that no number is released under a payment that counts.
        PERFORM FROM receipts WHERE id = NEW.receipt_id AND released_at IS NULL FOR UPDATE;
        IF NOT FOUND THEN RAISE EXCEPTION 'this receipt is released; a new payment needs a new one'; END IF;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER payments_receive BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION payments_receive();

    CREATE FUNCTION payments_release() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.voided_at IS NULL OR OLD.voided_at IS NOT NULL THEN RETURN NULL; END IF;
      PERFORM FROM receipts WHERE id = NEW.receipt_id FOR UPDATE;
      UPDATE receipts SET released_at = NEW.voided_at WHERE id = NEW.receipt_id AND released_at IS NULL
        AND NOT EXISTS (SELECT FROM payments WHERE receipt_id = NEW.receipt_id AND voided_at IS NULL);
      RETURN NULL;
    END $$;
    CREATE TRIGGER payments_release AFTER UPDATE OF voided_at ON payments FOR EACH ROW EXECUTE FUNCTION payments_release();

    CREATE FUNCTION receipts_keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' THEN RAISE EXCEPTION 'receipts are never erased'; END IF;
      IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
         OR (to_jsonb(NEW) - 'released_at') IS DISTINCT FROM (to_jsonb(OLD) - 'released_at')
         OR EXISTS (SELECT FROM payments WHERE receipt_id = OLD.id AND voided_at IS NULL) THEN
        RAISE EXCEPTION 'a receipt changes only by being released with its last payment';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER receipts_keep BEFORE UPDATE OR DELETE ON receipts FOR EACH ROW EXECUTE FUNCTION receipts_keep();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TRIGGER payments_receive ON payments;
    DROP TRIGGER payments_release ON payments;
    DROP FUNCTION payments_receive();
    DROP FUNCTION payments_release();
    DROP INDEX jobs_ready_for, payments_voided, payments_by_number, payments_by_system, payments_by_staff, payments_paid,
      payments_of_receipt;
    ALTER TABLE payments DROP COLUMN corrects, DROP COLUMN deviation_reason, DROP COLUMN estimated_cents, DROP COLUMN receipt_id;
    DROP TABLE receipts;
    DROP FUNCTION receipts_keep();
    DROP SEQUENCE receipt_number;
    CREATE INDEX payments_paid ON payments (paid_ts);
    CREATE UNIQUE INDEX payments_txn_once ON payments (lower(payment_system), lower(txn_no)) WHERE voided_at IS NULL;
  `);
}
