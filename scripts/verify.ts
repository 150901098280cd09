/**
 * `npm run verify`: walks the whole chain of the log and reads every export again. Prints the first thing that is wrong
 * in the chain and every export that is not what it was. Ends with 0 when all is whole, 1 when not.
 */
import { describeCheck, describeExport, describeGap } from "@server/events/chain";
import { logPage } from "@server/events/log-page.server";
import { verifyLog } from "@server/events/verify.server";
import { inHouse } from "./house";

process.exitCode = await inHouse("verify", async () => {
  const check = await verifyLog();
  const { head } = await logPage();
  if (check.gap) console.log(describeGap(check.gap));
  for (const problem of check.exports) console.log(describeExport(problem));
  if (!check.gap && !check.exports.length) console.log(describeCheck(check));
  console.log(`Head: ${head.seq} ${head.hash}`);
  return check.gap || check.exports.length ? 1 : 0;
});
