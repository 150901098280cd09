/** The heartbeat of an open decision: `intent=extend` keeps the lock, `intent=release` gives it back. For scripts; pages work without it. */
import type { ActionFunctionArgs } from "@remix-run/node";
import { requireJobId } from "@server/jobs/decision.server";
import { extendLock, releaseLock } from "@server/jobs/lock.server";
import { GuardSchema } from "@server/jobs/schemas";
import { requireActiveStaff } from "@server/staff/staff.server";
import { formOf, refused } from "~/http/form.server";
import { requireWorkstation } from "~/http/session.server";

export async function action({ request, params }: ActionFunctionArgs) {
  const desk = await requireWorkstation(request);
  try {
    const form = await formOf(request);
    const { lock_key } = GuardSchema.safeParse({ lock_key: form.get("lock_key") }).data ?? {};
    const intent = form.get("intent");
    if (!lock_key || (intent !== "extend" && intent !== "release"))
      return Response.json({ error: "invalid" }, { status: 400 });
    if (intent === "release") {
      await releaseLock(desk, requireJobId(params.id), lock_key);
      return new Response(null, { status: 204 });
    }
    // A name that is not on the list is not shown to others.
    const name = await requireActiveStaff(String(form.get("staff_name") ?? "")).catch(() => undefined);
    const { locked_until } = await extendLock(desk, requireJobId(params.id), lock_key, name);
    return Response.json({ locked_until: locked_until.toISOString() });
  } catch (error) {
    const { status, reason, message } = refused(error);
    return Response.json({ error: reason, message }, { status });
  }
}
