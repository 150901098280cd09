/**
 * What the lists for method, material, colour and printer hold. The browser's own `<select>` keeps the values
 * throughout, so what was chosen before the script arrived survives.
 */
import { useEffect, useRef, useState, type RefObject } from "react";
import type { Chosen } from "./offer";

export type ChoiceName = keyof Chosen;

export interface Choices {
  /** Goes around the lists. */
  box: RefObject<HTMLDivElement>;
  /** `null` until the script runs. */
  chosen: Chosen | null;
  /** To be called when a list was changed. */
  read: () => void;
}

const DEPENDENT = ["material", "color", "printer"] as const;

export function useChoices(): Choices {
  const box = useRef<HTMLDivElement>(null);
  const kept = useRef<Partial<Record<ChoiceName, string>>>({});
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const list = (name: ChoiceName) => box.current?.querySelector<HTMLSelectElement>(`select[name=${name}]`);
  const read = () => {
    const value = (name: ChoiceName) => list(name)?.value ?? "";
    for (const name of DEPENDENT) if (value(name)) kept.current[name] = value(name);
    setChosen({
      print_method: value("print_method"),
      material: value("material"),
      color: value("color"),
      printer: value("printer"),
    });
  };
  // Once, when the script takes over: what does the page hold already?
  useEffect(read, []);
  const ready = chosen !== null;
  const method = chosen?.print_method;
  const material = chosen?.material;
  // The options have changed below the browser's choice: put back what is still on offer.
  useEffect(() => {
    if (!ready) return;
    for (const name of DEPENDENT) {
      const select = list(name);
      if (!select) continue;
      const wanted = kept.current[name] ?? "";
      select.value = [...select.options].some((option) => option.value === wanted) ? wanted : "";
    }
    read();
    // Runs when the options change, not at each choice: `read` itself would set it off again.
  }, [ready, method, material]);
  return { box, chosen, read };
}
