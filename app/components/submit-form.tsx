/**
 * The form with which a print begins. Complete as the server sends it; with JavaScript it checks each answer
 * when one leaves it, filters the lists, looks at the file at once and shows how far the upload is.
 */
import { useForm, type SubmissionResult } from "@conform-to/react";
import { parseWithZod } from "@conform-to/zod/v4";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { z } from "zod";
import { formatCents } from "@server/jobs/pricing";
import { CONSENT, SubmitSchema } from "@server/jobs/schemas";
import { ChoiceFields } from "./choice-fields";
import { ErrorSummary, summaryOf, type SummaryError } from "./error-summary";
import { Choice, ChoiceGroup, FileField, SelectField, TextField } from "./field";
import { fileProblem, MODEL_ACCEPT, MODEL_ENDINGS } from "./model-file";
import type { Offer } from "./offer";
import { FileChosen, SubmitRow } from "./submit-row";
import { useUpload } from "./use-upload";

/** What the server said about a submission that it did not take. */
export interface SubmitOutcome {
  result: SubmissionResult<string[]>;
  /** The heading of the error summary. */
  title: string;
  /** What to do beside correcting fields: "try again at 14:35". */
  note?: string;
  asksAnotherCopy: boolean;
  /** The model fits no printer: that is to be acknowledged. */
  fitsNowhere: boolean;
}

export interface SubmitFormProps {
  offer: Offer;
  disciplines: string[];
  formKey: string;
  maxMb: number;
  outcome?: SubmitOutcome;
  /** Title and introduction: below the error summary, above the fields. */
  children?: ReactNode;
}

const ORDER = [
  "student_name",
  "student_email",
  "discipline",
  "class_number",
  "print_method",
  "material",
  "color",
  "printer",
  "acknowledged_minimum_charge",
  "file",
  "acknowledged_fit",
  "another_copy",
];
const FORM_ID = "submit-form";
const SUBMIT_ID = "submit-button";
const FILE_AGAIN =
  "Your answers are still here. Only the file must be chosen again: browsers do not keep it.";

/** The same schema as the server's, and what the browser can see of the file. */
function schemaWithFile(maxMb: number) {
  const file = z.instanceof(File, { error: "Choose the file with your model." });
  return SubmitSchema.extend({
    file: file.superRefine((chosen, context) => {
      const message = fileProblem(chosen, maxMb);
      if (message) context.addIssue({ code: "custom", message });
    }),
  });
}

export function SubmitForm({
  offer,
  disciplines,
  formKey,
  maxMb,
  outcome: first,
  children,
}: SubmitFormProps) {
  const upload = useUpload<SubmitOutcome>(FORM_ID);
  const outcome = upload.outcome ?? first;
  const schema = useMemo(() => schemaWithFile(maxMb), [maxMb]);
  const [form, fields] = useForm({
    id: FORM_ID,
    lastResult: outcome?.result,
    shouldValidate: "onBlur",
    shouldRevalidate: "onInput",
    onValidate: ({ formData }) => parseWithZod(formData, { schema }),
    onSubmit: (event) => upload.start(event),
  });
  const recheck = (name: string) => form.validate({ name: name as keyof typeof fields });
  const value = (name: keyof typeof fields) => fields[name].initialValue as string | undefined;
  const [file, setFile] = useState<File | null>(null);
  const summary = useSummary(form.allErrors, upload.answers, outcome);

  return (
    <>
      <ErrorSummary
        errors={summary.errors}
        title={summary.fromServer ? outcome?.title : undefined}
        note={summary.fromServer ? [outcome?.note, !file && FILE_AGAIN].filter(Boolean).join(" ") : undefined}
        focus={summary.fromServer}
        focusKey={summary.turn}
      />
      {children}
      <form
        id={FORM_ID}
        method="post"
        action="/submit"
        encType="multipart/form-data"
        noValidate
        onSubmit={(event) => {
          form.onSubmit(event);
          // conform's own checks of single fields are submit events as well.
          const { submitter } = event.nativeEvent as SubmitEvent;
          if (submitter?.id === SUBMIT_ID) summary.attempted();
        }}
        data-outcome={first && JSON.stringify(first)}
        aria-describedby={form.errors ? "error-summary-title" : undefined}
      >
        <input type="hidden" name="form_key" defaultValue={formKey} autoComplete="off" />
        <h2 className="section-title section-first">About you</h2>
        <TextField
          name="student_name"
          label="Student Name"
          error={fields.student_name.errors}
          defaultValue={value("student_name")}
          autoComplete="name"
          required
        />
        <TextField
          name="student_email"
          label="Student Email"
          hint="We send the price and the link to confirm your print to this address."
          type="email"
          inputMode="email"
          autoComplete="email"
          autoCapitalize="none"
          spellCheck={false}
          error={fields.student_email.errors}
          defaultValue={value("student_email")}
          required
        />
        <SelectField
          name="discipline"
          label="Discipline"
          error={fields.discipline.errors}
          defaultValue={value("discipline") ?? ""}
          required
        >
          <option value="">Choose a discipline</option>
          {disciplines.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
        <TextField
          name="class_number"
          label="Class Number"
          hint="ARCH 4000 or N/A"
          className="input-short"
          error={fields.class_number.errors}
          defaultValue={value("class_number")}
          autoComplete="off"
          required
        />

        <h2 className="section-title">Your print</h2>
        <ChoiceFields
          offer={offer}
          values={{
            print_method: value("print_method"),
            material: value("material"),
            color: value("color"),
            printer: value("printer"),
          }}
          errors={{
            print_method: fields.print_method.errors,
            material: fields.material.errors,
            color: fields.color.errors,
            printer: fields.printer.errors,
          }}
          onChoose={recheck}
        />

        <h2 className="section-title">Cost and file</h2>
        <SelectField
          name="acknowledged_minimum_charge"
          label={
            <>
              Minimum Charge Consent
              <span className="label-note">{CONSENT.text(formatCents(offer.minimumChargeCents))}</span>
            </>
          }
          error={fields.acknowledged_minimum_charge.errors}
          defaultValue={value("acknowledged_minimum_charge") ?? ""}
          onChange={() => recheck("acknowledged_minimum_charge")}
          required
        >
          <option value="">Choose Yes or No</option>
          <option value="yes">Yes</option>
          <option value="no">No</option>
        </SelectField>
        <FileField
          name="file"
          label="File Upload"
          hint={`One ${MODEL_ENDINGS} file of at most ${maxMb}\u00a0MB.`}
          error={fields.file.errors}
          accept={MODEL_ACCEPT}
          onChange={(event) => {
            setFile(event.currentTarget.files?.[0] ?? null);
            recheck("file");
          }}
          after={<FileChosen file={file} wrong={Boolean(fields.file.errors)} />}
          required
        />
        {outcome?.fitsNowhere && (
          <ChoiceGroup
            name="acknowledged_fit"
            label="It fits none of our printers. Send it all the same?"
            error={fields.acknowledged_fit.errors}
          >
            <Choice name="acknowledged_fit" value="yes" label="Yes, I know that it does not fit as it is" />
          </ChoiceGroup>
        )}
        {outcome?.asksAnotherCopy && (
          <ChoiceGroup
            name="another_copy"
            label="Is this another copy on purpose?"
            error={fields.another_copy.errors}
          >
            <Choice name="another_copy" value="yes" label="Yes, print another copy on purpose" />
          </ChoiceGroup>
        )}
        <SubmitRow id={SUBMIT_ID} upload={upload} />
      </form>
    </>
  );
}

/** The errors of the last attempt. They stay as they were, so that nothing above jumps while one corrects below. */
function useSummary(errors: Record<string, string[]>, answers: number, outcome?: SubmitOutcome) {
  const [errorsShown, show] = useState<SummaryError[]>(() => summaryOf(outcome?.result.error ?? {}, ORDER));
  const [turn, setTurn] = useState({ number: 0, fromServer: true });
  const latest = useRef(errors);
  latest.current = errors;
  useEffect(() => {
    if (answers) setTurn(({ number }) => ({ number: number + 1, fromServer: true }));
  }, [answers]);
  useEffect(() => {
    if (turn.number) show(summaryOf(latest.current, ORDER));
  }, [turn]);
  useEffect(() => {
    // conform has put the focus on the first field to correct; the summary above may have pushed it away.
    if (turn.number && !turn.fromServer) document.activeElement?.scrollIntoView({ block: "center" });
  }, [turn, errorsShown]);
  useEffect(() => {
    const plain = document.title.replace(/^Error: /, "");
    document.title = errorsShown.length ? `Error: ${plain}` : plain;
  }, [errorsShown]);
  return {
    errors: errorsShown,
    turn: turn.number,
    fromServer: turn.fromServer,
    attempted: () => setTurn(({ number }) => ({ number: number + 1, fromServer: false })),
  };
}
