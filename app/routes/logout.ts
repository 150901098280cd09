/** Ends the workstation's session and gives back the jobs it held. By POST only: a link must not log anybody out. */
import { redirect, type ActionFunctionArgs } from "@remix-run/node";
import { flash } from "~/http/flash.server";
import { logOutFrom } from "~/http/session.server";

export const loader = () => redirect("/dashboard");

export async function action({ request }: ActionFunctionArgs) {
  const headers = await logOutFrom(request);
  headers.append("Set-Cookie", await flash({ tone: "success", text: "This workstation is logged out." }));
  return redirect("/login", { status: 303, headers });
}
