/** A row of the timetable. */
import type { Work } from "@server/chores/run-chore.server";

export interface Chore {
  name: string;
  /** What people call it. */
  title: string;
  /** What it does, in a sentence or two. */
  about: string;
  /** Cron expression in the lab's time zone, with seconds where there are six fields; null: only by a command. */
  when: string | null;
  /** Why it does not run by itself, in a sentence. */
  off?: string;
  /** Each worker does it for itself, whoever leads; it is not written down. */
  everywhere?: true;
  run: Work;
}
