import { hostname } from "node:os";
import { db } from "../db.server";

const startedAt = new Date();

/** Notes that this process is alive; rows of processes long silent are cleared. */
export async function beat(kind: "worker" | "web"): Promise<void> {
  const process_ = `${kind}:${hostname()}:${process.pid}`;
  await db()("heartbeats")
    .insert({ process: process_, kind, started_at: startedAt, seen_at: db().fn.now() })
    .onConflict("process")
    .merge({ seen_at: db().fn.now() });
  await db()("heartbeats").whereRaw("seen_at < now() - interval '1 day'").delete();
}
