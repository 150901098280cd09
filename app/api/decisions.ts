/** The steps in a job's life that staff take. */
import { approveJob } from "@server/jobs/approve.server";
import { deleteJob } from "@server/jobs/delete.server";
import { addNote } from "@server/jobs/note.server";
import { rejectJob } from "@server/jobs/reject.server";
import {
  ApproveSchema,
  AttributedSchema,
  NoteSchema,
  PickedUpSchema,
  ReasonSchema,
  RejectSchema,
  ReviewSchema,
} from "@server/jobs/schemas";
import { markComplete, markPrinting, revertCompletion, reviewJob } from "@server/jobs/steps.server";
import { handOver } from "@server/payments/hand-over.server";
import { revertPickup } from "@server/payments/revert-pickup.server";
import { decision } from "./decision";

export const decisionEndpoints = [
  decision({ step: "review", schema: ReviewSchema, run: reviewJob }),
  decision({
    step: "approve",
    about:
      "The price follows from the weight and the catalog in force; the time is rounded up to the half hour.",
    schema: ApproveSchema,
    refuses: { 403: ["no_price"] },
    run: approveJob,
  }),
  decision({ step: "reject", schema: RejectSchema, run: rejectJob }),
  decision({ step: "mark-printing", schema: AttributedSchema, run: markPrinting }),
  decision({ step: "mark-complete", schema: AttributedSchema, run: markComplete }),
  decision({
    step: "mark-picked-up",
    about: "Without a payment `reason` says why nothing is charged.",
    schema: PickedUpSchema,
    run: handOver,
  }),
  decision({ step: "revert-completion", schema: AttributedSchema, run: revertCompletion }),
  decision({ step: "revert-pickup", schema: AttributedSchema, run: revertPickup }),
  decision({
    step: "notes",
    method: "PATCH",
    about: "A note has at most 1,000 characters, all of a job's together 5,000.",
    schema: NoteSchema,
    run: addNote,
  }),
  decision({
    step: "delete",
    method: "DELETE",
    path: "jobs/{job_id}",
    schema: ReasonSchema,
    status: 204,
    refuses: { 404: ["deleted"] },
    run: deleteJob,
  }),
];
