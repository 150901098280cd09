/**
 * A restore for practice: the newest set, into a database and a folder that are thrown away afterwards. It shows that the
 * sets can be read, that they hold what they say, and that an audit of what comes out is clean.
 */
import { mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type { Outcome } from "../chores/chore.server";
import { config, useConfig } from "../config.server";
import { closeDb } from "../db.server";
import { hashFile } from "../files/disk.server";
import { compareDatabase, lookAtDatabase } from "./load.server";
import { patientClient, quote } from "./dump.server";
import { restoreSet } from "./restore.server";

/**
 * @param options.adminUrl a connection that may create databases
 * @param options.beside the URLs of another database on the same server
 * @throws Error with all that is wrong
 */
export async function drill(options: {
  from: string;
  set: string;
  adminUrl: string;
  appRole?: string;
  beside: (database: string) => { ownerUrl: string; appUrl: string };
  say: (line: string) => void;
}): Promise<Outcome> {
  const started = Date.now();
  const database = `printdesk_drill_${process.pid}_${Date.now()}`;
  const { ownerUrl, appUrl } = options.beside(database);
  const house = config();
  const folder = await mkdtemp(path.join(house.DATA_DIR, "drill-"));
  const onServer = async (sql: string) => {
    const client = await patientClient(options.adminUrl);
    await client.query(sql).finally(() => client.end());
  };
  await onServer(`CREATE DATABASE ${quote(database)}`);
  try {
    await closeDb();
    useConfig({
      ...house,
      DATABASE_URL: appUrl,
      STORAGE_PATH: path.join(folder, "storage"),
      EVENT_EXPORT_PATH: path.join(folder, "events"),
      AUDIT_SETTLE_SECONDS: 0,
    });
    const { say, from, set, appRole } = options;
    const differences: string[] = [];
    // Mails are left as they were: nobody works here, and every row must be the same.
    const { manifest, findings } = await restoreSet({
      from,
      set,
      ownerUrl,
      appRole,
      say,
      send_mail: true,
      loaded: async (loaded) => {
        // prettier-ignore
        differences.push(...(await compareDatabase(ownerUrl, loaded.database)));
        for (const file of loaded.files) {
          const root = path.join(folder, file.root);
          const sum = await hashFile(path.join(root, ...file.path.split("/"))).catch(() => null);
          if (sum !== file.sha256) differences.push(`${file.path}: its content is not the same.`);
        }
      },
    });
    await closeDb();
    const { jobs } = await lookAtDatabase(ownerUrl);
    if (jobs !== manifest.jobs) differences.push(`${jobs} jobs instead of ${manifest.jobs}.`);
    const wrong = [...differences, ...findings.filter((text) => !/^SECRET_KEY/.test(text))];
    const seconds = Math.round((Date.now() - started) / 100) / 10;
    const facts = {
      set: manifest.set,
      jobs,
      files: manifest.files.length,
      seconds,
      wrong: wrong.slice(0, 50),
    };
    if (wrong.length)
      throw Object.assign(new Error(`The drill with ${manifest.set} failed: ${wrong[0]}`), { facts });
    return {
      result: `Set ${manifest.set} came back whole in ${seconds} s: ${jobs.toLocaleString("en-US")} jobs, ${manifest.files.length.toLocaleString("en-US")} files, ${manifest.database.tables.length} tables, the same to the byte; log and audit clean.`,
      facts,
    };
  } finally {
    await closeDb();
    useConfig(house);
    await onServer(`DROP DATABASE IF EXISTS ${quote(database)} WITH (FORCE)`);
    await rm(folder, { recursive: true, force: true });
  }
}
