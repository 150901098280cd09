/**
 * The form of an action that is done in one press. Without a script the job's own page takes it and shows what was
 * wrong; with one it is sent from where it stands, and what was typed stays whatever happens.
 */
import { useRevalidator } from "@remix-run/react";
import { type ComponentProps, type FormEvent, type ReactNode, useState } from "react";
import { Alert } from "./alert";
import type { AtOnceAnswer, AtOnceIntent, AtOnceRefusal } from "./at-once";
import { LOGGED_OUT, NO_ANSWER } from "./decision-sent";

export interface AtOnceState {
  errors: Record<string, string[]>;
  busy: boolean;
}

interface Props extends Omit<ComponentProps<"form">, "children"> {
  jobId: string;
  intent: AtOnceIntent;
  /** Where to go afterwards without a script; the job's page when not given. */
  back?: string;
  /** Where the form stands on the job's page. */
  anchor: string;
  /** What the server said to the form before, without a script. */
  refusal?: AtOnceRefusal;
  /** Looks at the form before it is sent; errors by field. */
  check?: (form: FormData) => Record<string, string[]>;
  /** The server refused it. */
  onRefused?: (refusal: AtOnceRefusal) => void;
  /** It is done; the text says what. */
  onDone?: (text: string) => void;
  children: (state: AtOnceState) => ReactNode;
}

export function AtOnceForm({
  jobId,
  intent,
  back,
  anchor,
  refusal: before,
  check,
  onRefused,
  onDone,
  children,
  ...rest
}: Props) {
  const { revalidate } = useRevalidator();
  const [refusal, setRefusal] = useState(before);
  const [busy, setBusy] = useState(false);
  const path = `/dashboard/jobs/${jobId}`;

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const form = event.currentTarget;
    const values = new FormData(form);
    const errors = check?.(values) ?? {};
    const wrong = Object.keys(errors);
    if (wrong.length) {
      setRefusal({ message: "", fields: errors, reason: "invalid", typed: {} });
      return focusOn(form, wrong);
    }
    setBusy(true);
    const answer = await post(`${path}/at-once`, values);
    setBusy(false);
    if ("done" in answer) {
      setRefusal(undefined);
      onDone?.(answer.done);
      return revalidate();
    }
    setRefusal(answer);
    onRefused?.(answer);
    focusOn(form, Object.keys(answer.fields));
  }

  return (
    <form
      method="post"
      action={`${path}#${anchor}`}
      noValidate
      aria-busy={busy || undefined}
      onSubmit={(event) => void send(event)}
      {...rest}
    >
      <input type="hidden" name="intent" value={intent} />
      {back && <input type="hidden" name="back" value={back} />}
      {refusal && Object.keys(refusal.fields).length === 0 && (
        <Alert tone="error" live title={refusal.reason === "locked" ? "Not saved yet" : "That did not work"}>
          <p>{refusal.message}</p>
        </Alert>
      )}
      {children({ errors: refusal?.fields ?? {}, busy })}
    </form>
  );
}

/** The first field that is wrong gets the focus, so that the reason is read out. */
function focusOn(form: HTMLFormElement, names: string[]): void {
  const field = [...form.elements].find((element) => names.includes((element as HTMLInputElement).name));
  (field as HTMLElement | undefined)?.focus();
}

const failed = (message: string): AtOnceRefusal => ({ message, fields: {}, reason: "unsent", typed: {} });

async function post(url: string, form: FormData): Promise<AtOnceAnswer> {
  const body = new URLSearchParams([...form].map(([name, value]) => [name, String(value)]));
  try {
    const answer = await fetch(url, { method: "POST", body });
    if (answer.redirected) return failed(LOGGED_OUT);
    if (answer.headers.get("Content-Type")?.includes("json")) return (await answer.json()) as AtOnceAnswer;
    if (answer.status === 404) return failed("This job is not there any more. It may have been deleted.");
  } catch {
    // The line is down: the sentence below.
  }
  return failed(NO_ANSWER);
}
