import { useEffect, useState } from "react";
import { Button } from "./button";

/**
 * Asks for a fresh confirmation email. Inside the waiting time the button is off and says for how long;
 * with JavaScript it counts down and comes back by itself.
 */
export function ResendForm({
  reference,
  waitSeconds,
  available,
}: {
  /** Sent along as `job_id` where the address does not carry it. */
  reference?: string;
  waitSeconds: number;
  available: boolean;
}) {
  const [left, setLeft] = useState(waitSeconds);
  const [sending, setSending] = useState(false);
  useEffect(() => {
    if (waitSeconds <= 0) return;
    const end = Date.now() + waitSeconds * 1000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((end - Date.now()) / 1000))), 1000);
    return () => clearInterval(timer);
  }, [waitSeconds]);
  const waiting = left > 0 || (!available && waitSeconds <= 0);
  const minutes = Math.ceil(left / 60);
  return (
    <form
      method="post"
      onSubmit={(event) => {
        if (sending) event.preventDefault();
        setSending(true);
      }}
    >
      {reference && <input type="hidden" name="job_id" value={reference} />}
      {left > 0 && (
        <p className="mb-3" id="resend-wait">
          You can request a new email in{" "}
          <strong className="tabular-nums">
            {left > 90 || left === waitSeconds
              ? `${minutes} ${minutes === 1 ? "minute" : "minutes"}`
              : `${left} seconds`}
          </strong>
          .
        </p>
      )}
      <Button disabled={waiting} busy={sending} aria-describedby={left > 0 ? "resend-wait" : undefined}>
        Resend Confirmation Email
      </Button>
    </form>
  );
}
