/**
 * `npm run restore -- SET [--from FOLDER] [--force] [--send-mail]`: brings a set back; SET is a name or "latest".
 * `npm run restore:drill [-- SET] [--from FOLDER]`: practises it in a throwaway database and folder.
 * Ends with 0 when all is well, 1 when it was refused or failed, 2 on wrong use, 3 when it is done but a person must look.
 */
import { parseArgs } from "node:util";
import { storeIn } from "@server/backup/backup.server";
import { backupFolder } from "@server/backup/backup-chore.server";
import { drill } from "@server/backup/drill.server";
import { restoreSet } from "@server/backup/restore.server";
import { setNames } from "@server/backup/sets.server";
import { runChore } from "@server/chores/run-chore.server";
import { type House, inHouse } from "./house";

const USAGE =
  "Usage: npm run restore -- SET [--from FOLDER] [--force] [--send-mail], where SET is a name or latest";

function read() {
  return parseArgs({
    allowPositionals: true,
    options: {
      from: { type: "string" },
      force: { type: "boolean" },
      "send-mail": { type: "boolean" },
      drill: { type: "boolean" },
    },
  });
}

let args: ReturnType<typeof read> | undefined;
try {
  args = read();
} catch (error) {
  console.error(`restore: ${(error as Error).message}\n${USAGE}`);
}

async function main(house: House): Promise<number> {
  const { from = backupFolder(), force, "send-mail": send_mail, drill: practise } = args!.values;
  const [set] = args!.positionals;
  const say = (line: string) => console.log(line);
  if (practise) {
    const by = { name: "system", workstation_id: "console" };
    const { ownerUrl: adminUrl, appRole, beside } = house;
    const run = await runChore("restore-drill", { by }, () =>
      drill({ from, set: set ?? "latest", adminUrl, appRole, beside, say }),
    );
    console.log(run ? (run.result ?? run.state) : "restore: a drill is running already.");
    return run?.state === "done" ? 0 : 1;
  }
  if (!set) {
    console.error(USAGE);
    for (const name of await setNames(storeIn(from))) console.log(name);
    return 2;
  }
  if (house.launcher) {
    console.error(
      "restore: the product is running on this data folder. Stop it first (Ctrl-C where it was started).",
    );
    return 1;
  }
  const { manifest, findings } = await restoreSet({
    from,
    set,
    ownerUrl: house.ownerUrl,
    appRole: house.appRole,
    force,
    send_mail,
    say,
  });
  console.log(`Restored the set ${manifest.set}: ${manifest.jobs} jobs, ${manifest.files.length} files.`);
  for (const finding of findings) console.log(`Look at this: ${finding}`);
  return findings.length ? 3 : 0;
}

process.exitCode = args ? await inHouse(args.values.drill ? "restore:drill" : "restore", main, { create: !args.values.drill }) : 2; // prettier-ignore
