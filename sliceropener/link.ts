/**
 * The link's grammar: `print3d://open?path=<the file's absolute path, URL-encoded>` and nothing else. Browsers and shells
 * mangle links; the forms they are known to make are taken, everything else is refused. Pure.
 */
import { shown, Stop } from "./verdicts";

/** Far longer than any path; Windows itself ends a command line at 32,767. */
const LONGEST = 8_192;
const DEEPEST = 4;

/**
 * @param argument what the system handed over
 * @returns the path as it stands in the link, then as it is when decoded once more, and so on: a link that was encoded
 *   twice on its way means the second. Never empty.
 * @throws Stop `not_a_link`, `old_scheme`
 */
export function pathsInLink(argument: string): string[] {
  if (argument.length > LONGEST)
    throw new Stop("not_a_link", `This link is ${argument.length} characters long; no link of the desk is.`);
  const link = unquoted(argument.trim());
  const scheme = /^([a-z0-9][a-z0-9+.-]*):/i.exec(link)?.[1]?.toLowerCase();
  if (scheme === "3dprint")
    throw new Stop(
      "old_scheme",
      "This is an old 3dprint:// link, which no browser can hand on reliably. Reload the dashboard and use its “Open” button; its links start with print3d://.",
    );
  const query = /^print3d:\/\/open\/?\?([^]*)$/i.exec(link)?.[1];
  if (scheme !== "print3d" || query === undefined)
    throw new Stop(
      "not_a_link",
      `“${shown(link)}” is not a link of the print desk. Its links look like print3d://open?path=…`,
    );
  if (query.includes("#")) throw new Stop("not_a_link", "This link goes on after a “#”, which none does.");
  const parts = query.split("&");
  if (parts.length !== 1 || !parts[0]!.startsWith("path="))
    throw new Stop("not_a_link", "A link of the print desk carries one path and nothing else.");
  return decodings(parts[0]!.slice("path=".length));
}

function decodings(value: string): string[] {
  const layers: string[] = [];
  let text = decoded(value);
  if (text === null)
    throw new Stop("not_a_link", "The path in this link is not properly encoded; reload the dashboard.");
  for (;;) {
    layers.push(tidy(text));
    const next: string | null = /%[0-9a-f]{2}/i.test(text) ? decoded(text) : null;
    if (next === null || next === text) break;
    if (layers.length === DEEPEST)
      throw new Stop("not_a_link", "The path in this link is encoded over and over; reload the dashboard.");
    text = next;
  }
  if (layers[0] === "") throw new Stop("not_a_link", "This link carries no path.");
  return layers;
}

/** A plus stays a plus: the desk writes a blank as %20. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Without the quotes and the one slash at the end that programs on the way like to add. */
function tidy(path: string): string {
  return unquoted(unquoted(path).replace(/(?<=[^\\/])[\\/]$/, ""));
}

function unquoted(text: string): string {
  const quote = text[0];
  const around = text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote);
  return around ? text.slice(1, -1) : text;
}
