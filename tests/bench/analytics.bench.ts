/**
 * The pages of the analytics at a million jobs and more than five million events, over four years: server time per page, p95,
 * for each period and filter. `npm run bench -- analytics [--most 100000]`. Everything is real, the log's chain
 * included; only the past is written by the owner, with the triggers off, and the search index left out.
 */
import http from "node:http";
import { closeDb } from "@server/db.server";
import { addDays } from "@server/reports/analytics/question";
import { rollUp } from "@server/reports/analytics/roll-up.server";
import { dayIn } from "@server/time";
import { logIn, useDatabaseOf } from "../support/beside";
import { addPast } from "../support/past";
import { startSystem } from "../support/system";
import { finish, option, put, quantile, say } from "./table";

const MOST = Number(option("--most") ?? 1_000_000);
const DAYS = 1_460;
const AT_ONCE = 100_000;
const ASKED = 40;
const ZONE = "America/Chicago";
const STAFF = ["Jane Doe", "Sam Rivera", "Alex Kim", "Robin Vale", "Dana Osei", "Kit Moran", "Lee Stone", "Max Ruiz"]; // prettier-ignore

const PAGES = [
  "/analytics",
  "/analytics/printers",
  "/analytics/money",
  "/analytics/courses",
  "/analytics/students",
  "/staff-analytics",
  "/analytics/term-report",
];
const QUESTIONS: [what: string, address: string][] = [
  ["30 days", "period=30"],
  ["a term", "period=term"],
  ["a year", "period=365"],
  ["two years", "period=732"],
  ["a year, one printer", "period=365&printer=prusa_mk4s"],
  ["a year, printer and discipline", "period=365&printer=prusa_mk4s&discipline=Art"],
  ["a year, one name", "period=365&staff=Jane+Doe"],
];

const app = await startSystem();
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
try {
  await app.setting("logins_per_hour", 10_000);
  await app.sql("DROP INDEX jobs_search");
  const today = dayIn(new Date(), ZONE);
  const parts = Math.ceil(MOST / AT_ONCE);
  for (let part = 1; part <= parts; part++) {
    say(`Writing the past, part ${part} of ${parts} …`);
    const days = Math.floor(DAYS / parts);
    await addPast(app.databaseUrl, {
      jobs: Math.min(AT_ONCE, MOST),
      days,
      until: addDays(today, -days * (parts - part)),
      zone: ZONE,
      seed: part,
      staff: STAFF,
      steps: part === parts,
    });
  }
  say("Summing up the days …");
  useDatabaseOf(app);
  await rollUp();
  await closeDb();
  for (const table of ["jobs", "events", "report_steps", "report_days", "report_waits", "report_staff_days"])
    await app.sql(`VACUUM ANALYZE ${table}`);
  const [size] = await app.sql<{ jobs: string; events: string }>(
    "SELECT (SELECT count(*) FROM jobs) AS jobs, (SELECT seq FROM event_chain) AS events",
  );
  say(
    `${Number(size!.jobs).toLocaleString("en-US")} jobs, ${Number(size!.events).toLocaleString("en-US")} events.`,
  );

  const cookie = await logIn(app);
  for (const page of PAGES)
    for (const [what, address] of QUESTIONS) {
      const times: number[] = [];
      for (let n = 0; n < ASKED + 5; n++) {
        const begun = performance.now();
        await get(`${app.url}${page}?${address}`, cookie);
        if (n >= 5) times.push(performance.now() - begun);
      }
      put({
        bench: "analytics",
        case: `${page}, ${what}, p95`,
        ours: quantile(times, 0.95),
        peer: 300,
        peer_name: "300 ms",
        unit: "ms",
        goal: 1,
      });
    }
} finally {
  agent.destroy();
  await app.stop();
}
finish("The analytics", `p95 of ${ASKED} requests one after the other, the whole answer`);

function get(url: string, cookie: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers: { Cookie: cookie } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => {
        if (answer.statusCode !== 200) return reject(new Error(`${url} answered ${answer.statusCode}`));
        // A panel that gave up would make a quick page.
        if (/could not be/.test(text)) return reject(new Error(`${url} has a panel that failed`));
        resolve();
      });
    });
    request.on("error", reject);
  });
}
