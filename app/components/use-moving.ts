/** Which jobs an action is under way for, so that the list can show where they are going before the server has said so. */
import { useFetchers } from "@remix-run/react";
import { step, type Status, STATUS, type StepName, STEPS } from "@server/jobs/states";

/** Job id → what is being done to it, in words. */
export function useMoving(): Map<string, string> {
  const moving = new Map<string, string>();
  for (const { formAction, formData, state } of useFetchers()) {
    const [, id, name] = /\/dashboard\/jobs\/([0-9a-f-]{36})\/([a-z-]+)/.exec(formAction ?? "") ?? [];
    if (!id || !name || state === "idle" || formData?.get("intent") !== "submit") continue;
    if (!Object.hasOwn(STEPS, name)) continue;
    const { to, label } = step(name as StepName);
    moving.set(id, to && to in STATUS ? `${STATUS[to as Status].label} …` : `${label} …`);
  }
  return moving;
}
