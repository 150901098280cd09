/** The words students must read before they submit. They are the lab's own, to the letter. */
import { createContext, type ReactNode, useContext } from "react";
import { CONSENT_TEXT, DIMENSIONS_TEXT, INTRODUCTION_TEXT, SCALING_TEXT, shortGuideName } from "@server/settings/texts"; // prettier-ignore
import { Alert } from "./alert";
import { useLab } from "./lab";
import type { OfferedMethod } from "./offer";
import { Prose } from "./prose";

/** The lab's texts in force; the page fills them in. */
export interface SubmitTexts {
  introduction: string;
  dimensions: string;
  scaling: string;
  consent: string;
  /** Changes with the consent's text. */
  consent_version: string;
}

export const SubmitTextsContext = createContext<SubmitTexts>({
  introduction: INTRODUCTION_TEXT,
  dimensions: DIMENSIONS_TEXT,
  scaling: SCALING_TEXT,
  consent: CONSENT_TEXT,
  consent_version: "",
});
export const useSubmitTexts = () => useContext(SubmitTextsContext);

function useGuide(): Record<string, ReactNode> {
  const { guide_name, guide_url } = useLab();
  return {
    guide: guide_url ? <a href={guide_url}>{guide_name}</a> : guide_name,
    guide_short: shortGuideName(guide_name),
  };
}

/** The warning and disclaimer at the top of the form. */
export function IntroWarning() {
  const { introduction } = useSubmitTexts();
  return (
    <Alert tone="warning" title="Read this first">
      <div className="space-y-3">
        <Prose text={introduction} values={useGuide()} />
      </div>
    </Alert>
  );
}

/** What each method is good for; stands in the hint of the method's list. */
export function MethodNotes({ methods }: { methods: OfferedMethod[] }) {
  return (
    <ul className="space-y-2">
      {methods
        .filter(({ note }) => note)
        .map(({ name, note }) => (
          <li key={name}>
            <strong className="text-ink">{name}</strong>: {note}
          </li>
        ))}
    </ul>
  );
}

const Line = ({ children }: { children: ReactNode }) => <span className="block pl-4">{children}</span>;

/** How large a model may be. Reads as one text; looks like a list. */
export function PrinterDimensions({ methods }: { methods: OfferedMethod[] }) {
  const { dimensions, scaling } = useSubmitTexts();
  const guide = useGuide();
  return (
    <div className="mb-7 space-y-3">
      <p>
        <strong>Will your model fit on our printers?</strong> Please check the dimensions (W x D x H):{" "}
        {methods.map(({ name, printers }, m) => (
          <span key={name} className="mt-3 block">
            <strong>{name}</strong>
            <span className="sr-only"> - </span>
            {printers.map((printer, p) => (
              <Line key={printer.id}>
                {printer.name}: <span className="tabular-nums text-soft">{printer.dimensions}</span>
                <span className="sr-only">{p < printers.length - 1 ? ", " : "."}</span>
              </Line>
            ))}
            {m < methods.length - 1 && " "}
          </span>
        ))}{" "}
      </p>
      <Prose text={dimensions} values={guide} />{" "}
      <Prose text={scaling} values={guide} className="border-l-4 border-caution-bar pl-4 font-semibold" />
    </div>
  );
}
