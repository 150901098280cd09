/**
 * A form field: label above, hint, error, control, wired together for screen readers. The control's id is
 * its name, so that the error summary can link to it; give `id` when a name occurs twice on a page.
 */
import clsx from "clsx";
import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";
import { Icon } from "./icon";

/** What `Field` hands to its control. */
export interface ControlProps {
  id: string;
  name: string;
  required?: boolean;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

export interface FieldProps {
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  /** The message, or several of them: the first is shown. */
  error?: string | readonly string[] | null;
  id?: string;
  required?: boolean;
  className?: string;
}

const firstOf = (error: FieldProps["error"]) => (typeof error === "string" ? error : error?.[0]) || undefined;

/** The frame; `children` renders the control from the props it is given. */
export function Field({
  name,
  label,
  hint,
  error,
  id = name,
  required,
  className,
  children,
}: FieldProps & { children: (control: ControlProps) => ReactNode }) {
  const message = firstOf(error);
  const describedBy = clsx(hint && `${id}-hint`, message && `${id}-error`) || undefined;
  return (
    <div className={clsx("field", message && "field-invalid", className)}>
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {hint && (
        <div className="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {message && <ErrorMessage id={`${id}-error`}>{message}</ErrorMessage>}
      {children({
        id,
        name,
        required,
        "aria-describedby": describedBy,
        "aria-invalid": message ? true : undefined,
      })}
    </div>
  );
}

export function ErrorMessage({ id, children }: { id?: string; children: ReactNode }) {
  return (
    <p className="error-message" id={id}>
      <Icon name="error" />
      <span>
        <span className="sr-only">Error: </span>
        {children}
      </span>
    </p>
  );
}

type Own<T> = FieldProps & Omit<T, keyof FieldProps>;

/** Splits the frame's props from the control's. */
function split<T extends FieldProps>({ name, label, hint, error, id, required, className, ...control }: T) {
  return [{ name, label, hint, error, id, required, className }, control] as const;
}

/** One line of text; `unit` stands behind it ("g", "h"). */
export function TextField({
  unit,
  ...props
}: Own<InputHTMLAttributes<HTMLInputElement>> & { unit?: string }) {
  const [frame, rest] = split(props);
  return (
    <Field {...frame}>
      {(control) =>
        unit ? (
          <div className="affix input-tiny">
            <input className="input" type="text" {...rest} {...control} />
            <span className="affix-unit" aria-hidden="true">
              {unit}
            </span>
          </div>
        ) : (
          <input className="input" type="text" {...rest} {...control} />
        )
      }
    </Field>
  );
}

export function TextAreaField(props: Own<TextareaHTMLAttributes<HTMLTextAreaElement>>) {
  const [frame, rest] = split(props);
  return (
    <Field {...frame}>{(control) => <textarea className="input" rows={4} {...rest} {...control} />}</Field>
  );
}

/** A list to choose from; the options are its children. `before` is a small sign inside the box, left of the text. */
export function SelectField({
  before,
  children,
  ...props
}: Own<SelectHTMLAttributes<HTMLSelectElement>> & { before?: ReactNode }) {
  const [frame, rest] = split(props);
  return (
    <Field {...frame}>
      {(control) => (
        <div className={clsx("select", before && "select-marked")}>
          {before && <span className="select-mark">{before}</span>}
          <select className="input" {...rest} {...control}>
            {children}
          </select>
        </div>
      )}
    </Field>
  );
}

/** A file to choose; `after` stands below it (what was chosen, how far the upload is). */
export function FileField({
  after,
  ...props
}: Own<InputHTMLAttributes<HTMLInputElement>> & { after?: ReactNode }) {
  const [frame, rest] = split(props);
  return (
    <Field {...frame}>
      {(control) => (
        <>
          <input className="input" type="file" {...rest} {...control} />
          {after}
        </>
      )}
    </Field>
  );
}

/** One box to tick, or (type "radio") one of several. */
export function Choice({ label, ...input }: { label: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="choice">
      <input type="checkbox" {...input} />
      <span>{label}</span>
    </label>
  );
}

/** Several choices under one question. */
export function ChoiceGroup({
  name,
  label,
  hint,
  error,
  id = name,
  className,
  children,
}: FieldProps & { children: ReactNode }) {
  const message = firstOf(error);
  return (
    <fieldset
      id={id}
      tabIndex={-1}
      className={clsx("field", message && "field-invalid", className)}
      aria-describedby={clsx(hint && `${id}-hint`, message && `${id}-error`) || undefined}
    >
      <legend className="label">{label}</legend>
      {hint && (
        <div className="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {message && <ErrorMessage id={`${id}-error`}>{message}</ErrorMessage>}
      {children}
    </fieldset>
  );
}
