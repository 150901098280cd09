/** The storage's own limit: an honest no before the disk says it. */
import { db } from "../db.server";
import { Refusal } from "../errors";
import type { Settings } from "../settings/schema";

/**
 * How much lies in the storage, in bytes: the worker's last count, and what was handed in since. Without a count of
 * the last hour, what the database knows of.
 */
export async function storageUse(): Promise<number> {
  const { rows } = await db().raw<{ rows: [{ bytes: number }] }>(
    `WITH counted AS (
       SELECT at, (data->>'storage_bytes')::float8 AS bytes FROM metric_samples
       WHERE kind = 'lab' AND jsonb_exists(data, 'storage_bytes') AND at > now() - interval '1 hour'
       ORDER BY at DESC LIMIT 1)
     SELECT coalesce((SELECT bytes FROM counted), 0) + coalesce((
       SELECT sum(size_bytes)::float8 FROM job_files
       WHERE role = 'original' AND first_seen_at > coalesce((SELECT at FROM counted), '-infinity')), 0) AS bytes`,
  );
  return Number(rows[0].bytes);
}

/**
 * Refuses a new file when it would not fit below the lab's quota; 0 is no limit.
 * @throws Refusal `unavailable`, reason `storage_full`
 */
export async function refuseWhenFull(settings: Settings, bytes: number): Promise<void> {
  if (await fits(settings, bytes)) return;
  throw new Refusal("unavailable", refusalText(settings), {
    reason: "storage_full",
    retryAfterSeconds: 3600,
  });
}

/** Is there room for this much more? Asks nobody where there is no quota. */
export async function fits(settings: Settings, bytes: number): Promise<boolean> {
  return settings.storage_quota_gb === 0 || (await storageUse()) + bytes <= settings.storage_quota_gb * 1e9;
}

/** What a student reads before anything is sent. */
export function noRoomText(settings: Settings): string {
  return `A file that is sent now would be refused. Please tell ${who(settings)}, and come back when they have made room.`;
}

function refusalText(settings: Settings): string {
  return `The lab has no room for new files at the moment, so your file was not taken. Please tell ${who(settings)}, keep your file, and send the form again when they have made room.`;
}

const who = ({ contact_email }: Settings) =>
  contact_email ? `the lab (${contact_email})` : "the lab’s staff";
