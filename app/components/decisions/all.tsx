/** Every decision's own part, for its page and for the dialog over the list alike. */
import { MAX_NOTES_PER_JOB } from "@server/jobs/note-limits";
import { REJECT_REASONS } from "@server/reject-reasons";
import { ApproveFields } from "../approve-fields";
import { Card } from "../card";
import { LongTextField, PickedUpByField, ReasonField } from "../decision-fields";
import { Choice, ChoiceGroup, SelectField } from "../field";
import { LETTER_NAMES, LetterList } from "../staff-job-letters";
import { NoteList } from "../staff-notes";
import type { ActionName } from "../staff-steps";
import type { DecisionParts, ViewOf } from "./parts";
import { CorrectFields, WhichPayment } from "./mend-payment";
import { NewStatusField } from "./new-status";
import { PaymentFields } from "./payment";

type Parts = { [N in ActionName]: (view: ViewOf<N>) => DecisionParts };

const plain = () => ({});

const PARTS: Parts = {
  "mark-printing": plain,
  "mark-complete": plain,
  "revert-completion": plain,
  "revert-pickup": plain,
  review: ({ job }) => ({
    button: "Save",
    order: ["reviewed"],
    fields: ({ chosen, sent, errors }) => (
      <ChoiceGroup name="reviewed" label="Has somebody looked at this job?" error={errors.reviewed}>
        <Choice
          type="radio"
          name="reviewed"
          value="true"
          label="Yes, it is reviewed"
          defaultChecked={sent ? chosen("reviewed", "true") : job.is_new}
        />
        <Choice
          type="radio"
          name="reviewed"
          value="false"
          label="No, mark it as new again"
          defaultChecked={sent ? chosen("reviewed", "false") : !job.is_new}
        />
      </ChoiceGroup>
    ),
  }),
  approve: ({ job, candidates, prices }) => ({
    order: ["authoritative_filename", "weight_g", "time_hours"],
    fields: (fields) => (
      <ApproveFields
        candidates={candidates}
        prices={prices}
        estimate={job.part?.estimate ?? null}
        fields={fields}
      />
    ),
  }),
  reject: () => ({
    order: ["reasons", "custom_reason"],
    fields: (fields) => (
      <>
        <ChoiceGroup
          name="reasons"
          label="Why can it not be printed?"
          hint="The student reads these sentences."
          error={fields.errors.reasons}
        >
          {Object.entries(REJECT_REASONS).map(([code, text]) => (
            <Choice
              key={code}
              name="reasons"
              value={code}
              label={text}
              defaultChecked={fields.chosen("reasons", code)}
            />
          ))}
        </ChoiceGroup>
        <LongTextField
          name="custom_reason"
          label="In your own words"
          hint="What should the student change? They read this too."
          most={1000}
          fields={fields}
        />
      </>
    ),
  }),
  "mark-failed": () => ({
    button: "Log the failure",
    order: ["reason"],
    fields: (fields) => <ReasonField fields={fields} hint="What went wrong, for whoever prints it next." />,
  }),
  payment: ({ job, prices, also, till }) => ({
    order: ["grams", "also_grams", "deviation_reason", "payment_system", "txn_no", "picked_up_by"],
    fields: (fields) => <PaymentFields job={job} prices={prices} also={also} till={till} fields={fields} />,
  }),
  "correct-payment": ({ payments, prices, till }) => ({
    button: "Correct",
    order: ["payment_id", "grams", "payment_system", "txn_no", "reason"],
    fields: (fields) => <CorrectFields payments={payments} prices={prices} till={till} fields={fields} />,
  }),
  "void-payment": ({ payments }) => ({
    button: "Void",
    order: ["payment_id", "reason"],
    fields: (fields) => (
      <>
        <WhichPayment payments={payments.filter(({ voided }) => !voided)} fields={fields} />
        <ReasonField fields={fields} hint="Stays with the voided row and in the log." />
      </>
    ),
  }),
  "mark-picked-up": ({ job, paid }) => ({
    button: "Hand over",
    order: ["picked_up_by", "reason"],
    lead: paid
      ? "This print is paid already; no reason is needed."
      : "There is no payment for this print. Say why nothing is charged, or go back and take the payment.",
    fields: (fields) => (
      <>
        <PickedUpByField fields={fields} student={job.student_name} />
        <LongTextField
          name="reason"
          label={paid ? "Remark (optional)" : "Why is nothing charged?"}
          hint="Stays in the log with your name."
          most={500}
          required={!paid}
          fields={fields}
        />
      </>
    ),
  }),
  notes: ({ notes }) => {
    const used = notes.reduce((sum, note) => sum + [...note.body].length, 0);
    const left = Math.min(1000, MAX_NOTES_PER_JOB - used);
    return {
      button: "Save note",
      order: ["notes"],
      aside: (
        <Card title="Notes so far">
          <NoteList notes={notes} />
        </Card>
      ),
      fields: (fields) => (
        <LongTextField
          name="notes"
          label="Note"
          hint={
            left < 1000 && `The notes of a job have ${MAX_NOTES_PER_JOB} characters in all; ${used} are used.`
          }
          most={Math.max(0, left)}
          rows={6}
          required
          fields={fields}
        />
      ),
    };
  },
  "resend-email": ({ job, mails, letters }) => ({
    order: ["email_type"],
    aside: (
      <Card title="Letters so far">
        <LetterList letters={mails} />
      </Card>
    ),
    fields: (fields) => (
      <SelectField
        name="email_type"
        label="Which letter?"
        hint={`To ${job.student_email}. Only letters that fit the job's status can be sent.`}
        required
        error={fields.errors.email_type}
        defaultValue={fields.value("email_type", letters[0])}
      >
        {letters.map((letter) => (
          <option key={letter} value={letter}>
            {LETTER_NAMES[letter]}
          </option>
        ))}
      </SelectField>
    ),
  }),
  delete: () => ({
    button: "Delete permanently",
    order: ["reason"],
    lead: (
      <>
        <strong className="text-danger">This is permanent.</strong> The job, its files and its notes are
        deleted and cannot be brought back. The student gets no mail. Only a line in the log remains: who
        deleted it, when and why.
      </>
    ),
    fields: (fields) => <ReasonField fields={fields} />,
  }),
  "force-confirm": () => ({
    order: ["reason"],
    fields: (fields) => (
      <ReasonField fields={fields} hint="How did the student confirm? Stays in the log with your name." />
    ),
  }),
  "force-unlock": () => ({
    order: ["reason"],
    fields: (fields) => (
      <ReasonField fields={fields} hint="Why can the holder not finish? Stays in the log with your name." />
    ),
  }),
  "change-status": ({ job, broken }) => ({
    order: ["new_status", "reason"],
    lead: "For repairs only. The files move along, the log marks it as an override, and no letter is sent except a correction after a completed print.",
    fields: (fields) => (
      <>
        <NewStatusField current={job.status} broken={broken} fields={fields} />
        <ReasonField fields={fields} />
      </>
    ),
  }),
};

/** The part of the view's own decision. */
export function partsOf<N extends ActionName>(name: N, view: ViewOf<N>): DecisionParts {
  return PARTS[name](view);
}
