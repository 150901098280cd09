/** Other prints that are ready for the student at the counter: weigh what they take along, leave the rest empty. */
import { useEffect, useState } from "react";
import type { AlsoReady, Till } from "@server/payments/counter.server";
import { needsReason } from "@server/payments/deviation";
import { formatCents, formatGrams, priceCents } from "@server/jobs/pricing";
import { writeSeen } from "@server/jobs/several";
import type { Fields } from "../decision";
import { numberIn } from "../decision-fields";
import { ErrorMessage } from "../field";
import { Icon } from "../icon";
import { BesideEstimate } from "./beside-estimate";

/** One of them, with what was typed for it and what that costs. */
export interface AlsoTaken extends AlsoReady {
  text: string;
  price: number | null;
  onInput: (event: { currentTarget: { value: string } }) => void;
}

const fieldId = (job: AlsoReady) => `also_grams_${job.short_id}`;

/** What was typed for each; kept by the browser, counted from before the script arrived. */
export function useAlsoTaken(also: AlsoReady[], fields: Fields): AlsoTaken[] {
  const seen = fields.all?.("also") ?? [];
  const typed = fields.all?.("also_grams") ?? [];
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      also.map(({ id }) => [id, typed[seen.findIndex((one) => one.startsWith(`${id}.`))] ?? ""]),
    ),
  );
  useEffect(() => {
    setTexts((before) => {
      const now = { ...before };
      for (const job of also) {
        const input = document.getElementById(fieldId(job));
        if (input instanceof HTMLInputElement) now[job.id] = input.value;
      }
      return now;
    });
  }, [also]);
  return also.map((job) => {
    const text = texts[job.id] ?? "";
    const grams = numberIn(text);
    return {
      ...job,
      text,
      price: grams === null ? null : priceCents(grams, job.prices),
      onInput: ({ currentTarget }) => setTexts((before) => ({ ...before, [job.id]: currentTarget.value })),
    };
  });
}

export function AlsoReadyFields({
  first,
  taken,
  till,
  fields,
}: {
  /** What the job itself costs, in cents. */
  first: number | null;
  taken: AlsoTaken[];
  till: Till;
  fields: Fields;
}) {
  const error = fields.errors.also_grams?.[0];
  const paid = taken.filter(({ price }) => price !== null);
  const total = paid.reduce((sum, { price }) => sum + price!, first ?? 0);
  return (
    <fieldset
      id="also_grams"
      tabIndex={-1}
      className={error ? "field field-invalid also-ready" : "field also-ready"}
      aria-describedby="also_grams-hint"
    >
      <legend className="label">Also ready for this student</legend>
      <p className="hint" id="also_grams-hint">
        Weigh what they take along now: one transaction, one receipt. Leave empty what stays here.
      </p>
      {error && <ErrorMessage>{error}</ErrorMessage>}
      <ul className="grid gap-3">
        {taken.map((job) => (
          <li key={job.id} className="also-job">
            <input type="hidden" name="also" value={writeSeen(job)} />
            <label htmlFor={fieldId(job)}>
              Job <span className="short-id font-bold">{job.short_id}</span>{" "}
              <span className="text-soft">
                {job.original_filename}, {job.material_name}, {job.color_name}
                {job.weight_g !== null && `, estimated ${formatGrams(job.weight_g)}`}
              </span>
            </label>
            <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
              <div className="affix input-tiny">
                <input
                  id={fieldId(job)}
                  className="input"
                  type="text"
                  name="also_grams"
                  inputMode="decimal"
                  autoComplete="off"
                  defaultValue={job.text}
                  onInput={job.onInput}
                  aria-describedby={`${fieldId(job)}-price`}
                />
                <span className="affix-unit" aria-hidden="true">
                  g
                </span>
              </div>
              <div id={`${fieldId(job)}-price`}>
                {job.price !== null && <p className="money font-bold">{formatCents(job.price)}</p>}
                <BesideEstimate
                  price={job.price}
                  estimate={job.cost_cents}
                  far={job.price !== null && needsReason(job.price, job.cost_cents, till.deviation_percent)}
                />
              </div>
            </div>
            {job.locked_by && (
              <p className="flex gap-2 font-semibold text-caution">
                <Icon name="lock" className="mt-0.5 shrink-0" />
                <span>Held by {job.locked_by}. It cannot be taken along until they are done.</span>
              </p>
            )}
          </li>
        ))}
      </ul>
      {paid.length > 0 && (
        <p className="also-total" role="status">
          Together, {paid.length + (first === null ? 0 : 1)} prints:{" "}
          <strong className="money text-xl">{formatCents(total)}</strong>
          {first === null && " so far; the first one is not weighed yet"}
        </p>
      )}
    </fieldset>
  );
}
