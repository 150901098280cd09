/** What one decision adds to the form that all decisions share. Types only. */
import type { ReactNode } from "react";
import type { PriceSnapshot } from "@server/jobs/pricing";
import type { LetterToResend } from "@server/jobs/resend-email.server";
import type { AlsoReady, PaymentToMend, Till } from "@server/payments/counter.server";
import type { Status } from "@server/jobs/states";
import type { JobSheet } from "@server/reports/job-sheet.server";
import type { CandidateView } from "../candidate-field";
import type { DecisionView, Fields } from "../decision";
import type { ActionName } from "../staff-steps";

export interface DecisionParts {
  /** Names of the fields in the order of the page, for the error summary. */
  order?: readonly string[];
  /** What the primary button says; the action's label when not given. */
  button?: string;
  /** What happens beside the obvious; stands above the fields. */
  lead?: ReactNode;
  fields?: (fields: Fields) => ReactNode;
  /** Stands beside the form. */
  aside?: ReactNode;
}

/** What the page of a decision knows beside the job. */
interface More {
  approve: { candidates: CandidateView[]; prices: PriceSnapshot };
  payment: { prices: PriceSnapshot; also: AlsoReady[]; till: Till };
  "correct-payment": { prices: PriceSnapshot; payments: PaymentToMend[]; till: Till };
  "void-payment": { payments: PaymentToMend[] };
  notes: { notes: JobSheet["notes"] };
  "resend-email": { mails: JobSheet["mails"]; letters: LetterToResend[] };
  "mark-picked-up": { paid: boolean };
  "change-status": { broken: { status: Status; broken: string[] }[] };
}

export type ViewOf<N extends ActionName> = DecisionView & (N extends keyof More ? More[N] : unknown);
