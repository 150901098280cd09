/** The fields of one material, with its colors line by line. Complete without a script; with one, lines move at once. */
import {
  blankRow,
  colorRows,
  type ColorRow,
  type Entered,
  manyOf,
  movedIn,
  oneOf,
} from "@server/catalog/edit";
import { type MouseEvent, useRef, useState } from "react";
import { Button } from "./button";
import { Choice, ErrorMessage, SelectField, TextField } from "./field";
import { Icon } from "./icon";

export const MATERIAL_ORDER = ["name", "thing_id", "method", "price", "density", "active", "colors"];

interface Props {
  entered: Entered;
  errors: Record<string, string[]>;
  methods: string[];
  isNew: boolean;
  /** Color id → open jobs that want it. */
  usage: Record<string, number>;
  /** The lines have changed: the preview is to look again. */
  onLines: () => void;
  /** Where the form is posted to. */
  action: string;
}

export function MaterialFields({ entered, errors, methods, isNew, usage, onLines, action }: Props) {
  const text = (name: string) => ({ name, defaultValue: oneOf(entered, name), error: errors[name] });
  return (
    <>
      <TextField {...text("name")} label="Name" hint="As students and staff know it." required />
      {isNew && (
        <TextField
          {...text("thing_id")}
          label="Id (optional)"
          hint="Jobs and the API name the material by it, for ever. Leave it empty to have it made from the name."
          autoCapitalize="none"
          spellCheck={false}
        />
      )}
      <SelectField {...text("method")} label="Print method" required>
        <option value="">Choose a method</option>
        {methods.map((method) => (
          <option key={method}>{method}</option>
        ))}
      </SelectField>
      <div className="measures">
        <TextField {...text("price")} label="Price per gram" unit="¢" inputMode="decimal" required />
        <TextField {...text("density")} label="Density" unit="g/cm³" inputMode="decimal" required />
      </div>
      <Choice
        name="active"
        value="yes"
        label="In use: students can choose it"
        defaultChecked={oneOf(entered, "active") === "yes"}
      />
      <ColorLines {...{ entered, errors, usage, onLines, action }} />
    </>
  );
}

function ColorLines({
  entered,
  errors,
  usage,
  onLines,
  action,
}: Pick<Props, "entered" | "errors" | "usage" | "onLines" | "action">) {
  const [rows, setRows] = useState(() => colorRows(entered));
  const body = useRef<HTMLFieldSetElement>(null);
  /** With a script the lines move here; without, the button asks the server for the same. */
  const at = (change: (rows: ColorRow[]) => ColorRow[]) => (event: MouseEvent) => {
    event.preventDefault();
    setRows(change);
    requestAnimationFrame(onLines);
  };
  const error = errors.colors;
  return (
    <fieldset className="field mt-6" id="colors" tabIndex={-1} ref={body}>
      <legend className="label">Colors</legend>
      {error && <ErrorMessage id="colors-error">{error[0]}</ErrorMessage>}
      <ol className="color-lines">
        {rows.map((row, n) => (
          <ColorLine
            key={row.key}
            row={row}
            n={n}
            last={n === rows.length - 1}
            errors={errors}
            jobs={usage[row.id] ?? 0}
            removed={manyOf(entered, "color_remove").includes(row.key)}
            to={`${action}#colors`}
            onMove={(by) =>
              at((list) =>
                movedIn(
                  list,
                  list.findIndex(({ key }) => key === row.key),
                  by,
                ),
              )
            }
          />
        ))}
      </ol>
      <Button
        tone="neutral"
        name="intent"
        value="color.add"
        formAction={`${action}#colors`}
        className="mt-3"
        onClick={at((list) => [...list, blankRow(list)])}
      >
        <Icon name="plus" /> Add another color
      </Button>
    </fieldset>
  );
}

function ColorLine({
  row,
  n,
  last,
  errors,
  jobs,
  removed,
  to,
  onMove,
}: {
  row: ColorRow;
  n: number;
  last: boolean;
  errors: Record<string, string[]>;
  jobs: number;
  removed: boolean;
  /** Where a press leads without a script. */
  to: string;
  onMove: (by: -1 | 1) => (event: MouseEvent) => void;
}) {
  const called = row.name || `color ${n + 1}`;
  return (
    <li>
      <input type="hidden" name="color_key" value={row.key} />
      <input type="hidden" name="color_id" value={row.id} />
      <div className="color-shade">
        <label className="sr-only" htmlFor={`color_hex_${n}`}>
          Shade of {called}
        </label>
        <input
          type="color"
          id={`color_hex_${n}`}
          name="color_hex"
          defaultValue={row.hex}
          aria-describedby={errors[`color_hex_${n}`] ? `color_hex_${n}-error` : undefined}
        />
        {errors[`color_hex_${n}`] && (
          <ErrorMessage id={`color_hex_${n}-error`}>{errors[`color_hex_${n}`]![0]}</ErrorMessage>
        )}
      </div>
      <TextField
        name="color_name"
        id={`color_name_${n}`}
        label={<span className="sr-only">Name of color {n + 1}</span>}
        defaultValue={row.name}
        error={errors[`color_name_${n}`]}
        className="color-name"
        placeholder={row.id ? undefined : "Name of the new color"}
      />
      <Choice
        name="color_active"
        value={row.key}
        label="In use"
        defaultChecked={row.active}
        aria-label={`${called} is in use`}
      />
      <Choice
        name="color_remove"
        value={row.key}
        label="Remove"
        defaultChecked={removed}
        aria-label={`Remove ${called}`}
      />
      <span className="row-arrows">
        {n > 0 && (
          <Button
            tone="quiet"
            name="intent"
            value={`color.up.${row.key}`}
            formAction={to}
            onClick={onMove(-1)}
            aria-label={`Move ${called} up`}
          >
            <Icon name="up" />
          </Button>
        )}
        {!last && (
          <Button
            tone="quiet"
            name="intent"
            value={`color.down.${row.key}`}
            formAction={to}
            onClick={onMove(1)}
            aria-label={`Move ${called} down`}
          >
            <Icon name="down" />
          </Button>
        )}
      </span>
      {jobs > 0 && (
        <p className="color-jobs text-sm text-soft">
          {jobs === 1 ? "1 open job wants it" : `${jobs} open jobs want it`}
        </p>
      )}
    </li>
  );
}
