/** The two ends of a finished job: filed away, and pruned. Pure: no I/O. */
import type { Status } from "../jobs/states";

interface KindOfRetention {
  /** What the button says. */
  label: string;
  /** One sentence: what happens. */
  hint: string;
  /** Who it concerns: jobs in these statuses … */
  from: readonly Status[];
  /** … that have been so for as many days as this setting says. */
  days: "archive_after_days" | "prune_after_days";
  /** The setting that lets the night shift do it. */
  automatic: "archive_automatically" | "prune_automatically";
  destructive: boolean;
  /** "filed away" */
  done: string;
}

export const RETENTION = {
  archive: {
    label: "File away",
    hint: "Moves the jobs and their files to Archived. Nothing is lost; an administrator can change the status back.",
    from: ["PAIDPICKEDUP", "REJECTED"],
    days: "archive_after_days",
    automatic: "archive_automatically",
    destructive: false,
    done: "filed away",
  },
  prune: {
    label: "Prune",
    hint: "Deletes the files, the notes, and the student's name, address and class from the record. What was printed, its cost and its payments stay.",
    from: ["ARCHIVED"],
    days: "prune_after_days",
    automatic: "prune_automatically",
    destructive: true,
    done: "pruned",
  },
} as const satisfies Record<string, KindOfRetention>;

export type Retention = keyof typeof RETENTION;
export const RETENTIONS = Object.keys(RETENTION) as Retention[];

/** Jobs that one press works through, one after the other. */
export const MOST_AT_ONCE = 100;

/** What stands in a pruned job's record where there was a person. */
export const NOBODY = { name: "Removed", email: "removed@example.invalid", class_number: "Removed" } as const;
