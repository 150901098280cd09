/** How far the first set-up is. Read-only. */
import { currentCatalog } from "../catalog/catalog.server";
import type { Catalog } from "../catalog/schema";
import { db } from "../db.server";
import { lastTestLetter, type TestLetterView } from "../outbox/test-letter.server";
import { type LabField } from "../settings/name-lab.server";
import type { Settings } from "../settings/schema";
import { settings } from "../settings/settings.server";
import { stampOf } from "../settings/stamp.server";
import { listStaff, type StaffView } from "../staff/staff.server";
import type { SetUpStep } from "./set-up";

export interface SetUp {
  /** The steps that need nothing more. */
  done: SetUpStep[];
  version: number;
  catalog: Catalog;
  people: StaffView[];
  letter: TestLetterView | null;
  lab: Pick<Settings, LabField>;
  /** What the form of the lab carries (`stampOf`). */
  lab_stamp: string;
}

export async function setUp(): Promise<SetUp> {
  const [{ version, data: catalog }, people, letter, lab, named] = await Promise.all([
    currentCatalog(),
    listStaff({ newForDays: 0 }),
    lastTestLetter(),
    settings(),
    db()("settings").where("key", "lab_name").first("key"),
  ]);
  const done: Record<SetUpStep, boolean> = {
    lab: named !== undefined,
    staff: people.length > 0,
    printers: catalog.printers.length > 0,
    materials: catalog.materials.length > 0,
    mail: letter?.state === "done",
  };
  const { lab_name, university_name, contact_email, time_zone } = lab;
  return {
    done: (Object.keys(done) as SetUpStep[]).filter((step) => done[step]),
    version,
    catalog,
    people,
    letter,
    lab: { lab_name, university_name, contact_email, time_zone },
    lab_stamp: stampOf("lab", lab),
  };
}
