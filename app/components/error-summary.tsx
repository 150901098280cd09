import { useEffect, useRef } from "react";

export interface SummaryError {
  message: string;
  /** The id of the control; without it the message has no link. */
  field?: string;
}

/**
 * What went wrong, at the top of the form, each line a link to its field. It takes the focus when it appears
 * (`focusKey` changes) unless `focus` is false; without JavaScript role="alert" and the page title say it.
 */
export function ErrorSummary({
  errors,
  title = "There is a problem",
  note,
  focus = true,
  focusKey,
}: {
  errors: readonly SummaryError[];
  title?: string;
  note?: string;
  focus?: boolean;
  focusKey?: unknown;
}) {
  const box = useRef<HTMLDivElement>(null);
  const shown = errors.length > 0;
  useEffect(() => {
    if (shown && focus) box.current?.focus();
  }, [shown, focus, focusKey]);
  if (!shown) return null;
  return (
    <div className="error-summary" role="alert" tabIndex={-1} ref={box} aria-labelledby="error-summary-title">
      <h2 className="text-xl" id="error-summary-title">
        {title}
      </h2>
      <ul className="mt-2">
        {errors.map(({ message, field }) => (
          <li key={`${field ?? ""} ${message}`}>
            {field ? <a href={`#${field}`}>{message}</a> : <p className="py-1.5 font-semibold">{message}</p>}
          </li>
        ))}
      </ul>
      {note && <p className="mt-2">{note}</p>}
    </div>
  );
}

/** Errors by field, as the server gives them, in the order of the page; the empty name is the form itself. */
export function summaryOf(
  fields: Record<string, readonly string[] | null | undefined>,
  order: readonly string[],
): SummaryError[] {
  const names = [...new Set(["", ...order, ...Object.keys(fields)])];
  return names.flatMap((field) => {
    const message = fields[field]?.[0];
    return message ? [{ message, field: field || undefined }] : [];
  });
}
