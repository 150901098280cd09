/** The status that a job is put into by hand, and what it would lack there: of every status, or with a script of the chosen one. */
import { useState } from "react";
import { STATUS, STATUSES, type Status } from "@server/jobs/states";
import type { Fields } from "../decision";
import { SelectField } from "../field";

export function NewStatusField({
  current,
  broken,
  fields,
}: {
  current: Status;
  broken: { status: Status; broken: string[] }[];
  fields: Fields;
}) {
  const [chosen, choose] = useState(fields.value("new_status"));
  const shown = broken.filter(({ status }) => chosen === "" || status === chosen);
  return (
    <>
      <SelectField
        name="new_status"
        label="New status"
        required
        error={fields.errors.new_status}
        defaultValue={fields.value("new_status")}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">Choose a status</option>
        {STATUSES.filter((status) => status !== current).map((status) => (
          <option key={status} value={status}>
            {STATUS[status].label}: {STATUS[status].description}
          </option>
        ))}
      </SelectField>
      <div className="mb-5 border-l-4 border-caution-bar pl-4" aria-live="polite">
        <p className="font-semibold">What the job would lack there</p>
        <p className="text-sm text-soft">
          The steps between are skipped, and nothing of this is made up for.
        </p>
        <dl>
          {shown.map(({ status, broken }) => (
            <div key={status} className="mt-2">
              <dt className="font-semibold">{STATUS[status].label}</dt>
              {(broken.length ? broken : ["Nothing: all its preconditions are met."]).map((sentence) => (
                <dd key={sentence}>{sentence}</dd>
              ))}
            </div>
          ))}
        </dl>
      </div>
    </>
  );
}
