/** The page of one printer or one material: its form, what students will see, and taking it out of the catalog. */
import {
  type Entered,
  enteredMaterial,
  enteredPrinter,
  materialFrom,
  printerFrom,
  withThing,
} from "@server/catalog/edit";
import type { Catalog } from "@server/catalog/schema";
import type { StaffChoice } from "@server/staff/staff.server";
import { useState } from "react";
import { Button } from "./button";
import { Card } from "./card";
import { CatalogForm, type CatalogOutcome, typedName } from "./catalog-form";
import { MATERIAL_ORDER, MaterialFields } from "./catalog-material";
import { CatalogPreview, useSound } from "./catalog-preview";
import { PRINTER_ORDER, PrinterFields } from "./catalog-printer";
import { StaffField } from "./staff-name-field";

export type ThingKind = "printers" | "materials";

/** What the page shows before anything is posted. */
export interface ThingView {
  kind: ThingKind;
  /** Null while it is new. */
  id: string | null;
  version: number;
  catalog: Catalog;
  staff: StaffChoice[];
  form_key: string;
  /** Open jobs that want it, and those that want each of its colors. */
  jobs: number;
  color_jobs: Record<string, number>;
  /** Where the form is posted to, and where it leads back. */
  action: string;
  back: string;
}

const WORD = { printers: "printer", materials: "material" } as const;
const NEW: Record<ThingKind, Entered> = {
  printers: { active: "yes" },
  materials: { active: "yes", color_key: ["new1"], color_id: [""], color_name: [""], color_hex: ["#808080"], color_active: ["new1"] }, // prettier-ignore
};

function opened({ kind, id, catalog }: ThingView): Entered {
  const [printer, material] = [catalog.printers.find((p) => p.id === id), catalog.materials.find((m) => m.id === id)]; // prettier-ignore
  if (kind === "printers" && printer) return enteredPrinter(printer);
  if (kind === "materials" && material) return enteredMaterial(material);
  return NEW[kind];
}

/** The catalog with what is entered. */
function candidate({ kind, id, catalog }: ThingView, entered: Entered): Catalog {
  const its = id ?? `new-${kind}`;
  return kind === "printers"
    ? withThing(catalog, kind, printerFrom(entered, its))
    : withThing(catalog, kind, materialFrom(entered, its, new Set()));
}

function enteredIn(form: HTMLFormElement): Entered {
  const fields = new FormData(form);
  return Object.fromEntries(
    [...new Set(fields.keys())].map((name) => [name, fields.getAll(name).map(String)]),
  );
}

export function CatalogThing({ view, outcome }: { view: ThingView; outcome: CatalogOutcome | undefined }) {
  const { kind, id, catalog, version, staff, form_key, action, back } = view;
  const entered = outcome?.typed ?? opened(view);
  const [live, setLive] = useState<Entered | null>(null);
  const { shown, sound } = useSound(candidate(view, live ?? entered), catalog);
  const form = { id: "thing", action, version, formKey: form_key, outcome, staff, cancel: back };
  const look = () => setLive(enteredIn(document.getElementById("thing") as HTMLFormElement));
  const fields = { entered, errors: outcome?.fields ?? {}, methods: catalog.methods, isNew: id === null };
  return (
    <div className="with-preview">
      <div>
        <CatalogForm
          {...form}
          order={kind === "printers" ? PRINTER_ORDER : MATERIAL_ORDER}
          save={id === null ? `Add the ${WORD[kind]}` : "Save"}
          onInput={look}
        >
          {kind === "printers" ? (
            <PrinterFields {...fields} />
          ) : (
            // Lines that the server has put into another order are other lines.
            <MaterialFields
              key={[entered.color_key].join()}
              {...fields}
              usage={view.color_jobs}
              onLines={look}
              action={action}
            />
          )}
        </CatalogForm>
        {id !== null && <Removal view={view} outcome={outcome} />}
      </div>
      <CatalogPreview catalog={shown} sound={sound} unsaved={live !== null || outcome !== undefined} />
    </div>
  );
}

/** Out of the catalog for good; below everything, and asked first. */
function Removal({ view, outcome }: { view: ThingView; outcome: CatalogOutcome | undefined }) {
  const { kind, jobs, version, form_key, staff, action } = view;
  return (
    <Card title={`Remove this ${WORD[kind]}`} className="mt-4">
      <p className="mb-3 max-w-prose text-soft">
        {jobs > 0
          ? `${jobs === 1 ? "1 open job wants" : `${jobs} open jobs want`} it, so it cannot be removed now. Take it out of ${kind === "printers" ? "service" : "use"} instead: untick the box above and save.`
          : "No open job wants it. The history keeps it, and it can be brought back from there."}
      </p>
      {jobs === 0 && (
        <details>
          <summary className="inline-flex min-h-11 cursor-pointer items-center font-semibold text-danger">
            Remove it…
          </summary>
          <form method="post" action={action} noValidate className="mt-2">
            <input type="hidden" name="version" value={outcome?.version ?? version} autoComplete="off" />
            <input type="hidden" name="form_key" value={form_key} autoComplete="off" />
            <StaffField
              id="remove_staff_name"
              staff={staff}
              fields={{ value: () => typedName(outcome?.typed), errors: {} }}
            />
            <Button tone="danger" name="intent" value="remove">
              Remove the {WORD[kind]}
            </Button>
          </form>
        </details>
      )}
    </Card>
  );
}
