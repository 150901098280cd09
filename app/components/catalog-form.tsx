/** The frame of every form that changes the catalog: what went wrong, who was faster, who does it. */
import type { Entered } from "@server/catalog/edit";
import type { StaffChoice } from "@server/staff/staff.server";
import type { ReactNode } from "react";
import { Alert } from "./alert";
import { Button, ButtonLink } from "./button";
import { ErrorSummary, summaryOf } from "./error-summary";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";

/** What another editor has put into force since the form was made. */
export interface StaleCatalog {
  version: number;
  updated_by: string | null;
  updated_at: string | null;
  changes: string[];
}

/** Why a form of the catalog was not taken, or came back for another look. */
export interface CatalogOutcome {
  message: string;
  /** By the ids of the form's controls; `""` is the form itself. */
  fields: Record<string, string[]>;
  typed: Entered;
  stale: StaleCatalog | null;
  /** The version that this form is for now. */
  version: number;
}

/** Lists of the catalog's page: nothing typed but a name. */
export const typedName = (typed: Entered | undefined) => [typed?.staff_name ?? ""].flat()[0] ?? "";

/** What went wrong, above everything. */
export function CatalogProblem({
  outcome,
  order,
}: {
  outcome: CatalogOutcome | undefined;
  order: readonly string[];
}) {
  if (!outcome?.message) return null;
  const { stale, fields, message } = outcome;
  if (stale)
    return (
      <Alert tone="warning" live title={message} className="mb-4">
        {stale.updated_at && (
          <p>
            Version {stale.version} is in force since <Time at={stale.updated_at} />
            {stale.changes.length ? ":" : "."}
          </p>
        )}
        <ul className="my-2 list-disc pl-5">
          {stale.changes.map((change) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
        <p>What you entered is still here. Check it and save again to put it on top of that.</p>
      </Alert>
    );
  const errors = summaryOf(fields, order);
  return <ErrorSummary errors={errors.length ? errors : [{ message }]} focusKey={outcome} />;
}

/** The form: fields, the name, Save and Cancel. */
export function CatalogForm({
  id,
  action,
  version,
  formKey,
  outcome,
  staff,
  order,
  save = "Save",
  cancel,
  onInput,
  children,
}: {
  id: string;
  action: string;
  version: number;
  formKey: string;
  outcome: CatalogOutcome | undefined;
  staff: StaffChoice[];
  /** The ids of the controls, as they follow each other. */
  order: readonly string[];
  save?: string;
  cancel: string;
  onInput?: (form: HTMLFormElement) => void;
  children: ReactNode;
}) {
  return (
    <form
      id={id}
      method="post"
      action={action}
      noValidate
      className="card catalog-form"
      onInput={onInput && ((event) => onInput(event.currentTarget))}
    >
      <CatalogProblem outcome={outcome} order={order} />
      {/* Enter in a field presses the first button of a form. */}
      <button className="sr-only" tabIndex={-1} aria-hidden="true" name="intent" value="save" />
      <input type="hidden" name="version" value={outcome?.version ?? version} autoComplete="off" />
      <input type="hidden" name="form_key" value={formKey} autoComplete="off" />
      {children}
      <StaffField
        staff={staff}
        fields={{ value: () => typedName(outcome?.typed), errors: outcome?.fields ?? {} }}
      />
      <div className="mt-6 flex flex-wrap gap-3">
        <Button name="intent" value="save">
          {save}
        </Button>
        <ButtonLink tone="neutral" href={cancel}>
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
