/**
 * With a script, the buttons that begin a decision open it over the page they stand on. They are plain forms and
 * links to the decision's own page, so without one, or with a modifier key held, they lead there.
 */
import { useLocation } from "@remix-run/react";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import type { Opening } from "./decision-dialog";
import { answers } from "./decision-sent";
import type { ActionName } from "./staff-steps";
import { useToast } from "./toasts";

const DecisionDialog = lazy(() => import("./decision-dialog"));

const PATH = /^\/dashboard\/jobs\/([0-9a-f-]{36})\/([a-z-]+)$/;

/** How long a button may take to come back to life after the lock has been given back. */
const PATIENCE_MS = 3_000;

/**
 * To the button that opened the dialog; it is off while the list still shows our own hold. When it has gone with
 * its card, to the page itself. Whoever has moved on meanwhile is left alone.
 */
async function giveFocusBack(opener: HTMLElement | null): Promise<void> {
  const main = document.getElementById("main");
  const end = Date.now() + PATIENCE_MS;
  do {
    await new Promise((painted) => requestAnimationFrame(painted));
    const now = document.activeElement;
    if (now !== null && now !== document.body && now !== main && now !== opener) return;
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    if (document.activeElement === opener) return;
    main?.focus({ preventScroll: true });
  } while (opener?.isConnected && Date.now() < end);
}

export function DecisionsInPlace() {
  const [opening, setOpening] = useState<(Opening & { turn: number }) | null>(null);
  const opener = useRef<HTMLElement | null>(null);
  const { pathname } = useLocation();
  // On a decision's own page the form is there already.
  const here = PATH.test(pathname);
  const toast = useToast();
  const onJobPage = pathname.startsWith("/dashboard/jobs/");
  useEffect(() => {
    if (here) return;
    const begin = (event: Event, element: HTMLElement, path: string, start: boolean) => {
      const [, jobId, name] = PATH.exec(new URL(path, location.href).pathname) ?? [];
      // A deleted job takes its own page along, so that is left by a page.
      if (!jobId || !name || (name === "delete" && onJobPage)) return;
      event.preventDefault();
      opener.current = element;
      // Whatever fails from here on would replace the page, so we knock first.
      void answers().then((well) =>
        well
          ? setOpening((last) => ({ jobId, name: name as ActionName, start, turn: (last?.turn ?? 0) + 1 }))
          : toast("warning", "The server does not answer. Try again in a minute."),
      );
    };
    const submitted = (event: SubmitEvent) => {
      const form = event.target as HTMLFormElement;
      if (form.querySelector('input[name="intent"][value="start"]'))
        begin(event, event.submitter ?? form, form.action, true);
    };
    const clicked = (event: MouseEvent) => {
      const link = (event.target as HTMLElement).closest<HTMLAnchorElement>('a[href$="/force-unlock"]');
      if (link && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey)
        begin(event, link, link.href, false);
    };
    document.addEventListener("submit", submitted);
    document.addEventListener("click", clicked);
    return () => {
      document.removeEventListener("submit", submitted);
      document.removeEventListener("click", clicked);
    };
  }, [here, onJobPage, toast]);
  const closed = useCallback(() => {
    setOpening(null);
    // The card may have left the list with its button; then the page itself is the place to go on.
    void giveFocusBack(opener.current);
  }, []);
  if (!opening) return null;
  return (
    <Suspense fallback={null}>
      <DecisionDialog key={opening.turn} opening={opening} onClosed={closed} />
    </Suspense>
  );
}
