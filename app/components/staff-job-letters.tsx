/** The letters of a job: which went out, which wait, which failed and can be sent once more. */
import type { StaffChoice } from "@server/staff/staff.server";
import type { ReactNode } from "react";
import type { LetterName } from "@server/jobs/letters";
import type { JobSheet } from "@server/reports/job-sheet.server";
import type { AtOnceRefusal } from "./at-once";
import { nameFieldId } from "./at-once-fields";
import { AtOnceForm } from "./at-once-form";
import { Button } from "./button";
import { StaffField } from "./staff-name-field";
import { Badge } from "./status-badge";
import { Time } from "./time";
import { useToast } from "./toasts";

type LetterRow = JobSheet["mails"][number];

export const LETTER_NAMES: Record<LetterName, string> = {
  receipt: "Receipt",
  approval: "Approval, with the link to confirm",
  rejection: "Rejection, with the reasons",
  completion: "Ready for pickup",
  correction: "Correction: not ready yet",
  payment_receipt: "Receipt of the payment",
  "confirm-reminder": "Reminder to confirm",
  "pickup-reminder": "Reminder to collect",
};

/** The state in words, with its colour. */
function State({ letter }: { letter: LetterRow }) {
  switch (letter.state) {
    case "done":
      return (
        <Badge tone="good" icon="check">
          sent
        </Badge>
      );
    case "failed":
      return (
        <Badge tone="danger" icon="alert">
          failed
        </Badge>
      );
    case "running":
      return <Badge tone="busy">being sent</Badge>;
    case "cancelled":
      return <Badge>cancelled</Badge>;
    case "due":
      return letter.attempts > 0 ? (
        <Badge tone="caution" icon="clock">
          trying again
        </Badge>
      ) : (
        <Badge icon="clock">waiting</Badge>
      );
  }
}

/** What happened to it so far, in one line. */
function Story({ letter }: { letter: LetterRow }) {
  const tries = letter.attempts === 1 ? "1 attempt" : `${letter.attempts} attempts`;
  if (letter.state === "done")
    return (
      <>
        Sent on <Time at={letter.done_at ?? letter.created_at} />
        {letter.attempts > 1 && `, after ${tries}`}.
      </>
    );
  if (letter.state === "due")
    return (
      <>
        {letter.attempts > 0 && `${tries} so far. `}
        {letter.attempts > 0 ? "Next try on" : "Goes out on"} <Time at={letter.next_at} />.
      </>
    );
  return (
    <>
      Written on <Time at={letter.created_at} />
      {letter.attempts > 0 && `, ${tries}`}.
    </>
  );
}

/** Has a failed letter sent once more, in one press; who asks is in the log. */
export function RetryLetter({
  jobId,
  letterId,
  staff,
  back,
  refusal,
}: {
  jobId: string;
  letterId: string;
  staff: StaffChoice[];
  /** Where to go afterwards without a script. */
  back?: string;
  refusal?: AtOnceRefusal;
}) {
  const toast = useToast();
  const own = refusal?.typed.outbox_id === letterId ? refusal : undefined;
  return (
    <AtOnceForm
      jobId={jobId}
      intent="retry-mail"
      anchor="letters"
      back={back}
      refusal={own}
      className="retry"
      onDone={(text) => toast("success", text)}
    >
      {({ errors, busy }) => (
        <>
          <input type="hidden" name="outbox_id" value={letterId} />
          <StaffField
            staff={staff}
            id={nameFieldId({ outbox_id: letterId }, jobId)}
            fields={{ value: () => own?.typed.staff_name ?? "", errors }}
          />
          <Button tone="neutral" busy={busy}>
            Try again
          </Button>
        </>
      )}
    </AtOnceForm>
  );
}

/** @param retry the form for a failed letter, where there is one */
export function LetterList({
  letters,
  retry,
}: {
  letters: JobSheet["mails"];
  retry?: (letter: LetterRow) => ReactNode;
}) {
  if (letters.length === 0)
    return <p className="text-soft">No letters yet. What the student gets by mail appears here.</p>;
  return (
    <ul className="rows">
      {letters.map((letter) => (
        <li key={letter.id}>
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="font-semibold">
              {LETTER_NAMES[letter.letter as LetterName] ?? letter.letter}
            </span>
            <State letter={letter} />
          </p>
          <p className="text-sm text-soft">
            <Story letter={letter} />
          </p>
          {letter.last_error && letter.state !== "done" && (
            <p className="text-sm wrap-anywhere text-danger">
              <span className="font-semibold">Last error:</span> {letter.last_error}
            </p>
          )}
          {letter.state === "failed" && retry?.(letter)}
        </li>
      ))}
    </ul>
  );
}
