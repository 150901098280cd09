/** Fields that several decisions share. Each is complete without a script; a script shows the result while typing. */
import { useEffect, useState, type ReactNode } from "react";
import {
  formatCents,
  formatHours,
  formatRate,
  type PriceSnapshot,
  priceCents,
  roundUpToHalfHour,
} from "@server/jobs/pricing";
import { Button } from "./button";
import { TextAreaField, TextField } from "./field";
import type { Fields } from "./decision";

/** The number in a text as the server reads it: a comma works too. */
export function numberIn(text: string): number | null {
  return /^\d{1,7}([.,]\d{1,2})?$/.test(text.trim()) ? Number(text.trim().replace(",", ".")) : null;
}

/** The text of a field, kept by the browser; what was typed before the script arrived counts. */
export function useText(id: string, offered: string) {
  const [text, setText] = useState(offered);
  useEffect(() => {
    const control = document.getElementById(id);
    if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement) setText(control.value);
  }, [id]);
  const onInput = (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value);
  return [text, onInput] as const;
}

/** Grams, and what they cost. */
export function WeightField({
  name,
  label,
  hint,
  prices,
  fields,
  offered = "",
  beside,
  note,
  onInput: alsoOnInput,
}: {
  name: "weight_g" | "grams";
  label: string;
  hint?: ReactNode;
  prices: PriceSnapshot;
  fields: Fields;
  /** What stands there until somebody types. */
  offered?: string;
  /** Another measure of the same print. */
  beside?: ReactNode;
  /** What there is to say about the price. */
  note?: ReactNode;
  /** Hears what is typed, too. */
  onInput?: (event: { currentTarget: { value: string } }) => void;
}) {
  const [text, onInput] = useText(name, fields.value(name, offered));
  const grams = numberIn(text);
  return (
    <>
      <div className="measures">
        <TextField
          name={name}
          label={label}
          hint={hint}
          unit="g"
          inputMode="decimal"
          autoComplete="off"
          required
          error={fields.errors[name]}
          defaultValue={fields.value(name, offered)}
          onInput={(event) => {
            onInput(event);
            alsoOnInput?.(event);
          }}
        />
        {beside}
      </div>
      <div className="field price-box">
        <p className="label">Price</p>
        <output className="money text-2xl font-bold" htmlFor={name}>
          {grams === null ? "–" : formatCents(priceCents(grams, prices))}
        </output>
        {note}
        <p className="text-sm text-soft">
          {prices.material_name}: {formatRate(prices.price_per_gram_cents)} per gram, at least{" "}
          {formatCents(prices.minimum_charge_cents)}.{grams === null && " Worked out from the weight."}
        </p>
        <noscript>
          <Button name="intent" value="price" tone="neutral">
            Work out the price
          </Button>
        </noscript>
      </div>
    </>
  );
}

/** Print time, and what it is rounded to. */
export function HoursField({
  fields,
  offered = "",
  note,
}: {
  fields: Fields;
  /** What stands there until somebody types. */
  offered?: string;
  /** Where it comes from. */
  note?: ReactNode;
}) {
  const [text, onInput] = useText("time_hours", fields.value("time_hours", offered));
  const hours = numberIn(text);
  const rounded = hours === null ? null : roundUpToHalfHour(hours);
  return (
    <TextField
      name="time_hours"
      label="Print time"
      hint={
        <>
          {note} Rounded up to the half hour
          {rounded !== null && (
            <>
              : <strong>{formatHours(rounded)}</strong>
            </>
          )}
          .
        </>
      }
      unit="h"
      inputMode="decimal"
      autoComplete="off"
      required
      error={fields.errors.time_hours}
      defaultValue={fields.value("time_hours", offered)}
      onInput={onInput}
    />
  );
}

/** Several lines, with the characters that are left. */
export function LongTextField({
  name,
  label,
  hint,
  most,
  fields,
  required,
  rows = 4,
}: {
  name: string;
  label: string;
  hint?: ReactNode;
  /** The most characters there may be. */
  most: number;
  fields: Fields;
  required?: boolean;
  rows?: number;
}) {
  const [text, onInput] = useText(name, fields.value(name));
  const used = [...text.replace(/\r\n?/g, "\n").trim()].length;
  return (
    <TextAreaField
      name={name}
      label={label}
      hint={
        <>
          {hint} At most {most} characters
          {used > 0 && (
            <span className={used > most ? "font-bold text-danger" : undefined}>
              , {used > most ? `${used - most} too many` : `${most - used} left`}
            </span>
          )}
          .
        </>
      }
      rows={rows}
      required={required}
      error={fields.errors[name]}
      defaultValue={fields.value(name)}
      onInput={onInput}
    />
  );
}

/** Why somebody does it; stands in the log with their name. */
export function ReasonField({ fields, hint }: { fields: Fields; hint?: ReactNode }) {
  return (
    <LongTextField
      name="reason"
      label="Reason"
      hint={hint ?? "Stays in the log with your name."}
      most={500}
      required
      fields={fields}
    />
  );
}

/** Who took the print away. */
export function PickedUpByField({ fields, student }: { fields: Fields; student: string }) {
  return (
    <TextField
      name="picked_up_by"
      label="Picked up by"
      hint="Change it when somebody else collects the print."
      autoComplete="off"
      required
      error={fields.errors.picked_up_by}
      defaultValue={fields.value("picked_up_by", fields.sent ? "" : student)}
    />
  );
}
