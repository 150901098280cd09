/** axe-core on one page at WCAG 2.2 AA, on a phone and on a desk, by day and by night. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "./lab";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * axe on a page. Its own way opens a second page for its results, which takes the first one's place in front; clicks that
 * hung on a busy machine may have come from that. No page here has a frame of another origin, which is all that the second page is for.
 */
export const axeOn = (page: Page) => new AxeBuilder({ page }).withTags(RULES).setLegacyMode();

/** @param what the page's name in a failure */
export async function check(page: Page, what: string) {
  for (const [width, colorScheme] of [
    [320, "dark"],
    [1440, "light"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await settled(page);
    const { violations } = await axeOn(page).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`);
    expect(found, `${what} at ${width} px, ${colorScheme}`).toEqual([]);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wider, `${what} at ${width} px is wider than the window`).toBeLessThanOrEqual(0);
  }
}

/** Colours that are still on their way from day to night have no contrast worth measuring. */
export async function settled(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() =>
        document
          .getAnimations()
          .every((a) => a.playState !== "running" || a.effect?.getComputedTiming().endTime === Infinity),
      ),
    )
    .toBe(true);
}
