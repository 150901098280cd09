/** The catalog on one page: methods, printers and materials, each with what can be done to a row at once. */
import { formatRateCents, formatVolume } from "@server/catalog/changes";
import type { Catalog, Material, Printer } from "@server/catalog/schema";
import type { Usage } from "@server/catalog/in-use.server";
import { formatCents } from "@server/jobs/pricing";
import type { StaffChoice } from "@server/staff/staff.server";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "./button";
import { Card, EmptyState, Table } from "./card";
import { type CatalogOutcome, CatalogProblem, typedName } from "./catalog-form";
import { Icon } from "./icon";
import { StaffField } from "./staff-name-field";
import { Swatch } from "./swatch";

interface Props {
  catalog: Catalog;
  version: number;
  usage: Usage;
  staff: StaffChoice[];
  form_key: string;
  outcome: CatalogOutcome | undefined;
}

/** One form: whoever moves a row or takes it out of service says who they are at its head. */
export function CatalogLists({ catalog, version, usage, staff, form_key, outcome }: Props) {
  return (
    <form method="post" action="/admin/catalog" noValidate className="catalog-lists">
      <CatalogProblem outcome={outcome} order={["staff_name"]} />
      <input type="hidden" name="version" value={outcome?.version ?? version} autoComplete="off" />
      <input type="hidden" name="form_key" value={form_key} autoComplete="off" />
      <Card className="mb-4">
        <p className="mb-3 max-w-prose text-soft">
          Choose your name, then press a button in a row below. Every press makes a new version, in force at
          once.
        </p>
        <StaffField
          staff={staff}
          fields={{ value: () => typedName(outcome?.typed), errors: outcome?.fields ?? {} }}
        />
      </Card>
      <Card
        title="Printers"
        className="mb-4"
        actions={
          <ButtonLink tone="neutral" href="/admin/catalog/add/printers">
            <Icon name="plus" /> Add a printer
          </ButtonLink>
        }
      >
        {catalog.printers.length === 0 ? (
          <EmptyState icon="layers" title="No printers yet">
            The printers that students can choose will stand here.
          </EmptyState>
        ) : (
          <Rows
            caption="Printers"
            heads={["Printer", "Prints", "Build volume", "State"]}
            rows={catalog.printers.map((printer) => printerRow(printer, usage.printers[printer.id] ?? 0))}
            kind="printers"
          />
        )}
      </Card>
      <Card
        title="Materials and colors"
        className="mb-4"
        actions={
          <ButtonLink tone="neutral" href="/admin/catalog/add/materials">
            <Icon name="plus" /> Add a material
          </ButtonLink>
        }
      >
        {catalog.materials.length === 0 ? (
          <EmptyState icon="bag" title="No materials yet">
            What the lab prints with, its price and its colors will stand here.
          </EmptyState>
        ) : (
          <Rows
            caption="Materials"
            heads={["Material", "Method", "Price", "State"]}
            rows={catalog.materials.map((material) => materialRow(material, usage.materials[material.id] ?? 0))} // prettier-ignore
            kind="materials"
          />
        )}
      </Card>
      <Card
        title="Methods and minimum charge"
        className="mb-4"
        actions={
          <ButtonLink tone="neutral" href="/admin/catalog/methods">
            Edit
          </ButtonLink>
        }
      >
        <Rows
          caption="Methods"
          heads={["Method", WHAT_STUDENTS_READ]}
          rows={catalog.methods.map((name) => ({
            id: name,
            name,
            link: null,
            cells: [<span key="note">{catalog.method_notes[name] || "nothing"}</span>],
            active: null,
          }))}
          kind="methods"
        />
        <p className="mt-3">
          Minimum charge: <strong className="money">{formatCents(catalog.minimum_charge_cents)}</strong>
        </p>
      </Card>
    </form>
  );
}

const WHAT_STUDENTS_READ = "What students read about it";

interface Row {
  id: string;
  name: string;
  /** Its own page. */
  link: string | null;
  cells: ReactNode[];
  /** Null for what cannot be taken out of use. */
  active: boolean | null;
}

const jobs = (count: number) => (count === 1 ? "1 open job" : `${count} open jobs`);

function printerRow({ id, name, methods, build_volume_mm, active, note }: Printer, open: number): Row {
  return {
    id,
    name,
    link: `/admin/catalog/printers/${id}`,
    cells: [
      methods.join(", "),
      <span key="volume" className="tabular-nums">
        {formatVolume(build_volume_mm)}
      </span>,
      <State key="state" active={active} words={["In service", "Out of service"]} note={note} open={open} />,
    ],
    active,
  };
}

function materialRow(
  { id, name, method, price_per_gram_cents, colors, active }: Material,
  open: number,
): Row {
  return {
    id,
    name,
    link: `/admin/catalog/materials/${id}`,
    cells: [
      method,
      `${formatRateCents(price_per_gram_cents)} per gram`,
      <State key="state" active={active} words={["In use", "Out of use"]} note="" open={open}>
        <ul className="mt-1 flex flex-wrap gap-x-3 gap-y-1" aria-label={`Colors of ${name}`}>
          {colors.map((color) => (
            <li key={color.id} className={color.active ? undefined : "text-soft line-through"}>
              <Swatch hex={color.hex} name={color.name} />
              {!color.active && <span className="sr-only"> (out of use)</span>}
            </li>
          ))}
        </ul>
      </State>,
    ],
    active,
  };
}

function State({
  active,
  words: [on, off],
  note,
  open,
  children,
}: {
  active: boolean;
  words: [string, string];
  note: string;
  open: number;
  children?: ReactNode;
}) {
  return (
    <>
      <span className={active ? "badge badge-good" : "badge badge-caution"}>{active ? on : off}</span>
      {open > 0 && <span className="ml-2 text-sm text-soft">{jobs(open)}</span>}
      {note && <p className="mt-1 max-w-prose text-sm text-soft">{note}</p>}
      {children}
    </>
  );
}

/** What a cell is called where its column has no head; a badge and a sentence say that themselves. */
const labelOf = (head: string) => (["State", WHAT_STUDENTS_READ].includes(head) ? undefined : head);

function Rows({
  caption,
  heads,
  rows,
  kind,
}: {
  caption: string;
  heads: string[];
  rows: Row[];
  kind: "methods" | "printers" | "materials";
}) {
  const [off, on] = kind === "printers" ? ["Take out of service", "Put back in service"] : ["Take out of use", "Put back in use"]; // prettier-ignore
  return (
    <Table caption={caption} hideCaption stacks>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
          <th scope="col">Do</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, name, link, cells, active }, n) => (
          <tr key={id}>
            <th scope="row" className="font-semibold">
              {link ? (
                <a className="inline-flex min-h-11 items-center" href={link}>
                  {name}
                </a>
              ) : (
                name
              )}{" "}
              {/* prettier-ignore */}
            </th>
            {cells.map((cell, at) => (
              <td key={heads[at + 1]} data-label={labelOf(heads[at + 1]!)}>
                {cell}
              </td>
            ))}
            <td>
              <span className="row-arrows">
                {n > 0 && (
                  <Button
                    tone="quiet"
                    name="intent"
                    value={`${kind}.up.${id}`}
                    aria-label={`Move ${name} up`}
                  >
                    <Icon name="up" />
                  </Button>
                )}
                {n < rows.length - 1 && (
                  <Button
                    tone="quiet"
                    name="intent"
                    value={`${kind}.down.${id}`}
                    aria-label={`Move ${name} down`}
                  >
                    <Icon name="down" />
                  </Button>
                )}
              </span>
              {active !== null && (
                <Button tone="neutral" name="intent" value={`${kind}.${active ? "off" : "on"}.${id}`}>
                  {active ? off : on}
                  <span className="sr-only"> {name}</span>
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
