/** Rate limits, counted in PostgreSQL, so that they hold across instances and restarts. */
import { createHash } from "node:crypto";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { db } from "./db.server";
import { Refusal } from "./errors";
import { settings } from "./settings/settings.server";

const HOUR = 3600;
const limiters = new Map<string, { pool: unknown; limiter: RateLimiterPostgres }>();

function limiter(name: string, points: number): RateLimiterPostgres {
  const key = `${name}:${points}`;
  const known = limiters.get(key);
  if (known?.pool === db()) return known.limiter;
  const made = new RateLimiterPostgres({
    storeClient: db(),
    storeType: "knex",
    tableName: "rate_limits",
    tableCreated: true,
    keyPrefix: name,
    points,
    duration: HOUR,
    clearExpiredByTimeout: false,
  });
  limiters.set(key, { pool: db(), limiter: made });
  return made;
}

/** Takes one point from each; refuses when one has none left. */
async function consume(
  checks: { name: string; key: string; points: number }[],
  message: string,
): Promise<void> {
  for (const { name, key, points } of checks) {
    try {
      // Addresses and e-mails are counted by their hash; the table tells nobody who was here.
      await limiter(name, points).consume(createHash("sha256").update(key).digest("base64url"));
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
 * @throws Refusal `too_many` with `retryAfterSeconds`
 */
export async function limitSubmissions(ip: string, email: string): Promise<void> {
  const s = await settings();
  await consume(
    [
      {
        name: "submit-student",
        key: `${ip} ${email.toLowerCase()}`,
        points: s.submissions_per_hour_per_student,
      },
      { name: "submit-address", key: ip, points: s.submissions_per_hour_per_address },
    ],
    "Submission limit exceeded: too many models were sent from here within an hour.",
  );
}

/**
 * Counts a try to log in, per address and per workstation.
 * @throws Refusal `too_many` with `retryAfterSeconds`
 */
export async function limitLogins(ip: string, workstationId: string): Promise<void> {
  const { logins_per_hour } = await settings();
  await consume(
    [
      { name: "login-address", key: ip, points: logins_per_hour },
      { name: "login-workstation", key: workstationId.toLowerCase(), points: logins_per_hour },
    ],
    "Too many attempts to log in.",
  );
}
