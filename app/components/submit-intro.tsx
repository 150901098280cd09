/** The words students must read before they submit. They are the lab's own, to the letter. */
import type { ReactNode } from "react";
import { Alert } from "./alert";
import { useLab } from "./lab";
import type { OfferedMethod } from "./offer";

/** The warning and disclaimer at the top of the form. */
export function IntroWarning() {
  const { guide_name, guide_url } = useLab();
  return (
    <Alert tone="warning" title="Read this first">
      <div className="space-y-3">
        <p>
          Before submitting your model for 3D printing, please ensure you have thoroughly reviewed our{" "}
          {guide_url ? <a href={guide_url}>{guide_name}</a> : guide_name}, read all the guides, and checked
          the checklist. If necessary, revisit and fix your model before submission.{" "}
        </p>
        <p>
          Your model must be scaled and simplified appropriately, often requiring a second version
          specifically optimized for 3D printing.{" "}
          <strong>We will not print models that are broken, messy, or too large.</strong> Your model must
          follow the rules and constraints of the machine. We will not fix or scale your model as we do not
          know your specific needs or project requirements.{" "}
        </p>
        <p>
          <strong>We print exactly what you send us;</strong> if the scale is wrong or you are unsatisfied
          with the product, it is your responsibility. We will gladly print another model for you at an
          additional cost. We are only responsible for print failures due to issues under our control.
        </p>
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
  const { guide_name } = useLab();
  const guide = /moodle/i.test(guide_name) ? "Moodle page" : guide_name;
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
      <p>
        Ensure your model&apos;s dimensions are within the specified limits for the printer you plan to use.
        If your model is too large, consider scaling it down or splitting it into parts. For more guidance,
        refer to the design guides on our {guide} or ask for assistance in person.{" "}
      </p>
      <p className="border-l-4 border-caution-bar pl-4 font-semibold">
        If exporting as .STL or .OBJ you MUST scale it down in millimeters BEFORE exporting. If you do not the
        scale will not work correctly.
      </p>
    </div>
  );
}
