/** Who is at the door: the workstation's cookie, log-in through remix-auth, log-out. */
import "./context";
import { createCookie, redirect } from "@remix-run/node";
import { Authenticator } from "remix-auth";
import { FormStrategy } from "remix-auth-form";
import { z } from "zod";
import { config } from "@server/config.server";
import { Refusal } from "@server/errors";
import { noteRequest } from "@server/request-context.server";
import { hasAdminLock } from "@server/sessions/admin-lock.server";
import {
  findSession,
  logIn,
  logOut,
  SESSION_HOURS,
  type WorkstationSessionView,
} from "@server/sessions/session.server";

export type { WorkstationSessionView };

function cookie() {
  const secure = config().PUBLIC_URL.startsWith("https:");
  return createCookie(secure ? "__Host-printdesk" : "printdesk", {
    httpOnly: true,
    sameSite: "lax",
    secure,
    path: "/",
    maxAge: SESSION_HOURS * 3600,
    secrets: [config().SECRET_KEY],
  });
}

const LoginSchema = z.object({
  workstation_id: z.string().trim().min(1).max(100),
  password: z.string().min(1).max(500),
});

/** remix-auth turns the log-in form into an open session; the cookie is ours. */
function authenticator(ip: string) {
  return new Authenticator<{ token: string }>().use(
    new FormStrategy(async ({ form }) => {
      const parsed = LoginSchema.safeParse(Object.fromEntries(form));
      if (!parsed.success)
        throw new Refusal("invalid", "Choose your workstation and enter its password.", {
          fields: {
            ...(form.get("workstation_id") ? {} : { workstation_id: ["Choose your workstation."] }),
            ...(form.get("password") ? {} : { password: ["Enter the password."] }),
          },
        });
      return logIn(parsed.data, ip);
    }),
    "workstation",
  );
}

/**
 * Logs a workstation in from its form.
 * @returns headers that set the cookie
 * @throws Refusal `invalid`, `unauthenticated`, `too_many`
 */
export async function logInFrom(request: Request, ip: string): Promise<Headers> {
  const { token } = await authenticator(ip).authenticate("workstation", request);
  return new Headers({ "Set-Cookie": await cookie().serialize(token) });
}

/** The logged-in workstation, or null. */
export async function optionalWorkstation(request: Request): Promise<WorkstationSessionView | null> {
  const token: unknown = await cookie().parse(request.headers.get("Cookie"));
  const session = typeof token === "string" ? await findSession(token) : null;
  if (session) noteRequest({ workstation: session.workstation_id });
  return session;
}

/** The logged-in workstation; anybody else is sent to log in, and comes back to the page they wanted. */
export async function requireWorkstation(request: Request): Promise<WorkstationSessionView> {
  const session = await optionalWorkstation(request);
  if (session) return session;
  throw redirect(`/login?next=${encodeURIComponent(pageOf(request))}`);
}

/** The page that a request wanted. After a POST there is none to come back to but the one that shows the form. */
function pageOf(request: Request): string {
  const url = new URL(request.url);
  return `${url.pathname.replace(/\.data$/, "")}${request.method === "GET" ? url.search.replace(/[?&]_routes=[^&]*/, "") : ""}`;
}

/**
 * The logged-in workstation, when it may administer the lab, whether or not the desk's lock is open.
 * @throws a 403 page otherwise
 */
export async function requireAdministrating(request: Request): Promise<WorkstationSessionView> {
  const session = await requireWorkstation(request);
  if (session.admin) return session;
  throw new Response(
    `${session.workstation_name} may not do this. Use a workstation that may administer the lab.`,
    { status: 403 },
  );
}

/**
 * The same with the desk's lock open, where the lab has one; else the passphrase is asked for first, and the
 * wanted page comes after it.
 * @throws a 403 page, or a redirect
 */
export async function requireAdmin(request: Request): Promise<WorkstationSessionView> {
  const session = await requireAdministrating(request);
  if (!hasAdminLock() || session.admin_until) return session;
  throw redirect(`/admin/unlock?next=${encodeURIComponent(pageOf(request))}`);
}

/** Ends the session. Headers take the cookie away. */
export async function logOutFrom(request: Request): Promise<Headers> {
  const session = await optionalWorkstation(request);
  if (session) await logOut(session.session_id);
  return new Headers({ "Set-Cookie": await cookie().serialize("", { maxAge: 0 }) });
}

/** A path on this site and nothing else: no other host can be smuggled in. */
export function safeNext(next: string | null): string {
  if (!next || !/^\/(?![/\\])/.test(next) || /[\u0000-\u001f\\]/.test(next)) return "/dashboard";
  // Encoded, because a header takes no other letters.
  const { host, pathname, search, hash } = new URL(next, "http://here");
  return host === "here" && !pathname.startsWith("//") ? pathname + search + hash : "/dashboard";
}
