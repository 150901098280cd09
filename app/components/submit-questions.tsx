/** Questions that the submission form asks only when there is a reason to. */
import { Choice, ChoiceGroup } from "./field";

interface Props {
  error?: string[];
  /** Ticked before the server sent the form back. */
  ticked?: boolean;
}

/** The model fits no printer. */
export function FitQuestion({ error, ticked }: Props) {
  return (
    <ChoiceGroup
      name="acknowledged_fit"
      label="It fits none of our printers. Send it all the same?"
      error={error}
    >
      <Choice
        name="acknowledged_fit"
        value="yes"
        label="Yes, I know that it does not fit as it is"
        defaultChecked={ticked}
        required
      />
    </ChoiceGroup>
  );
}

/** The same file is in the queue already. */
export function CopyQuestion({ error, ticked }: Props) {
  return (
    <ChoiceGroup name="another_copy" label="Is this another copy on purpose?" error={error}>
      <Choice
        name="another_copy"
        value="yes"
        label="Yes, print another copy on purpose"
        defaultChecked={ticked}
        required
      />
    </ChoiceGroup>
  );
}
