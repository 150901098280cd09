import type { StaffChoice } from "@server/staff/staff.server";
import { EXPORT_NAMES, EXPORTS } from "@server/reports/exports";
import { Button } from "./button";
import { ErrorSummary, summaryOf } from "./error-summary";
import { Choice, ChoiceGroup, TextField } from "./field";
import { useLab } from "./lab";
import { StaffField } from "./staff-name-field";

/** What, which days, and who takes it; the browser saves the answer. */
export function ExportForm({
  staff,
  values,
  errors,
}: {
  staff: StaffChoice[];
  values: Record<string, string>;
  errors: Record<string, string[]>;
}) {
  const { time_zone } = useLab();
  const wrong = summaryOf(errors, ["what", "start_date", "end_date", "staff_name"]);
  return (
    <form method="post" action="/payments/export/download" className="card max-w-2xl" noValidate>
      {wrong.length > 0 && <ErrorSummary errors={wrong} title="There is a problem" focusKey={errors} />}
      <ChoiceGroup name="what" label="What?" error={errors.what}>
        {EXPORT_NAMES.map((name) => (
          <Choice
            key={name}
            type="radio"
            name="what"
            value={name}
            defaultChecked={values.what === name}
            label={
              <>
                <strong>{EXPORTS[name].label}.</strong>{" "}
                <span className="text-soft">{EXPORTS[name].hint}</span>
              </>
            }
          />
        ))}
      </ChoiceGroup>
      <div className="flex flex-wrap gap-x-6">
        <TextField
          name="start_date"
          label="First day"
          type="date"
          required
          error={errors.start_date}
          defaultValue={values.start_date}
        />
        <TextField
          name="end_date"
          label="Last day"
          type="date"
          required
          error={errors.end_date}
          defaultValue={values.end_date}
        />
      </div>
      <p className="hint mb-4">
        Both days are in it, from midnight to midnight in the lab’s time ({time_zone}). The log notes who
        takes the file.
      </p>
      <StaffField staff={staff} fields={{ value: (name) => values[name] ?? "", errors }} />
      <Button>Download CSV</Button>
    </form>
  );
}
