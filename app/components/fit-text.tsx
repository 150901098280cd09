/** Whether a part fits the printer that was asked for, and where else if not. */
import type { PartView } from "@server/parts/judge";
import { Icon } from "./icon";

export function FitText({ part: { chosen, fits, fit_text, elsewhere_text } }: { part: PartView }) {
  const text = chosen?.text ?? fit_text;
  return (
    <>
      {(chosen?.fits ?? fits) === "no" ? (
        <span className="flex items-start gap-2 text-danger">
          <Icon name="alert" className="mt-0.5 flex-none" />
          {text}
        </span>
      ) : (
        text
      )}
      {elsewhere_text && <span className="block font-normal">{elsewhere_text}</span>}
    </>
  );
}
