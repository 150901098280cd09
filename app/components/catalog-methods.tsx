/** The print methods line by line, and the minimum charge. */
import { type Entered, manyOf, oneOf, withMethods } from "@server/catalog/edit";
import type { Catalog } from "@server/catalog/schema";
import { formatCents } from "@server/jobs/pricing";
import type { StaffChoice } from "@server/staff/staff.server";
import { useState } from "react";
import { CatalogForm, type CatalogOutcome } from "./catalog-form";
import { CatalogPreview, useSound } from "./catalog-preview";
import { Choice, TextAreaField, TextField } from "./field";

export const METHODS_ORDER = ["method_name_0", "minimum_charge", "staff_name"];

const opened = ({ methods, method_notes, minimum_charge_cents }: Catalog): Entered => ({
  // One more line for a new one.
  method_was: [...methods, ""],
  method_name: [...methods, ""],
  method_note: [...methods.map((name) => method_notes[name] ?? ""), ""],
  minimum_charge: (minimum_charge_cents / 100).toFixed(2),
});

export function CatalogMethods({
  catalog,
  version,
  staff,
  form_key,
  outcome,
}: {
  catalog: Catalog;
  version: number;
  staff: StaffChoice[];
  form_key: string;
  outcome: CatalogOutcome | undefined;
}) {
  const entered = outcome?.typed ?? opened(catalog);
  const [live, setLive] = useState<Entered | null>(null);
  const { shown, sound } = useSound(withMethods(catalog, live ?? entered), catalog);
  const errors = outcome?.fields ?? {};
  const [names, notes] = [manyOf(entered, "method_name"), manyOf(entered, "method_note")];
  const look = (form: HTMLFormElement) => {
    const fields = new FormData(form);
    setLive(Object.fromEntries([...new Set(fields.keys())].map((name) => [name, fields.getAll(name).map(String)]))); // prettier-ignore
  };
  return (
    <div className="with-preview">
      <CatalogForm
        id="methods-form"
        action="/admin/catalog/methods"
        version={version}
        formKey={form_key}
        outcome={outcome}
        staff={staff}
        order={METHODS_ORDER}
        cancel="/admin/catalog"
        onInput={look}
      >
        {manyOf(entered, "method_was").map((was, n) => (
          <fieldset key={was || "new"} className="method-line">
            <legend className="label">{was || "Another method"}</legend>
            <input type="hidden" name="method_was" value={was} />
            <TextField
              name="method_name"
              id={`method_name_${n}`}
              label="Name"
              defaultValue={names[n] ?? ""}
              error={errors[`method_name_${n}`]}
            />
            <TextAreaField
              name="method_note"
              id={`method_note_${n}`}
              label="What students read about it"
              rows={2}
              defaultValue={notes[n] ?? ""}
              error={errors[`method_note_${n}`]}
            />
            {was && (
              <Choice
                name="method_remove"
                value={was}
                label={`Remove ${was}`}
                defaultChecked={manyOf(entered, "method_remove").includes(was)}
              />
            )}
          </fieldset>
        ))}
        <TextField
          name="minimum_charge"
          label="Minimum charge ($)"
          hint={`What every print costs at least. Now ${formatCents(catalog.minimum_charge_cents)}.`}
          className="input-short"
          inputMode="decimal"
          defaultValue={oneOf(entered, "minimum_charge")}
          error={errors.minimum_charge}
          required
        />
      </CatalogForm>
      <CatalogPreview catalog={shown} sound={sound} unsaved={live !== null || outcome !== undefined} />
    </div>
  );
}
