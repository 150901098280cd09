/** The steps of the first set-up, in their order. Pure: no I/O. */
export const SET_UP_STEPS = ["lab", "staff", "printers", "materials", "mail"] as const;
export type SetUpStep = (typeof SET_UP_STEPS)[number];

/** Is this a step's name, or "done", the page after the last one? */
export function setUpStep(text: string | null): SetUpStep | "done" | null {
  return text === "done" ? text : (SET_UP_STEPS.find((step) => step === text) ?? null);
}

/** The step after this one; after the last one "done". */
export function stepAfter(step: SetUpStep): SetUpStep | "done" {
  return SET_UP_STEPS[SET_UP_STEPS.indexOf(step) + 1] ?? "done";
}
