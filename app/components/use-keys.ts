/** The board by keyboard: `/` searches, `j` and `k` move from job to job, Enter opens, `?` lists the keys. */
import { useEffect, useState } from "react";

const OFF = "printdesk-keys-off";

/** The links that stand for the jobs, in their order on the page. */
const jobLinks = () => [...document.querySelectorAll<HTMLAnchorElement>("[data-job-link]")];

export function useKeys(): {
  listOpen: boolean;
  setListOpen: (open: boolean) => void;
  on: boolean;
  setOn: (on: boolean) => void;
} {
  const [listOpen, setListOpen] = useState(false);
  const [on, setOn] = useState(true);
  useEffect(() => setOn(localStorage.getItem(OFF) === null), []);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable) return;
      if (/^(input|textarea|select)$/i.test(target.tagName) || document.querySelector('[role="dialog"]'))
        return;
      if (event.key === "?") setListOpen(true);
      else if (!on) return;
      else if (event.key === "/") document.getElementById("search")?.focus();
      else if (event.key === "j" || event.key === "k") {
        const links = jobLinks();
        const at = links.indexOf(document.activeElement as HTMLAnchorElement);
        const next =
          at === -1 ? (event.key === "j" ? 0 : links.length - 1) : at + (event.key === "j" ? 1 : -1);
        links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
      } else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [on]);
  return {
    listOpen,
    setListOpen,
    on,
    setOn: (next) => {
      if (next) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
      setOn(next);
    },
  };
}
