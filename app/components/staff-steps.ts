/** How the staff's pages offer the steps of the table: which are theirs, which comes next, which belong together. Pure. */
import type { JobCard } from "@server/jobs/card.server";
import { step, stepsFrom, type Status, type StepName } from "@server/jobs/states";

/** What staff can do to a job; each has a page below the job's. */
export type ActionName =
  Exclude<StepName, "confirm" | "decline" | "resend-confirmation" | "archive"> | "force-unlock";

const FORCE_UNLOCK = {
  label: "Force unlock",
  hint: "Takes the job away from whoever holds it. What they have typed and not sent is refused. Needs a reason.",
  tone: "danger",
} as const;

/** Label, hint and colour of an action. */
export function action(name: ActionName): {
  label: string;
  hint: string;
  tone: "primary" | "neutral" | "danger";
} {
  return name === "force-unlock" ? FORCE_UNLOCK : step(name);
}

/** Only for workstations that may administer. */
export const ADMIN_ACTIONS: readonly ActionName[] = ["force-confirm", "change-status", "force-unlock"];

const CORRECTIONS: readonly ActionName[] = [
  "mark-failed",
  "revert-completion",
  "revert-pickup",
  "correct-payment",
  "void-payment",
];

/** The one likely next step of a job, or null while it waits for somebody else. */
export function nextAction(
  job: Pick<JobCard, "status" | "confirmation_expired" | "failed_mails">,
): ActionName | null {
  if (job.status === "PENDING") return job.confirmation_expired ? "resend-email" : null;
  const first = stepsFrom(job.status)[0];
  return first && step(first).tone === "primary" ? (first as ActionName) : null;
}

/** What the job waits for when there is no next step. */
export const WAITS: Partial<Record<Status, string>> = {
  PENDING: "Waits for the student to confirm the price.",
  PAIDPICKEDUP: "Finished: paid and picked up.",
  REJECTED: "Finished: rejected.",
  ARCHIVED: "Filed away.",
};

export interface ActionGroups {
  next: ActionName | null;
  others: ActionName[];
  corrections: ActionName[];
  admin: ActionName[];
}

/** The steps that make sense now, in the groups that the job page shows. */
export function groupActions(
  job: Pick<JobCard, "status" | "confirmation_expired" | "failed_mails" | "locked_by">,
  possible: readonly StepName[],
  admin: boolean,
): ActionGroups {
  const next = nextAction(job);
  const rest = (possible as readonly ActionName[]).filter(
    // The NEW mark exists only on fresh uploads; a note is written beside the others.
    (name) => name !== next && name !== "notes" && (name !== "review" || job.status === "UPLOADED"),
  );
  return {
    next,
    others: rest.filter((name) => !CORRECTIONS.includes(name) && !ADMIN_ACTIONS.includes(name)),
    corrections: rest.filter((name) => CORRECTIONS.includes(name)),
    admin: admin
      ? [
          ...rest.filter((name) => ADMIN_ACTIONS.includes(name)),
          ...(job.locked_by ? (["force-unlock"] as const) : []),
        ]
      : [],
  };
}

/** Statuses in which waiting costs somebody something; elsewhere age has no colour. */
export function isWaiting(status: Status): boolean {
  return !["PAIDPICKEDUP", "REJECTED", "ARCHIVED"].includes(status);
}
