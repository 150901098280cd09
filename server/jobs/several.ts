/** What can be done to several jobs at once, and how a form names them. Pure: no I/O; the list loads it, so no schema either. */
import type { JobCard } from "./card.server";
import { allows, STATUS, type Status, type StepName } from "./states";

/** The steps that need nothing but a name, so that one answer fits all jobs. */
export const SEVERAL_STEPS = [
  "review",
  "mark-printing",
  "mark-complete",
] as const satisfies readonly StepName[];
export type SeveralStep = (typeof SEVERAL_STEPS)[number];

/** At most this many jobs in one action. */
export const MOST_AT_ONCE = 100;

/** Is this one of the steps for several jobs? */
export function isSeveralStep(value: unknown): value is SeveralStep {
  return (SEVERAL_STEPS as readonly unknown[]).includes(value);
}

/** The steps that jobs of a status offer for several at once. The NEW mark exists only on fresh uploads. */
export function severalFrom(status: Status): SeveralStep[] {
  return SEVERAL_STEPS.filter((name) => allows(name, status) && (name !== "review" || status === "UPLOADED"));
}

/** Why a job cannot be among them, or null. Whether somebody holds it is another matter: that passes. */
export function severalObstacle(name: SeveralStep, job: Pick<JobCard, "status" | "is_new">): string | null {
  if (!severalFrom(job.status).includes(name)) return `It is ${STATUS[job.status].label}.`;
  return name === "review" && !job.is_new ? "It is reviewed already." : null;
}

/** A job in the state that somebody looked at. */
export interface SeenJob {
  id: string;
  version: number;
}

/** How a form's field names such a job. */
export function writeSeen({ id, version }: SeenJob): string {
  return `${id}.${version}`;
}
