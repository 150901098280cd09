/** What the administrator's pages share: who asks, the names, the message of the last action, and saying no. */
import { data, redirect } from "@remix-run/node";
import { settings } from "@server/settings/settings.server";
import { activeStaff, type StaffChoice } from "@server/staff/staff.server";
import type { Typed } from "~/components/decision";
import { markRefused, wasRefused } from "~/components/page-title";
import { type Flash, flash, takeFlash } from "./flash.server";
import { refusalHeaders, refused, type Refused } from "./form.server";
import { requireAdmin } from "./session.server";

type Context = Parameters<typeof markRefused>[0];

/** What every administrator's page starts with. */
export interface AdminPage {
  session: { workstation_name: string; admin: boolean };
  staff: StaffChoice[];
  message: Flash | null;
  /** The post that this page answers was refused. */
  failed: boolean;
}

/**
 * The loader's first step.
 * @returns what the page's frame and its forms need, and the headers that go with the answer
 */
export async function openAdminPage(
  request: Request,
  context: Context,
): Promise<{ page: AdminPage; headers: HeadersInit }> {
  const { workstation_name, admin } = await requireAdmin(request);
  const { new_staff_days } = await settings();
  const [staff, { message, headers }] = await Promise.all([activeStaff(new_staff_days), takeFlash(request)]);
  return { page: { session: { workstation_name, admin }, staff, message, failed: wasRefused(context) }, headers }; // prettier-ignore
}

/** Leads on with one sentence that says what was done. */
export async function doneAt(to: string, text: string, tone: Flash["tone"] = "success") {
  return redirect(to, { status: 303, headers: { "Set-Cookie": await flash({ tone, text }) } });
}

/** A refusal as the page's answer, with what was typed. Anything that is no refusal is thrown on. */
export function refusedAnswer<More extends object>(
  error: unknown,
  context: Context,
  typed: Typed,
  more: (refusal: Refused) => More,
) {
  const refusal = refused(error);
  markRefused(context);
  const { status, message, fields } = refusal;
  return data({ message, fields, typed, ...more(refusal) }, { status, headers: refusalHeaders(refusal) });
}
