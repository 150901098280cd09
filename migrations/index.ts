/**
 * The migrations in their order. Each is final once it has landed; the next change is a new file.
 * Listed by hand, so that the bundled programs carry them and no folder is read at run time.
 */
import type { Knex } from "knex";
import * as records from "./20261123000100_records";
import * as logAndEffects from "./20261123000200_log_and_effects";
import * as parts from "./20261124000100_parts";
import * as audits from "./20261124000200_audits";
import * as lists from "./20261124000300_lists";
import * as diskStamps from "./20261124000400_disk_stamps";
import * as answers from "./20261124000500_answers";
import * as expiredConfirmations from "./20261124000600_expired_confirmations";
import * as catalogHistory from "./20261124001001_catalog_history";
import * as desk from "./20261124001101_desk";
import * as receipts from "./20261124001201_receipts";
import * as reportSteps from "./20261124001300_report_steps";
import * as reportSums from "./20261124001301_report_sums";
import * as chores from "./20261124001500_chores";
import * as eventRotation from "./20261124001501_event_rotation";
import * as watch from "./20261124001600_watch";
import * as prunedReceipts from "./20261124001700_pruned_receipts";
import * as mailTurns from "./20261124002000_mail_turns";
import * as reportStepsByJob from "./20261124002001_report_steps_by_job";
import * as formerTestLetters from "./20261124002100_former_test_letters";
import * as unclaimed from "./20261124002200_unclaimed";
import * as receiptNumbers from "./20261124002300_receipt_numbers";

interface Migration {
  name: string;
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

export const migrations: Migration[] = [
  { name: "20261123000100_records", ...records },
  { name: "20261123000200_log_and_effects", ...logAndEffects },
  { name: "20261124000100_parts", ...parts },
  { name: "20261124000200_audits", ...audits },
  { name: "20261124000300_lists", ...lists },
  { name: "20261124000400_disk_stamps", ...diskStamps },
  { name: "20261124000500_answers", ...answers },
  { name: "20261124000600_expired_confirmations", ...expiredConfirmations },
  { name: "20261124001001_catalog_history", ...catalogHistory },
  { name: "20261124001101_desk", ...desk },
  { name: "20261124001201_receipts", ...receipts },
  { name: "20261124001300_report_steps", ...reportSteps },
  { name: "20261124001301_report_sums", ...reportSums },
  { name: "20261124001500_chores", ...chores },
  { name: "20261124001501_event_rotation", ...eventRotation },
  { name: "20261124001600_watch", ...watch },
  { name: "20261124001700_pruned_receipts", ...prunedReceipts },
  { name: "20261124002000_mail_turns", ...mailTurns },
  { name: "20261124002001_report_steps_by_job", ...reportStepsByJob },
  { name: "20261124002100_former_test_letters", ...formerTestLetters },
  { name: "20261124002200_unclaimed", ...unclaimed },
  { name: "20261124002300_receipt_numbers", ...receiptNumbers },
];

/** The list in the form that Knex takes. */
export const migrationSource: Knex.MigrationSource<Migration> = {
  getMigrations: async () => migrations,
  getMigrationName: (migration) => migration.name,
  getMigration: async (migration) => migration,
};
