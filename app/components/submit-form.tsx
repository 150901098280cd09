/**
 * The form with which a print begins. Complete as the server sends it; with JavaScript it checks each answer
 * when one leaves it, filters the lists, reads the file at once and shows how far the upload is.
 */
import { useForm, type SubmissionResult } from "@conform-to/react";
import { parseWithZod } from "@conform-to/zod/v4";
import { useEffect, useMemo, type ReactNode } from "react";
import { formatCents } from "@server/jobs/pricing";
import { ChoiceFields } from "./choice-fields";
import { ErrorSummary } from "./error-summary";
import { FileField, SelectField, TextField } from "./field";
import { MODEL_ACCEPT, MODEL_ENDINGS } from "./model-file";
import { ModelPanel } from "./model-panel";
import type { Offer } from "./offer";
import { ProseLine } from "./prose";
import { type SubmitTexts, useSubmitTexts } from "./submit-intro";
import { CopyQuestion, FitQuestion } from "./submit-questions";
import { SubmitRow } from "./submit-row";
import { submitSchemaWith } from "./submit-schema";
import { useChoices } from "./use-choices";
import { useChosenModel, useRefusal } from "./use-chosen-model";
import { useSummary } from "./use-summary";
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
  /** The consent as it is in force now: it may have changed since the form was opened. */
  consent: Pick<SubmitTexts, "consent" | "consent_version">;
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
  const shown = useSubmitTexts();
  const texts = outcome?.consent ?? shown;
  const choices = useChoices();
  const model = useChosenModel(offer, maxMb, choices.chosen);
  const { file, choose, part, verdict } = model;
  const schema = useMemo(() => submitSchemaWith(maxMb, () => verdict.current), [maxMb, verdict]);
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
  const summary = useSummary(form.allErrors, upload.answers, outcome?.result.error, ORDER);
  useRefusal(model, () => recheck("file"));
  useEffect(() => {
    // Chosen before the script arrived.
    const input = document.querySelector<HTMLInputElement>(`#${FORM_ID} [name=file]`);
    choose(input?.files?.[0] ?? null);
  }, [choose]);
  // What was read here counts; otherwise what the server has asked.
  const asksFit = part ? part.fits === "no" : outcome?.fitsNowhere;

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
        <input type="hidden" name="consent_version" value={texts.consent_version} autoComplete="off" />
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
          choices={choices}
          tooSmall={model.tooSmall}
          onChoose={recheck}
        />

        <h2 className="section-title">Cost and file</h2>
        <SelectField
          name="acknowledged_minimum_charge"
          label={
            <>
              Minimum Charge Consent
              <span className="label-note">
                <ProseLine text={texts.consent} values={{ minimum: formatCents(offer.minimumChargeCents) }} />
              </span>
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
            choose(event.currentTarget.files?.[0] ?? null);
            recheck("file");
          }}
          after={<ModelPanel {...model} wrong={Boolean(fields.file.errors)} />}
          required
        />
        {asksFit && (
          <FitQuestion
            // Another file is another question.
            key={file ? `${file.name} ${file.size} ${file.lastModified}` : ""}
            error={fields.acknowledged_fit.errors}
            ticked={!file && value("acknowledged_fit") === "yes"}
          />
        )}
        {outcome?.asksAnotherCopy && (
          <CopyQuestion error={fields.another_copy.errors} ticked={value("another_copy") === "yes"} />
        )}
        <SubmitRow id={SUBMIT_ID} upload={upload} />
      </form>
    </>
  );
}
