/** How many boxes of the list are ticked; the boxes themselves hold the choice, so that it works without a script. */
import { useEffect, useState } from "react";

/** The form that the boxes belong to. */
export const SEVERAL_FORM = "several";

const boxes = () => [
  ...document.querySelectorAll<HTMLInputElement>(`input[name="job"][form="${SEVERAL_FORM}"]`),
];

/** Ticks every box on the page, or none. */
export function chooseAll(on: boolean): void {
  for (const box of boxes()) box.checked = on;
  document.dispatchEvent(new Event("change"));
}

/** @returns null until the script runs */
export function useChosen(): { chosen: number; all: number } | null {
  const [chosen, setChosen] = useState(-1);
  const [all, setAll] = useState(0);
  // After every rendering: a refreshed list may have other jobs.
  useEffect(() => {
    const count = () => {
      setAll(boxes().length);
      setChosen(boxes().filter((box) => box.checked).length);
    };
    count();
    document.addEventListener("change", count);
    return () => document.removeEventListener("change", count);
  });
  return chosen < 0 ? null : { chosen, all };
}
