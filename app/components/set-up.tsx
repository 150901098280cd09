/** The first set-up, step by step: where one is, what each step asks, and what is left at the end. */
import { methodsOffered } from "@server/catalog/choices";
import { formatRateCents, formatVolume } from "@server/catalog/changes";
import { PRESETS } from "@server/catalog/presets";
import type { SetUp } from "@server/reports/set-up.server";
import { SET_UP_STEPS, type SetUpStep, stepAfter } from "@server/reports/set-up";
import type { TestLetterView } from "@server/outbox/test-letter.server";
import type { ReactNode } from "react";
import { Alert } from "./alert";
import { Button, ButtonLink } from "./button";
import { Card } from "./card";
import { ErrorSummary, summaryOf } from "./error-summary";
import { Choice, ChoiceGroup, SelectField, TextField } from "./field";
import { FactList } from "./facts";
import { Icon } from "./icon";
import { StaffField } from "./staff-name-field";
import { AddStaff, type StaffOutcome, typedIn } from "./staff-people";
import { Swatch } from "./swatch";

const TITLES: Record<SetUpStep | "done", string> = {
  lab: "The lab",
  staff: "Staff",
  printers: "Printers",
  materials: "Materials",
  mail: "Mail",
  done: "Done",
};

export type SetUpOutcome = StaffOutcome & {
  step: SetUpStep;
  /** Of the lab's settings, when somebody else has changed them meanwhile. */
  stamp: string | null;
};

export interface SetUpProps {
  step: SetUpStep | "done";
  state: SetUp;
  form_key: string;
  /** Time zones to choose from. */
  zones: string[];
  /** Letters land in the development mailbox. */
  mailbox: boolean;
  /** The test letter was asked for just now: the page may look again by itself, though it takes away what is typed. */
  again: boolean;
  outcome: SetUpOutcome | undefined;
}

export const hrefOf = (step: SetUpStep | "done") => `/admin/first-run?step=${step}`;

export function SetUpSteps({ step, done }: { step: SetUpStep | "done"; done: readonly SetUpStep[] }) {
  return (
    <>
      <p className="mb-2 text-soft">
        {done.length} of {SET_UP_STEPS.length} steps are done. Each can be skipped and done later.
      </p>
      <ol className="set-up-steps" aria-label="Steps">
        {SET_UP_STEPS.map((name, n) => (
          <li key={name}>
            <a href={hrefOf(name)} aria-current={name === step ? "step" : undefined}>
              {done.includes(name) ? <Icon name="done" /> : <span aria-hidden="true">{n + 1}</span>}
              {TITLES[name]}
              <span className="sr-only">{done.includes(name) ? ", done" : ", not done yet"}</span>
            </a>
          </li>
        ))}
      </ol>
    </>
  );
}

export function SetUpStepView(props: SetUpProps) {
  const { step, state, form_key, outcome } = props;
  if (step === "done") return <Finished state={state} />;
  const mine = outcome?.step === step ? outcome : undefined;
  if (step === "staff")
    return (
      <>
        <AddStaff
          action={hrefOf("staff")}
          people={state.people}
          form_key={form_key}
          outcome={mine}
          title="Who works here?"
        />
        {state.people.length > 0 && (
          <Card title="On the list" className="mb-4">
            <ul className="list-disc pl-5">
              {state.people.map(({ id, name }) => (
                <li key={id}>{name}</li>
              ))}
            </ul>
          </Card>
        )}
        <Onward step={step} />
      </>
    );
  const Step = { lab: LabStep, printers: PresetStep, materials: PresetStep, mail: MailStep }[step];
  return <Step {...props} step={step} outcome={mine} />;
}

type StepProps = SetUpProps & { step: SetUpStep };

/** Go on without (or after) this step. */
function Onward({ step }: { step: SetUpStep }) {
  const next = stepAfter(step);
  return (
    <p className="mt-4">
      <ButtonLink tone="neutral" href={hrefOf(next)}>
        Go on: {next === "done" ? "finish" : TITLES[next]} <Icon name="right" />
      </ButtonLink>
    </p>
  );
}

function StepForm({
  step,
  title,
  state,
  form_key,
  outcome,
  order,
  button,
  children,
}: Pick<StepProps, "step" | "state" | "form_key" | "outcome"> & {
  title: string;
  order: string[];
  button: string;
  children: ReactNode;
}) {
  const errors = outcome ? summaryOf(outcome.fields, [...order, "staff_name"]) : [];
  const nobody = state.people.length === 0;
  return (
    <>
      <Card title={title}>
        <form method="post" action={hrefOf(step)} noValidate className="decision-form">
          {outcome && (
            <ErrorSummary
              errors={errors.length ? errors : [{ message: outcome.message }]}
              focusKey={outcome}
            />
          )}
          <input type="hidden" name="form_key" value={form_key} autoComplete="off" />
          <input type="hidden" name="version" value={state.version} autoComplete="off" />
          {nobody && step !== "lab" ? (
            <Alert title="This needs somebody's name" className="mb-4">
              <p>
                Everything that is done here is done in somebody&apos;s name, and nobody is on the list yet.{" "}
                <a href={hrefOf("staff")}>Add the first name</a>, then come back.
              </p>
            </Alert>
          ) : (
            <>
              {children}
              {!nobody && <StaffField staff={state.people} fields={typedIn(outcome)} />}
              <Button>{button}</Button>
            </>
          )}
        </form>
      </Card>
      <Onward step={step} />
    </>
  );
}

function LabStep(props: StepProps) {
  const { value, errors } = typedIn(props.outcome);
  const { lab } = props.state;
  const text = (name: "lab_name" | "university_name" | "contact_email") => ({
    name,
    defaultValue: value(name, lab[name]),
    error: errors[name],
  });
  return (
    <StepForm
      {...props}
      title="Whose lab is this?"
      order={["lab_name", "university_name", "contact_email", "time_zone"]}
      button="Save"
    >
      <input
        type="hidden"
        name="stamp"
        defaultValue={props.outcome?.stamp ?? value("stamp", props.state.lab_stamp)}
        autoComplete="off"
      />
      {props.outcome?.stamp && (
        <Alert tone="warning" title="In force now" className="mb-4">
          <FactList
            facts={[
              { label: "Name of the lab", value: lab.lab_name },
              { label: "University", value: lab.university_name },
              { label: "E-mail for questions", value: lab.contact_email },
              { label: "Time zone", value: lab.time_zone },
            ]}
          />
        </Alert>
      )}
      <TextField
        {...text("lab_name")}
        label="Name of the lab"
        hint="Stands on every page and letter."
        required
      />
      <TextField {...text("university_name")} label="University (optional)" />
      <TextField
        {...text("contact_email")}
        label="E-mail for questions (optional)"
        hint="Students see it below each page."
        type="email"
        autoCapitalize="none"
      />
      <SelectField
        name="time_zone"
        label="Time zone"
        defaultValue={value("time_zone", lab.time_zone)}
        error={errors.time_zone}
      >
        {props.zones.map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </SelectField>
    </StepForm>
  );
}

function PresetStep(props: StepProps) {
  const { step, state, outcome } = props;
  const kind = step === "materials" ? "materials" : "printers";
  const word = kind === "printers" ? "printer" : "material";
  const have: { id: string; name: string }[] = state.catalog[kind];
  const left = PRESETS[kind].filter(({ id }) => !have.some((one) => one.id === id));
  const again = outcome && [outcome.typed.preset ?? []].flat();
  return (
    <>
      {have.length > 0 && (
        <Card title={kind === "printers" ? "Your printers" : "Your materials"} className="mb-4">
          <ul className="list-disc pl-5">
            {have.map(({ id, name }) => (
              <li key={id}>
                <a
                  className="inline-flex min-h-11 items-center"
                  href={`/admin/catalog/${kind}/${id}?from=first-run`}
                >
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <p className="mb-4">
        <ButtonLink
          tone={left.length ? "neutral" : "primary"}
          href={`/admin/catalog/add/${kind}?from=first-run`}
        >
          <Icon name="plus" /> Add a {word} of your own
        </ButtonLink>
      </p>
      {left.length > 0 ? (
        <StepForm
          {...props}
          title={kind === "printers" ? "Printers to begin with" : "Materials to begin with"}
          order={["preset"]}
          button={`Add the chosen ${kind}`}
        >
          <ChoiceGroup
            name="preset"
            label={kind === "printers" ? "Which of these do you have?" : "Which of these do you print with?"}
            hint="Everything about them can be changed afterwards."
            error={outcome?.fields.preset}
          >
            {left.map((one) => (
              <Choice
                key={one.id}
                name="preset"
                value={one.id}
                defaultChecked={again ? again.includes(one.id) : true}
                label={
                  <>
                    <strong>{one.name}</strong>
                    {"build_volume_mm" in one ? (
                      <span className="text-soft">
                        {" "}
                        {one.methods.join(", ")}, {formatVolume(one.build_volume_mm)}
                      </span>
                    ) : (
                      <span className="flex flex-wrap gap-x-3 text-soft">
                        {one.method}, {formatRateCents(one.price_per_gram_cents)} per gram
                        {one.colors.map(({ id, hex, name }) => (
                          <Swatch key={id} hex={hex} name={name} />
                        ))}
                      </span>
                    )}
                  </>
                }
              />
            ))}
          </ChoiceGroup>
        </StepForm>
      ) : (
        <Onward step={step} />
      )}
    </>
  );
}

function MailStep(props: StepProps) {
  const { value, errors } = typedIn(props.outcome);
  const { letter, lab } = props.state;
  return (
    <>
      {letter && (
        <LetterState letter={letter} mailbox={props.mailbox} again={props.again && !props.outcome} />
      )}
      <StepForm {...props} title="Does mail arrive?" order={["to"]} button="Send a test letter">
        <TextField
          name="to"
          label="Send a test letter to"
          hint="Your own address, so that you can see it arrive."
          type="email"
          autoCapitalize="none"
          defaultValue={value("to", lab.contact_email)}
          error={errors.to}
          required
        />
      </StepForm>
    </>
  );
}

function LetterState({
  letter,
  mailbox,
  again,
}: {
  letter: TestLetterView;
  mailbox: boolean;
  again: boolean;
}) {
  const { state, to, last_error } = letter;
  if (state === "done")
    return (
      <Alert tone="success" title={`The letter to ${to} was handed over.`} className="mb-4">
        <p>
          {mailbox ? (
            <>
              No mail server is set up, so it lies in the{" "}
              <a href="/dev/mailbox">mailbox of this test system</a>.
            </>
          ) : (
            "The mail server took it. Look whether it has arrived; if not, it may be among the junk."
          )}
        </p>
      </Alert>
    );
  if (state === "failed" || last_error)
    return (
      <Alert tone="error" title={`The letter to ${to} did not go out`} className="mb-4">
        <p>{last_error}</p>
        <p>The mail server is set in the configuration (MAIL_SERVER and the variables beside it).</p>
      </Alert>
    );
  return (
    <>
      {again && (
        <noscript>
          <meta httpEquiv="refresh" content="3" />
        </noscript>
      )}
      <Alert title={`The letter to ${to} is on its way.`} live className="mb-4">
        <p>
          That takes some seconds. <a href={hrefOf("mail")}>Look again</a>
        </p>
      </Alert>
    </>
  );
}

function Finished({ state: { done, catalog, people } }: { state: SetUp }) {
  const open = methodsOffered(catalog);
  const missing = SET_UP_STEPS.filter((step) => !done.includes(step));
  return (
    <Card title={open.length && people.length ? "The lab is open" : "Not open yet"}>
      <p className="mb-4 max-w-prose">
        {open.length === 0
          ? "Students see “The lab is not open yet” until there is a printer and a material of the same method."
          : people.length === 0
            ? "Students can send requests, but nobody can work on them before somebody is on the staff list."
            : `Students can now send requests for ${open.join(" and ")} prints.`}
      </p>
      {missing.length > 0 && (
        <p className="mb-4">
          Left out:{" "}
          {missing.map((step, n) => (
            <span key={step}>
              {n > 0 && ", "}
              <a href={hrefOf(step)}>{TITLES[step]}</a>
            </span>
          ))}
          .
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        <ButtonLink href="/dashboard">To the dashboard</ButtonLink>
        <ButtonLink tone="neutral" href="/submit">
          See the students&apos; form
        </ButtonLink>
        <ButtonLink tone="neutral" href="/admin/catalog">
          Catalog
        </ButtonLink>
      </div>
    </Card>
  );
}
