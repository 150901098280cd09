/** One sentence that survives one redirect: every action ends in a visible result. */
import { createCookie } from "@remix-run/node";
import { config } from "@server/config.server";

export interface Flash {
  tone: "success" | "warning" | "error" | "info";
  text: string;
}

const cookie = () =>
  createCookie("printdesk-flash", {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    maxAge: 60,
    secure: config().PUBLIC_URL.startsWith("https:"),
    secrets: [config().SECRET_KEY],
  });

/** The header that sets a message for the next page. */
export async function flash(message: Flash): Promise<string> {
  return cookie().serialize(message);
}

/** The message for this page, if there is one, and the headers that clear it. */
export async function takeFlash(request: Request): Promise<{ message: Flash | null; headers: HeadersInit }> {
  const message = (await cookie().parse(request.headers.get("Cookie"))) as Flash | null;
  if (!message) return { message: null, headers: {} };
  return { message, headers: { "Set-Cookie": await cookie().serialize("", { maxAge: 0 }) } };
}
