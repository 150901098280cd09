import { Button } from "./button";
import type { ActionName } from "./staff-steps";

/** The button that takes the lock and opens the decision's form. A plain form: rows have many of them. */
export function StartForm({
  jobId,
  name,
  label,
  tone = "primary",
  danger,
  disabled,
  describedBy,
}: {
  jobId: string;
  name: ActionName;
  label: string;
  tone?: "primary" | "neutral";
  /** What the form will do cannot be undone; opening it changes nothing yet. */
  danger?: boolean;
  disabled?: boolean;
  describedBy?: string;
}) {
  return (
    <form method="post" action={`/dashboard/jobs/${jobId}/${name}`}>
      <input type="hidden" name="intent" value="start" />
      <Button
        tone={tone}
        className={danger ? "btn-grave" : undefined}
        disabled={disabled}
        aria-describedby={describedBy}
      >
        {label}
      </Button>
    </form>
  );
}
