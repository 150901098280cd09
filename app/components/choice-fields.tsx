/**
 * Method, material, colour and printer. As the server sends it, every list holds everything, grouped by
 * method. With JavaScript the later lists wait for the method and show only what goes with it.
 */
import { useEffect, useRef } from "react";
import { SelectField } from "./field";
import type { Offer, OfferedMethod } from "./offer";
import { MethodNotes, PrinterDimensions } from "./submit-intro";
import { Swatch } from "./swatch";
import type { ChoiceName, Choices } from "./use-choices";

interface Props {
  offer: Offer;
  values: Partial<Record<ChoiceName, string>>;
  errors: Partial<Record<ChoiceName, string[]>>;
  choices: Choices;
  /** Ids of the printers that the chosen model is too large for. */
  tooSmall: readonly string[];
  /** A list was changed: has the form look at its error again. */
  onChoose: (name: ChoiceName) => void;
}

export function ChoiceFields({ offer, values, errors, choices, tooSmall, onChoose }: Props) {
  const { box, chosen, read } = choices;
  const { methods, asksMaterial } = offer;
  // What was chosen may have left the list.
  const look = useRef(read);
  look.current = read;
  useEffect(() => look.current(), [offer]);
  const method = chosen && methods.find(({ name }) => name === chosen.print_method);
  const waiting = chosen !== null && !method;
  const color = method?.colors.find(({ id }) => id === chosen?.color);
  const field = (name: ChoiceName) => ({
    name,
    defaultValue: values[name] ?? "",
    error: errors[name],
    required: name !== "material",
    onChange: () => {
      read();
      onChoose(name);
    },
  });
  /** Without a script all of it, by method; with one, what goes with the method. */
  const options = (of: (method: OfferedMethod) => { id: string; name: string }[]) =>
    chosen
      ? method && of(method).map(option)
      : methods.map((m) => (
          <optgroup key={m.name} label={m.name}>
            {of(m).map(option)}
          </optgroup>
        ));
  return (
    <div ref={box}>
      <SelectField {...field("print_method")} label="Print Method" hint={<MethodNotes methods={methods} />}>
        <option value="">Choose a print method</option>
        {methods.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </SelectField>
      {asksMaterial && (
        <SelectField
          {...field("material")}
          label="Material (optional)"
          hint={waiting ? "Choose a print method first." : "Leave it open to choose from every color."}
          disabled={waiting}
        >
          <option value="">Any material</option>
          {options((m) => m.materials)}
        </SelectField>
      )}
      <SelectField
        {...field("color")}
        label="Color Preference"
        hint={
          waiting
            ? "Choose a print method first. The colors you can have then appear here."
            : method
              ? `The colors we have for ${method.name} at the moment.`
              : "Choose a color listed under your print method."
        }
        disabled={waiting}
        before={color && <Swatch hex={color.hex} />}
      >
        <option value="">{waiting ? "Choose a print method first" : "Choose a color"}</option>
        {options((m) =>
          m.colors
            .filter(({ material }) => !chosen?.material || material === chosen.material)
            .map((c) => {
              const material = m.materials.length > 1 && m.materials.find(({ id }) => id === c.material);
              return { id: c.id, name: material ? `${c.name} (${material.name})` : c.name };
            }),
        )}
      </SelectField>

      <h2 className="section-title">Printer Dimensions</h2>
      <PrinterDimensions methods={methods} />
      <SelectField
        {...field("printer")}
        label="Printer Selection"
        hint={
          waiting
            ? "Choose a print method first. The printers for it then appear here."
            : "Choose the printer that you think your model fits on."
        }
        disabled={waiting}
      >
        <option value="">{waiting ? "Choose a print method first" : "Choose a printer"}</option>
        {options((m) =>
          m.printers.map(({ id, name }) => ({
            id,
            name: tooSmall.includes(id) ? `${name} (too small for this model)` : name,
          })),
        )}
      </SelectField>
    </div>
  );
}

const option = ({ id, name }: { id: string; name: string }) => (
  <option key={id} value={id}>
    {name}
  </option>
);
