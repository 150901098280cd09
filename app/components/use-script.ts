import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** False as the server sends the page, true once a script runs it. */
export function useScript(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
