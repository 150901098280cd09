/**
 * Links within a page, such as those of an error summary. The browser's own jump counts as a navigation for the router,
 * which then forgets why a form was refused, and what was typed goes with it. So the jump is done here.
 */
export function jumpWithinPage(): void {
  document.addEventListener(
    "click",
    (event) => {
      if (event.defaultPrevented || event.button !== 0) return;
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element && event.target.closest<HTMLAnchorElement>('a[href^="#"]');
      const place = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!place) return;
      event.preventDefault();
      for (let around = place.closest("details"); around; around = around.parentElement!.closest("details"))
        around.open = true;
      place.scrollIntoView();
      place.focus({ preventScroll: true });
      if (document.activeElement !== place) startFrom(place);
      // On the way down: a dialog keeps its clicks to itself on the way up.
    },
    true,
  );
}

/** What takes no focus by itself takes it once, so that Tab goes on from there. */
function startFrom(place: HTMLElement): void {
  place.tabIndex = -1;
  place.addEventListener("blur", () => place.removeAttribute("tabindex"), { once: true });
  place.focus({ preventScroll: true });
}
