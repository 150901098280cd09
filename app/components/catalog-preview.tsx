/** What students will see: the lists of the submission form itself, filled from a catalog that may not be saved yet. */
import { type Catalog, CatalogSchema } from "@server/catalog/schema";
import { catalogWarnings } from "@server/catalog/warnings";
import { formatCents } from "@server/jobs/pricing";
import { useMemo, useRef } from "react";
import { Alert } from "./alert";
import { ChoiceFields } from "./choice-fields";
import { offerOf } from "./offer";
import { useChoices } from "./use-choices";

/** The last catalog that was sound, and whether this one is. */
export function useSound(candidate: Catalog, inForce: Catalog): { shown: Catalog; sound: boolean } {
  const last = useRef(inForce);
  const parsed = CatalogSchema.safeParse(candidate);
  if (parsed.success) last.current = parsed.data;
  return { shown: last.current, sound: parsed.success };
}

export function CatalogPreview({
  catalog,
  sound = true,
  unsaved = false,
}: {
  catalog: Catalog;
  /** What is entered can be shown. */
  sound?: boolean;
  /** It shows what is entered, which is not in force yet. */
  unsaved?: boolean;
}) {
  const choices = useChoices();
  // The same offer as long as the catalog says the same: its lists then keep what is chosen in them.
  const same = JSON.stringify(catalog);
  const offer = useMemo(() => offerOf(JSON.parse(same) as Catalog), [same]);
  const warnings = catalogWarnings(catalog);
  return (
    <section aria-labelledby="preview-title" className="card catalog-preview">
      <h2 className="card-title mb-1" id="preview-title">
        What students see
      </h2>
      <p className="mb-4 text-sm text-soft">
        {!sound
          ? "As it is without what you entered: there is something to correct first."
          : unsaved
            ? "As the form will be with what you entered. Nothing here is sent."
            : "As the form is now. Nothing here is sent."}
      </p>
      {warnings.length > 0 && (
        <Alert tone="warning" title="Probably not meant" className="mb-4">
          <ul className="list-disc pl-5">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Alert>
      )}
      {offer.methods.length === 0 ? (
        <p className="font-semibold">
          The lab is not open yet: there is nothing that a student could choose.
        </p>
      ) : (
        <>
          <ChoiceFields
            offer={offer}
            values={{}}
            errors={{}}
            choices={choices}
            tooSmall={[]}
            onChoose={() => undefined}
          />
          <p className="text-sm text-soft">Minimum charge: {formatCents(offer.minimumChargeCents)}</p>
        </>
      )}
    </section>
  );
}
