/**
 * `npm run chore`: lists the chores. `npm run chore -- NAME`: does one here and now, whether a worker runs or not.
 * Ends with 0 when it is done, 1 when it failed, 2 on wrong use, 3 when it is running already.
 */
import { runChore } from "@server/chores/run-chore.server";
import { closeTransport } from "@server/mail/transport.server";
import { timetable } from "@workers/schedule";
import { inHouse } from "./house";

process.exitCode = await inHouse("chore", async () => {
  const [name, ...rest] = process.argv.slice(2);
  const chores = timetable().filter((chore) => !chore.everywhere);
  const chore = chores.find((one) => one.name === name);
  if (name === undefined || !chore || rest.length) {
    if (name !== undefined) console.error(`chore: there is no chore "${[name, ...rest].join(" ")}".`);
    for (const one of chores) console.log(`${one.name.padEnd(24)} ${one.about}`);
    return name === undefined ? 0 : 2;
  }
  if (chore.when === null) {
    console.error(`chore: ${chore.about}`);
    return 2;
  }
  if (chore.off) console.error(`chore: ${chore.off}`);
  const by = { name: "system", workstation_id: "console" };
  const run = await runChore(chore.name, { by }, chore.run);
  closeTransport();
  if (!run) {
    console.error(`chore: "${chore.title}" is running already.`);
    return 3;
  }
  console.log(`${chore.title}: ${run.state}${run.result ? `. ${run.result}` : "."}`);
  return run.state === "done" ? 0 : 1;
});
