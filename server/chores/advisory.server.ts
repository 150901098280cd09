/**
 * A lock that lives as long as a connection: when its holder dies, however it dies, the database lets go of it.
 * Each lock has a connection of its own, so that no pool hands it to somebody else.
 */
import pg from "pg";
import { config } from "../config.server";

/** The class of all locks of the night shift; each has a name below it. */
const SPACE = 730_260;
/** A host that vanishes without a word is noticed after half a minute, not after the system's two hours. */
const KEEPALIVE = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4";

/** A lock that is held. */
export interface HeldLock {
  client: pg.Client;
  /** False once the connection is gone, and the lock with it. */
  held(): boolean;
  release(): Promise<void>;
}

/**
 * Takes the lock of this name, or says at once that somebody has it.
 * @returns null when somebody else has it
 */
export async function tryLock(name: string): Promise<HeldLock | null> {
  const client = new pg.Client({
    connectionString: config().DATABASE_URL,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
    options: KEEPALIVE,
  });
  let alive = true;
  client.on("error", () => (alive = false));
  client.on("end", () => (alive = false));
  const release = async () => {
    alive = false;
    await client.end().catch(() => undefined);
  };
  try {
    await client.connect();
    const { rows } = await client.query<{ got: boolean }>(
      "SELECT pg_try_advisory_lock($1, hashtext($2)) AS got",
      [SPACE, name],
    );
    if (rows[0]!.got) return { client, held: () => alive, release };
  } catch (error) {
    await release();
    throw error;
  }
  await release();
  return null;
}
