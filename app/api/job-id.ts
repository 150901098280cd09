import { requireJobId } from "@server/jobs/decision.server";

/** The job of the address, in the one spelling that ids have here. @throws Refusal `not_found` */
export function jobIdOf({ params }: { params: Record<string, string> }): string {
  return requireJobId(params.job_id).toLowerCase();
}
