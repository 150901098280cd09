/** Fills a lab with a believable term: jobs in every status with real files and pictures, their log and their payments. */
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import pg from "pg";
import { currentCatalog } from "@server/catalog/catalog.server";
import { db } from "@server/db.server";
import {
  commitFolder,
  folderOf,
  prepareStorage,
  stageNewJob,
  uploadStaging,
  absolute,
} from "@server/files/store.server";
import { Job, JobFile, metadataOf } from "@server/jobs/job.server";
import { readModel } from "@server/mesh/report.server";
import { recordPart } from "@server/parts/part.server";
import { makePicture } from "@server/parts/picture.server";
import { rollUp } from "@server/reports/analytics/roll-up.server";
import { settings } from "@server/settings/settings.server";
import { demoModels } from "./demo-models";
import { type PastModel, writePast } from "./past";

/** A print that is mostly air: walls, and a fifth of the inside. */
const FILLED = 0.45;
const GRAMS_AN_HOUR = 11;
/** There is always something to review, whatever the hour. */
const FRESH = 4;

export interface Demo {
  jobs: number;
  events: number;
  payments: number;
  models: number;
}

/**
 * Writes the term into the configured lab.
 * @param ownerUrl the role that owns the tables: it alone can write a log of the past
 * @param say is told what is being done
 */
export async function fillDemo(
  ownerUrl: string,
  {
    jobs = 240,
    days = 120,
    seed = 1,
    say = () => undefined,
  }: { jobs?: number; days?: number; seed?: number; say?: (line: string) => void } = {},
): Promise<Demo> {
  await prepareStorage();
  const files = new Map<string, { bytes: Buffer; sha256: string }>();
  const folder = path.join(uploadStaging(), `demo-${randomUUID()}`);
  fs.mkdirSync(folder, { recursive: true });
  try {
    say("reading and drawing the models");
    const density = (await currentCatalog()).data.materials[0]?.density_g_cm3 ?? 1.2;
    const models: PastModel[] = [];
    for (const { name, bytes } of demoModels()) {
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const file = path.join(folder, name);
      fs.writeFileSync(file, bytes);
      const report = await readModel(file, { name });
      await recordPart({ sha256, size_bytes: bytes.length, report });
      await makePicture(sha256, file, name);
      const grams = Math.max(
        2,
        Math.round(((report.volume_mm3 ?? 20_000) / 1000) * density * FILLED * 10) / 10,
      );
      models.push({
        name,
        sha256,
        size_bytes: bytes.length,
        grams,
        hours: Math.ceil((grams / GRAMS_AN_HOUR) * 2) / 2,
      });
      files.set(sha256, { bytes, sha256 });
    }
    say("writing the term's jobs, log and payments");
    const before = new Set((await db()("jobs").select("id")).map(({ id }) => id as string));
    const { time_zone: zone } = await settings();
    const client = new pg.Client({ connectionString: ownerUrl, options: "-c jit=off" });
    await client.connect();
    const made = await writePast((sql, values) => client.query(sql, values as never), { jobs, days, zone, seed, models, fresh: FRESH }).finally(() => client.end()); // prettier-ignore
    // Who has left is on the list as a real lab has them: inactive, never gone.
    await db().raw(
      `INSERT INTO staff (name, is_active, added_at, deactivated_at)
       SELECT triggered_by, false, min("timestamp"), max("timestamp") FROM events
       WHERE triggered_by NOT IN ('student','system') GROUP BY triggered_by ON CONFLICT DO NOTHING`,
    );
    say("putting their files in place");
    for (const job of (await Job.query().orderBy("short_id")).filter(({ id }) => !before.has(id)))
      await placeFiles(job, files.get(job.file_hash)!.bytes, folder);
    say("summing up the days");
    await rollUp();
    return { ...made, models: models.length };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The job's folder with its model and metadata, and its rows, as a submission leaves them. */
async function placeFiles(job: Job, bytes: Buffer, scratch: string): Promise<void> {
  const file = path.join(scratch, `${job.id}.part`);
  fs.writeFileSync(file, bytes);
  const one = { job_id: job.id, name: job.display_name, size_bytes: bytes.length, sha256: job.file_hash, first_seen_at: job.created_at }; // prettier-ignore
  const rows = [
    { ...one, role: "original" as const },
    { ...one, role: "authoritative" as const },
  ];
  const folder = folderOf(job.status, job.stem);
  // The stem is new, but a storage may hold what another database knew.
  if (fs.existsSync(absolute(folder))) throw new Error(`${folder} is there already; use an empty storage.`);
  const { stamp } = await stageNewJob(folder, file, job.display_name, metadataOf({ ...job } as never, rows));
  await JobFile.query().insert(rows.map((row) => ({ ...row, disk_stamp: stamp })));
  await commitFolder(folder);
  fs.rmSync(file);
}
