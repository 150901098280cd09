/** How this browser likes its list: kept in a cookie, changed through the address, so that it works without a script. */
import { createCookie } from "@remix-run/node";
import { config } from "@server/config.server";
import type { DeskChoices } from "~/components/staff-list";

const cookie = () =>
  createCookie("printdesk-list", {
    httpOnly: true,
    sameSite: "lax",
    path: "/dashboard",
    maxAge: 365 * 24 * 3600,
    secure: config().PUBLIC_URL.startsWith("https:"),
  });

/** The choices in force, and the header that keeps what the address changes. */
export async function deskChoices(
  request: Request,
): Promise<{ choices: DeskChoices; headers: [string, string][] }> {
  const kept = (await cookie()
    .parse(request.headers.get("Cookie"))
    .catch(() => null)) as Partial<Record<keyof DeskChoices, unknown>> | null;
  const params = new URL(request.url).searchParams;
  const view = params.get("view") ?? kept?.view;
  const columns = Number(params.get("columns") ?? kept?.columns);
  const choices: DeskChoices = {
    view: view === "table" ? "table" : "cards",
    columns: columns === 1 || columns === 2 ? columns : 3,
  };
  const changed = params.has("view") || params.has("columns");
  return {
    choices,
    headers: changed ? [["Set-Cookie", await cookie().serialize(choices)]] : [],
  };
}
