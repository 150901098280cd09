/** Rate limits, counted in PostgreSQL, so that they hold across instances and restarts. */
import { createHash } from "node:crypto";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { db } from "./db.server";
import { Refusal } from "./errors";

const HOUR = 3600;
const limiters = new Map<string, { pool: unknown; limiter: RateLimiterPostgres }>();

function limiter(name: string, points: number, duration: number): RateLimiterPostgres {
  const key = `${name}:${points}:${duration}`;
  const known = limiters.get(key);
  if (known?.pool === db()) return known.limiter;
  const made = new RateLimiterPostgres({
    storeClient: db(),
    storeType: "knex",
    tableName: "rate_limits",
    tableCreated: true,
    keyPrefix: name,
    points,
    duration,
    clearExpiredByTimeout: false,
  });
  limiters.set(key, { pool: db(), limiter: made });
  return made;
}

/** Takes one point from each; refuses when one has none left. */
async function consume(
  checks: { name: string; key: string; points: number; seconds?: number }[],
  message: string,
): Promise<void> {
  for (const { name, key, points, seconds: duration = HOUR } of checks) {
    try {
      // Addresses and e-mails are counted by their hash; the table tells nobody who was here.
      await limiter(name, points, duration).consume(createHash("sha256").update(key).digest("base64url"));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      const minutes = Math.ceil(seconds / 60);
      throw new Refusal(
        "too_many",
        `${message} Please try again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`,
        {
          retryAfterSeconds: seconds,
        },
      );
    }
  }
}

/**
 * Counts a submission per address and per address with e-mail.
 * @param most how many an hour: for a student at an address, and for the address
 * @throws Refusal `too_many` with `retryAfterSeconds`
 */
export async function limitSubmissions(
  ip: string,
  email: string,
  most: { perStudent: number; perAddress: number },
): Promise<void> {
  await consume(
    [
      {
        name: "submit-student",
        key: `${ip} ${email.toLowerCase()}`,
        points: most.perStudent,
      },
      { name: "submit-address", key: ip, points: most.perAddress },
    ],
    "Submission limit exceeded: too many models were sent from here within an hour.",
  );
}

/**
 * Counts a try to log in, per address and per workstation.
 * @param most how many an hour, for either
 * @throws Refusal `too_many` with `retryAfterSeconds`
 */
export async function limitLogins(ip: string, workstationId: string, most: number): Promise<void> {
  await consume(
    [
      { name: "login-address", key: ip, points: most },
      { name: "login-workstation", key: workstationId.toLowerCase(), points: most },
    ],
    "Too many attempts to log in.",
  );
}

/** How many reports of errors a browser may send in an hour, and how many all of them together. */
const REPORTS = { perAddress: 20, all: 500 };

/**
 * Counts a report of an error in a browser.
 * @throws Refusal `too_many` with `retryAfterSeconds`
 */
export async function limitBrowserErrors(ip: string): Promise<void> {
  await consume(
    [
      { name: "browser-error-address", key: ip, points: REPORTS.perAddress },
      { name: "browser-error-all", key: "", points: REPORTS.all },
    ],
    "Too many errors were reported from here.",
  );
}

/**
 * Counts a call of the API.
 * @param name what is counted together
 * @param key who calls: an address or a workstation
 * @param most how many within so many seconds
 * @throws Refusal `too_many` with `retryAfterSeconds`
 */
export async function limitCalls(
  name: string,
  key: string,
  { points, seconds }: { points: number; seconds: number },
): Promise<void> {
  await consume([{ name: `api-${name}`, key, points, seconds }], "Too many calls of this kind.");
}
/**
 * Counts a try to open the administrator's desk, per address and per workstation.
 * @param most how many an hour, for either
 * @throws Refusal `too_many` with `retryAfterSeconds`
 */
export async function limitAdminUnlocks(ip: string, workstationId: string, most: number): Promise<void> {
  await consume(
    [
      { name: "admin-address", key: ip, points: most },
      { name: "admin-workstation", key: workstationId, points: most },
    ],
    "Too many attempts to open the administration.",
  );
}
