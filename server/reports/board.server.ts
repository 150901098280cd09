/**
 * All that a board shows of the jobs, remembered until the database has been written to: boards that look at the
 * same list after one change are answered with one reading. Read-only.
 */
import { currentCatalog } from "../catalog/catalog.server";
import { methodsOffered } from "../catalog/choices";
import type { ListQuery } from "../jobs/list";
import { countJobs, type JobList, listJobs } from "../jobs/list.server";
import type { Status } from "../jobs/states";
import { settings } from "../settings/settings.server";
import { activeStaff, type StaffChoice } from "../staff/staff.server";
import { attention, type Attention } from "./attention.server";
import { boardStamp, type BoardStamp } from "./board-stamp.server";

export interface Board {
  list: JobList;
  /** Jobs of each status, or those that match; see `countJobs`. */
  counts: Record<Status, number>;
  piles: Attention;
  staff: StaffChoice[];
  /** What the filters offer. */
  offer: { printers: { id: string; name: string }[]; methods: string[]; disciplines: string[] };
  /** Nothing can be done in this lab yet: whoever opens it is told how to begin. */
  unset: boolean;
  /** `volume`: 0 to 100. */
  sound: { enabled: boolean; volume: number };
}

/** What changes by time alone (a time to revert that runs out) is at most this old. */
const KEPT_MS = 5_000;
/** Lists remembered at a time. */
const MOST_KEPT = 20;
/** Jobs of a page. */
const JOBS = 50;

const kept = new Map<string, { moment: string; at: number; board: Promise<Board> }>();

/** The board for a query, with the stamp it was read at: whatever changed since then, the next stamp tells. */
export async function readBoard(query: ListQuery): Promise<Board & { stamp: BoardStamp }> {
  const { snapshot, ...stamp } = await boardStamp();
  const moment = `${stamp.stamp} ${snapshot}`;
  const key = JSON.stringify(query);
  const known = kept.get(key);
  if (known?.moment === moment && Date.now() - known.at < KEPT_MS) return { ...(await known.board), stamp };
  const board = read(query);
  kept.delete(key);
  kept.set(key, { moment, at: Date.now(), board });
  board.catch(() => kept.delete(key));
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return { ...(await board), stamp };
}

async function read(query: ListQuery): Promise<Board> {
  const [{ list, counts }, piles, catalog, lab] = await Promise.all([
    countJobs(query).then(async (counts) => ({ counts, list: await listJobs(query, JOBS, counts) })),
    attention(),
    currentCatalog(),
    settings(),
  ]);
  const staff = await activeStaff(lab.new_staff_days);
  return {
    list,
    counts,
    piles,
    staff,
    unset: staff.length === 0 || methodsOffered(catalog.data).length === 0,
    offer: {
      printers: catalog.data.printers.map(({ id, name }) => ({ id, name })),
      methods: catalog.data.methods,
      disciplines: lab.disciplines,
    },
    sound: { enabled: lab.sound_enabled, volume: lab.sound_volume },
  };
}
