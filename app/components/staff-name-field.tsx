import type { StaffChoice } from "@server/staff/staff.server";
import type { Fields } from "./decision";
import { SelectField } from "./field";
import { useLastName } from "./last-name";

/**
 * The mandatory "who". Nobody is chosen beforehand, because the next person may be another one; the name last
 * used on this tab stands first, to be chosen again.
 */
export function StaffField({
  staff,
  fields,
  id,
}: {
  staff: StaffChoice[];
  fields?: Pick<Fields, "value" | "errors">;
  id?: string;
}) {
  const last = useLastName(staff.map(({ name }) => name));
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
      {/* A copy: the name keeps its own place too, so that a choice made before the script ran stands. */}
      {last && <option value={last}>{last} (used last on this tab)</option>}
      {staff.map(({ name, is_new }) => (
        <option key={name} value={name}>
          {name}
          {is_new ? " (new)" : ""}
        </option>
      ))}
    </SelectField>
  );
}
