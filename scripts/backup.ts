/**
 * `npm run backup [-- --to FOLDER] [--read-all]`: makes a backup, whether the product runs or not.
 * `npm run backup -- --list`: the sets. `npm run backup -- --check [SET]`: reads every byte of a set (default: newest).
 * `npm run backup -- --pg-dump FILE [SET]`: writes a set's archive by pg_dump into a new file, for pg_restore.
 * Ends with 0 when all is well, 1 when not, 2 on wrong use, 3 when a backup is running already.
 */
import { createWriteStream } from "node:fs";
import { parseArgs } from "node:util";
import { storeIn } from "@server/backup/backup.server";
import { backupChore, backupFolder } from "@server/backup/backup-chore.server";
import { bytesOf } from "@server/backup/manifest";
import { checkSet, findSet } from "@server/backup/restore.server";
import { readSet, setNames } from "@server/backup/sets.server";
import { runChore } from "@server/chores/run-chore.server";
import { config, useConfig } from "@server/config.server";
import { formatBytes } from "@server/format";
import { type House, inHouse } from "./house";

const USAGE =
  "Usage: npm run backup [-- --to FOLDER] [--read-all] | -- --list | -- --check [SET] | -- --pg-dump FILE [SET]";

async function list(): Promise<number> {
  const store = storeIn(backupFolder());
  const names = await setNames(store);
  for (const name of names) {
    const set = await readSet(store, name);
    console.log(`${name}  ${set.jobs} jobs, ${set.files.length} files, ${formatBytes(bytesOf(set))}`);
  }
  if (!names.length) console.log(`There is no backup in ${backupFolder()}.`);
  return 0;
}

/** Takes the archive out of a set, decrypted and checked. */
async function takeArchive(file: string, set: string | undefined): Promise<number> {
  const store = storeIn(backupFolder());
  const name = await findSet(store, set ?? "latest");
  const { pg_dump } = (await readSet(store, name)).database;
  if (!pg_dump || "missing" in pg_dump) {
    console.error(`backup: the set ${name} has no archive by pg_dump. ${pg_dump?.missing ?? ""}`.trim());
    return 1;
  }
  const out = createWriteStream(file, { flags: "wx", mode: 0o600 });
  await store.get({ ...pg_dump, for: "the archive by pg_dump" }, out);
  console.log(`${file}: the archive of the set ${name}, made by ${pg_dump.made_by}.`);
  return 0;
}

async function main(_: House): Promise<number> {
  let args: ReturnType<typeof read>;
  try {
    args = read();
  } catch (error) {
    console.error(`backup: ${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const { to, list: asked, check, "read-all": read_all, "pg-dump": archive } = args.values;
  if (to) useConfig({ ...config(), BACKUP_PATH: to });
  if (asked) return list();
  if (archive) return takeArchive(archive, args.positionals[0]);
  if (check) {
    const store = storeIn(backupFolder());
    const name = await findSet(store, args.positionals[0] ?? "latest");
    await checkSet(store, name, console.log);
    console.log(`The set ${name} is whole.`);
    return 0;
  }
  if (!config().BACKUP_PATH)
    console.error(
      `backup: BACKUP_PATH is not set, so it goes to ${backupFolder()}, on the same disk as the data. Set it to a folder elsewhere.`,
    );
  const by = { name: "system", workstation_id: "console" };
  const run = await runChore("backup", { by }, (one) => backupChore(one, { read_all }));
  if (!run) {
    console.error("backup: a backup is running already.");
    return 3;
  }
  console.log(run.state === "done" ? run.result : `backup: ${run.result}`);
  return run.state === "done" ? 0 : 1;
}

function read() {
  return parseArgs({
    allowPositionals: true,
    options: {
      to: { type: "string" },
      list: { type: "boolean" },
      check: { type: "boolean" },
      "read-all": { type: "boolean" },
      "pg-dump": { type: "string" },
    },
  });
}

process.exitCode = await inHouse("backup", main);
