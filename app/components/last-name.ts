/**
 * The name that was last used on this tab: a suggestion for the next form, never an answer. Kept in the tab
 * alone, because the tab next to it may be another person's.
 */
import { useEffect, useState } from "react";

const KEY = "printdesk-last-name";

/** The name last used on this tab, if any. For event handlers: the server knows none. */
export function lastName(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** Notes which name was used. */
export function rememberName(name: string): void {
  try {
    if (name) sessionStorage.setItem(KEY, name);
  } catch {
    // A browser that keeps nothing gets no suggestion.
  }
}

/** The suggestion for a list of names; empty until the script runs, and when the name is not on the list. */
export function useLastName(names: readonly string[]): string {
  const [name, setName] = useState("");
  useEffect(() => setName(lastName()), []);
  return names.includes(name) ? name : "";
}

/** Notes the name of every form that is sent; one for the whole page. */
export function useRememberedNames(): void {
  useEffect(() => {
    const note = (event: SubmitEvent) => {
      const field = (event.target as HTMLFormElement).elements.namedItem("staff_name");
      if (field instanceof HTMLSelectElement) rememberName(field.value);
    };
    document.addEventListener("submit", note, true);
    return () => document.removeEventListener("submit", note, true);
  }, []);
}
