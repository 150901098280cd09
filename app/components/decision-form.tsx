/** The form of a decision: to be sent, or, after a conflict, to be seen and taken along. */
import { createContext, type FormEvent, type ReactNode, useContext } from "react";
import { formatTime } from "@server/time";
import { Alert } from "./alert";
import { Button, ButtonLink } from "./button";
import type { DecisionOutcome, DecisionView, Fields, Held, Typed } from "./decision";
import { LOGGED_OUT } from "./decision-sent";
import { useLab } from "./lab";
import { StaffField } from "./staff-name-field";
import { action } from "./staff-steps";
import { useHeartbeat } from "./use-heartbeat";

/** How a dialog sends the form and goes away; absent on a page, where the browser does both. */
export const InPlaceContext = createContext<{
  send: (event: FormEvent<HTMLFormElement>) => void;
  close: () => void;
  busy: boolean;
  /** Why the last press came to nothing: the server was not reached. */
  unsent: string | null;
} | null>(null);

/** The form that may be sent. */
export function ActiveForm({
  view,
  held,
  version,
  fields,
  button,
  children,
}: {
  view: DecisionView;
  held: Held | null;
  version: number;
  fields: Fields;
  button?: string;
  children: ReactNode;
}) {
  const { job, name } = view;
  const inPlace = useContext(InPlaceContext);
  const { tone, label } = action(name);
  const path = `/dashboard/jobs/${job.id}`;
  return (
    <form
      id="decision"
      method="post"
      action={`${path}/${name}${held ? `?lock=${held.lock_key}` : ""}`}
      noValidate
      onSubmit={inPlace?.send}
    >
      <input type="hidden" name="version" defaultValue={version} />
      {held && <input type="hidden" name="lock_key" defaultValue={held.lock_key} />}
      <input type="hidden" name="form_key" defaultValue={view.form_key} autoComplete="off" />
      <StaffField staff={view.staff} fields={fields} />
      {children}
      <Unsent text={inPlace?.unsent} />
      <div className="mt-6 flex flex-wrap items-center gap-3">
        <Button
          name="intent"
          value="submit"
          tone={tone === "danger" ? "danger" : "primary"}
          busy={inPlace?.busy}
        >
          {button ?? label}
        </Button>
        {held ? (
          <Button name="intent" value="cancel" tone="neutral">
            Cancel
          </Button>
        ) : inPlace ? (
          <Button type="button" tone="neutral" onClick={inPlace.close}>
            Cancel
          </Button>
        ) : (
          <ButtonLink href={path} tone="neutral">
            Cancel
          </ButtonLink>
        )}
      </div>
      {held && <Hold path={path} held={held} />}
    </form>
  );
}

/** Beside the buttons: whoever presses is looking there. */
function Unsent({ text }: { text?: string | null }) {
  return (
    text && (
      <Alert
        tone="error"
        live
        title={text === LOGGED_OUT ? "Not done yet" : "No answer yet"}
        className="my-4"
      >
        <p>{text}</p>
      </Alert>
    )
  );
}

/** Until when nobody else can decide. */
function Hold({ path, held }: { path: string; held: Held }) {
  const beat = useHeartbeat(path, held);
  const { time_zone } = useLab();
  if (beat?.lost)
    return (
      <p className="mt-3 font-semibold text-caution" role="status">
        Your hold on this job has ended. Press the button anyway: if nobody took the job, you get it back.
      </p>
    );
  return (
    <p className="mt-3 text-sm text-soft">
      You hold this job until {formatTime(beat?.until ?? held.locked_until, time_zone)}; nobody else can
      decide about it meanwhile.
    </p>
  );
}

/** After a conflict: what was typed, to be seen and not sent, and the way to look again with it. */
export function KeptForm({
  view,
  outcome,
  fields,
  children,
}: {
  view: DecisionView;
  outcome: DecisionOutcome;
  fields: Fields;
  children: ReactNode;
}) {
  const { job, name } = view;
  const inPlace = useContext(InPlaceContext);
  const possible = job.obstacle === null;
  return (
    <>
      <fieldset disabled className="kept">
        <legend className="label">What you had typed</legend>
        <StaffField staff={view.staff} fields={fields} />
        {children}
      </fieldset>
      <Unsent text={inPlace?.unsent} />
      {!possible && <p className="mb-4 font-semibold">{job.obstacle}</p>}
      <div className="flex flex-wrap gap-3">
        {possible && (
          <form method="post" action={`/dashboard/jobs/${job.id}/${name}`} onSubmit={inPlace?.send}>
            <CarriedOver typed={outcome.typed} />
            <Button name="intent" value="again">
              {outcome.kind === "locked" ? "Try again" : "Look again and continue"}
            </Button>
          </form>
        )}
        <ButtonLink href={`/dashboard/jobs/${job.id}`} tone={possible ? "neutral" : "primary"}>
          Back to the job
        </ButtonLink>
      </div>
    </>
  );
}

function CarriedOver({ typed }: { typed: Typed }) {
  return (
    <>
      {Object.entries(typed).flatMap(([name, value]) =>
        [value]
          .flat()
          .map((one) => <input key={`${name} ${one}`} type="hidden" name={name} defaultValue={one} />),
      )}
    </>
  );
}
