import type { StaffChoice } from "@server/staff/staff.server";
import type { Fields } from "./decision";
import { SelectField } from "./field";

/** The mandatory "who": the last choice is never kept, because the next person may be another one. */
export function StaffField({
  staff,
  fields,
  id,
}: {
  staff: StaffChoice[];
  fields?: Pick<Fields, "value" | "errors">;
  id?: string;
}) {
  return (
    <SelectField
      name="staff_name"
      id={id}
      label="Performing Action As:"
      required
      className="staff-field"
      error={fields?.errors.staff_name}
      defaultValue={fields?.value("staff_name") ?? ""}
    >
      <option value="">Choose your name</option>
      {staff.map(({ name, is_new }) => (
        <option key={name} value={name}>
          {name}
          {is_new ? " (new)" : ""}
        </option>
      ))}
    </SelectField>
  );
}
