import { limitBrowserErrors } from "../limits.server";
import { log } from "../log.server";
import { countBrowserError } from "../metrics.server";
import { type BrowserError, lineOf } from "./browser-error";

/**
 * Writes an error that a browser reported into the log, without anything personal, and counts it.
 * @throws Refusal `too_many`: a page that fails in a loop must not fill the disk
 */
export async function noteBrowserError(report: BrowserError, ip: string): Promise<void> {
  await limitBrowserErrors(ip);
  countBrowserError();
  log.error(lineOf(report), "A browser reported an error");
}
