/** One person of the staff list: rename, deactivate or reactivate, and what was done to the entry before. */
import type { HistoryEvent } from "@server/reports/job-history.server";
import type { StaffChoice, StaffView } from "@server/staff/staff.server";
import { Button, ButtonLink } from "./button";
import { Card } from "./card";
import { TextField } from "./field";
import { actorText, eventText } from "./staff-event-text";
import { StaffField } from "./staff-name-field";
import { type StaffOutcome, StaffProblem, StaffState, typedIn } from "./staff-people";
import { Time } from "./time";

/** What the page's forms ask for. */
export const STAFF_INTENTS = ["rename", "deactivate", "reactivate"] as const;
type Intent = (typeof STAFF_INTENTS)[number];

export function StaffPerson({
  person,
  events,
  staff,
  outcome,
}: {
  person: StaffView;
  events: HistoryEvent[];
  staff: StaffChoice[];
  outcome: (StaffOutcome & { intent: Intent }) | undefined;
}) {
  const action = `/admin/staff/${person.id}`;
  const said = (intent: Intent) => (outcome?.intent === intent ? outcome : undefined);
  const renaming = typedIn(said("rename"));
  const turn = person.is_active ? "deactivate" : "reactivate";
  const last = person.is_active && staff.length === 1;
  return (
    <>
      <p className="mb-4 flex flex-wrap items-center gap-3">
        <StaffState person={person} />
        <ButtonLink tone="quiet" href="/admin/staff">
          Back to the list
        </ButtonLink>
      </p>
      <Card title="Rename" className="mb-4">
        <form method="post" action={action} noValidate className="decision-form">
          <StaffProblem outcome={said("rename")} title="The name was not changed" />
          <TextField
            name="name"
            label="New name"
            hint="What was done before keeps the name of that day, and nobody else can get that name."
            error={renaming.errors.name}
            defaultValue={renaming.value("name", person.name)}
            autoComplete="off"
            required
          />
          <StaffField staff={staff} fields={renaming} />
          <Button name="intent" value="rename">
            Rename
          </Button>
        </form>
      </Card>
      <Card title={person.is_active ? "Deactivate" : "Reactivate"} className="mb-4">
        <form method="post" action={action} noValidate className="decision-form">
          <StaffProblem outcome={said(turn)} title="Nothing was changed" />
          <p className="mb-4 max-w-prose text-soft">
            {last
              ? "This is the last active name, and without one nothing can be done here. Add another name first."
              : person.is_active
                ? "The name leaves the lists to choose from. What was done in it stays, marked as inactive. It can be reactivated at any time."
                : "The name comes back to the lists to choose from."}
          </p>
          {!last && (
            <>
              <StaffField id="turn_staff_name" staff={staff} fields={typedIn(said(turn))} />
              <Button tone={person.is_active ? "danger" : "primary"} name="intent" value={turn}>
                {person.is_active ? "Deactivate" : "Reactivate"} {person.name}
              </Button>
            </>
          )}
        </form>
      </Card>
      <Card title="History of this entry">
        {events.length === 0 ? (
          <p className="text-soft">It came with the example data.</p>
        ) : (
          <ul className="rows">
            {events.map((event) => (
              <li key={event.id}>
                <p>{eventText(event).sentence}</p>
                <p className="text-sm text-soft">
                  {actorText(event)}, <Time at={event.timestamp} />
                </p>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </>
  );
}
