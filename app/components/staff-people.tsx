/** The staff list as administrators see it: everybody with their state, and the form for a new name. */
import type { StaffView } from "@server/staff/staff.server";
import { Button, ButtonLink } from "./button";
import { Card, EmptyState, Table } from "./card";
import { ErrorSummary, summaryOf } from "./error-summary";
import { TextField } from "./field";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";

/** Why a form of the staff list was not taken. */
export interface StaffOutcome {
  message: string;
  fields: Record<string, string[]>;
  typed: Record<string, string | string[]>;
}

export const typedIn = (outcome: StaffOutcome | undefined) => ({
  value: (name: string, offered = "") => [outcome?.typed[name] ?? offered].flat()[0] ?? "",
  errors: outcome?.fields ?? {},
});

export function StaffProblem({ outcome, title }: { outcome: StaffOutcome | undefined; title: string }) {
  if (!outcome) return null;
  const errors = summaryOf(outcome.fields, ["name", "staff_name"]);
  return (
    <ErrorSummary
      errors={errors.length ? errors : [{ message: outcome.message }]}
      title={title}
      focusKey={outcome}
    />
  );
}

/** Active, new or inactive, in words and a colour. */
export function StaffState({ person }: { person: StaffView }) {
  const { is_active, is_new, deactivated_at } = person;
  if (!is_active)
    return (
      <>
        <span className="badge badge-caution">Inactive</span>
        {deactivated_at && (
          <span className="ml-2 text-sm text-soft">
            since <Time at={deactivated_at} />
          </span>
        )}
      </>
    );
  return <span className={is_new ? "badge badge-accent" : "badge badge-good"}>{is_new ? "New" : "Active"}</span>; // prettier-ignore
}

export function StaffPeople({ people }: { people: StaffView[] }) {
  if (people.length === 0)
    return (
      <EmptyState icon="inbox" title="Nobody is on the list yet">
        Everything that is done here is done in somebody&apos;s name. Add the first one below.
      </EmptyState>
    );
  return (
    <Table caption="Staff" hideCaption stacks>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">State</th>
          <th scope="col">Added</th>
          <th scope="col">Do</th>
        </tr>
      </thead>
      <tbody>
        {people.map((person) => (
          <tr key={person.id}>
            <th scope="row" className={person.is_active ? "font-semibold" : "font-normal text-soft"}>
              {person.name}
              {!person.is_active && " (inactive)"}
              {person.former_names.length > 0 && (
                <span className="block text-sm font-normal text-soft">
                  before: {person.former_names.join(", ")}
                </span>
              )}
            </th>
            <td>
              <StaffState person={person} />
            </td>
            <td data-label="Added">
              <Time at={person.added_at} />
            </td>
            <td>
              <ButtonLink tone="neutral" href={`/admin/staff/${person.id}`}>
                {person.is_active ? "Rename or deactivate" : "Reactivate"}
                <span className="sr-only"> {person.name}</span>
              </ButtonLink>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

/** A new name. While nobody is on the list, it needs nobody who adds it. */
export function AddStaff({
  action,
  people,
  form_key,
  outcome,
  title = "Add a name",
}: {
  action: string;
  people: StaffView[];
  form_key: string;
  outcome: StaffOutcome | undefined;
  title?: string;
}) {
  const fields = typedIn(outcome);
  const active = people.filter(({ is_active }) => is_active);
  return (
    <Card title={title} className="mb-4">
      <form method="post" action={action} noValidate className="decision-form">
        <StaffProblem outcome={outcome} title="The name was not added" />
        <input type="hidden" name="form_key" value={form_key} autoComplete="off" />
        <TextField
          name="name"
          label="Name"
          hint={
            active.length
              ? "As it stands in the lists to choose from. It is marked as new there for some days."
              : "The first name on the list; it stands for who does everything that follows. Your own, probably."
          }
          error={fields.errors.name}
          defaultValue={fields.value("name")}
          autoComplete="off"
          required
        />
        {active.length > 0 && <StaffField staff={active} fields={fields} />}
        <Button>Add the name</Button>
      </form>
    </Card>
  );
}
