/** The settings' page: a form for each group, made from the table of descriptions. */
import { SETTING_GROUPS, SETTINGS, type SettingGroup, settingsIn } from "@server/settings/descriptions";
import { DEFAULTS, defaultInWords, inWords, rangeOf, shownAs } from "@server/settings/read-form";
import type { SettingKey } from "@server/settings/schema";
import type { LastChange } from "@server/settings/last-changes.server";
import type { SettingsPage } from "@server/settings/settings-page.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { Button } from "./button";
import { Card } from "./card";
import type { Typed } from "./decision";
import { ErrorSummary, summaryOf } from "./error-summary";
import { Choice, ChoiceGroup, TextAreaField, TextField } from "./field";
import { StaffField } from "./staff-name-field";
import { Time } from "./time";

/** What a refused form comes back with. */
export interface SettingsRefused {
  group: SettingGroup | "logo";
  message: string;
  fields: Record<string, string[]>;
  typed: Typed;
  /** Somebody else was faster: the group's new stamp. */
  stamp: string | null;
}

/** The names over the page, each a link to its form. */
export function SettingsContents() {
  return (
    <nav aria-label="Groups of settings" className="segments mb-4">
      <ul>
        {Object.entries(SETTING_GROUPS).map(([group, { title }]) => (
          <li key={group}>
            <a href={`#group-${group}`}>{title}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Who changed something last, and when. */
export function LastChangeLine({ last }: { last: LastChange | null }) {
  return (
    <p className="text-sm text-soft">
      {last ? (
        <>
          Last changed by {last.by} on <Time at={last.at} />.
        </>
      ) : (
        "As it came; nobody has changed anything here."
      )}
    </p>
  );
}

export function SettingsGroupForm({
  group,
  page,
  staff,
  refused,
}: {
  group: SettingGroup;
  page: SettingsPage;
  staff: StaffChoice[];
  refused?: SettingsRefused;
}) {
  const { title, lead } = SETTING_GROUPS[group];
  const keys = settingsIn(group).filter((key) => SETTINGS[key].control !== "logo");
  const staffId = `staff-${group}`;
  const errors = refused
    ? summaryOf(refused.fields, keys).map((error) => ({
        ...error,
        field: error.field === "staff_name" ? staffId : error.field,
      }))
    : [];
  // What is only wrong leaves the form as old as it was: somebody else's change meanwhile is still told.
  const stamp = refused ? (refused.stamp ?? one(refused.typed.stamp)) : page.stamps[group];
  return (
    <Card title={title} className="mb-4">
      <div id={`group-${group}`} />
      <p className="mb-1 max-w-prose text-soft">{lead}</p>
      <LastChangeLine last={page.last[group]} />
      <form method="post" action="/admin/settings" noValidate className="settings-form mt-4">
        <input type="hidden" name="group" defaultValue={group} />
        <input type="hidden" name="stamp" defaultValue={stamp} autoComplete="off" />
        {refused && (
          <ErrorSummary
            errors={errors.length ? errors : [{ message: refused.message }]}
            title={refused.stamp ? "Somebody else was faster" : "Nothing was saved"}
            focusKey={refused}
          />
        )}
        <div className="settings-grid">
          {keys.map((key) => (
            <SettingField key={key} name={key} page={page} refused={refused} />
          ))}
        </div>
        <StaffField
          id={staffId}
          staff={staff}
          fields={{ value: () => one(refused?.typed.staff_name), errors: refused?.fields ?? {} }}
        />
        <Button>Save “{title}”</Button>
      </form>
    </Card>
  ); // prettier-ignore
}

const one = (value: string | string[] | undefined) => [value ?? ""].flat()[0] ?? "";

function SettingField({
  name,
  page,
  refused,
}: {
  name: SettingKey;
  page: SettingsPage;
  refused?: SettingsRefused;
}) {
  const { label, explanation, control, unit } = SETTINGS[name];
  const value = page.values[name];
  if (control === "paths") return <StoragePaths page={page} refused={refused} />;
  const stored = shownAs(name, value);
  const typed = refused && name in refused.typed ? one(refused.typed[name]) : undefined;
  const isDefault = stored === shownAs(name, DEFAULTS[name]);
  const hint = (
    <>
      {explanation}{" "}
      {control === "prose"
        ? !isDefault && "This is not the default text."
        : `Default: ${defaultInWords(name)}.`}
      {refused?.stamp && typed !== undefined && typed !== stored && (
        <strong className="block text-caution">In force now: {inWords(name, value)}</strong>
      )}
    </>
  );
  const common = { name, label, hint, error: refused?.fields[name] };
  return (
    <div className={control === "prose" ? "setting setting-wide" : "setting"}>
      {control === "switch" ? (
        <ChoiceGroup {...common}>
          {(["yes", "no"] as const).map((answer) => (
            <Choice
              key={answer}
              type="radio"
              name={name}
              value={answer}
              label={answer === "yes" ? "On" : "Off"}
              defaultChecked={(typed ?? stored) === answer}
            />
          ))}
        </ChoiceGroup>
      ) : control === "prose" || control === "lines" ? (
        <TextAreaField {...common} rows={rowsFor(typed ?? stored)} defaultValue={typed ?? stored} />
      ) : (
        <TextField
          {...common}
          unit={control === "number" ? unit : undefined}
          inputMode={control === "number" ? (rangeOf(name).whole ? "numeric" : "decimal") : undefined}
          type={control === "email" ? "email" : control === "address" ? "url" : "text"}
          autoComplete="off"
          spellCheck={control === "line" ? undefined : false}
          defaultValue={typed ?? stored}
        />
      )}
      {!isDefault && (
        <Choice
          name="use_default"
          value={name}
          label={control === "prose" ? "Back to the default text" : `Back to the default (${defaultInWords(name)})`}
          defaultChecked={refused ? [refused.typed.use_default ?? []].flat().includes(name) : false}
        />
      )}
    </div>
  ); // prettier-ignore
}

const rowsFor = (text: string) =>
  Math.min(
    14,
    Math.max(
      3,
      text.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / 90), 1),
    ),
  );

function StoragePaths({ page, refused }: { page: SettingsPage; refused?: SettingsRefused }) {
  const typed = refused && [refused.typed.workstation_path ?? []].flat();
  const ids = refused && [refused.typed.workstation ?? []].flat();
  return (
    <>
      {page.workstations.map(({ id, name, configured }) => (
        <div key={id} className="setting">
          <input type="hidden" name="workstation" defaultValue={id} />
          <TextField
            name="workstation_path"
            id={`workstation_storage${id === page.workstations[0]?.id ? "" : `-${id}`}`}
            label={name}
            hint={`${SETTINGS.workstation_storage.explanation} Configured: ${configured || "nothing"}.`}
            error={refused?.fields[`workstation_storage.${id}`]}
            autoComplete="off"
            spellCheck={false}
            defaultValue={typed?.[ids?.indexOf(id) ?? -1] ?? page.values.workstation_storage[id] ?? ""}
          />
        </div>
      ))}
    </>
  );
}
