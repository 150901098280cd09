/** The fields of one printer. */
import { type Entered, manyOf, oneOf } from "@server/catalog/edit";
import { Choice, ChoiceGroup, TextAreaField, TextField } from "./field";

export const PRINTER_ORDER = [
  "name",
  "thing_id",
  "methods",
  "width",
  "depth",
  "height",
  "dimensions_text",
  "active",
  "note",
  "staff_name",
];

export function PrinterFields({
  entered,
  errors,
  methods,
  isNew,
}: {
  entered: Entered;
  errors: Record<string, string[]>;
  methods: string[];
  isNew: boolean;
}) {
  const text = (name: string) => ({ name, defaultValue: oneOf(entered, name), error: errors[name] });
  return (
    <>
      <TextField {...text("name")} label="Name" hint="As students and staff know it." required />
      {isNew && (
        <TextField
          {...text("thing_id")}
          label="Id (optional)"
          hint="Jobs and the API name the printer by it, for ever. Leave it empty to have it made from the name."
          autoCapitalize="none"
          spellCheck={false}
        />
      )}
      <ChoiceGroup name="methods" label="Prints" error={errors.methods}>
        {methods.map((method) => (
          <Choice
            key={method}
            name="methods"
            value={method}
            label={method}
            defaultChecked={manyOf(entered, "methods").includes(method)}
          />
        ))}
      </ChoiceGroup>
      <fieldset className="field">
        <legend className="label">Build volume</legend>
        <div className="measures">
          <TextField {...text("width")} label="Width" unit="mm" inputMode="decimal" required />
          <TextField {...text("depth")} label="Depth" unit="mm" inputMode="decimal" required />
          <TextField {...text("height")} label="Height" unit="mm" inputMode="decimal" required />
        </div>
      </fieldset>
      <TextField
        {...text("dimensions_text")}
        label="Dimensions as students read them (optional)"
        hint={'Such as 9.84" × 8.3" × 8.6" (250 × 210 × 220 mm). Left empty, the build volume is shown.'}
      />
      <Choice
        name="active"
        value="yes"
        label="In service: students can choose it"
        defaultChecked={oneOf(entered, "active") === "yes"}
      />
      <TextAreaField
        {...text("note")}
        label="Note (optional)"
        hint="For staff: why it is out of service, until when."
        rows={2}
        className="mt-4"
      />
    </>
  );
}
