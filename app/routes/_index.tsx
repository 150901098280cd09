import { redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { optionalWorkstation } from "~/http/session.server";

/** The door: staff to the dashboard, everybody else to the form. */
export async function loader({ request }: LoaderFunctionArgs) {
  return redirect((await optionalWorkstation(request)) ? "/dashboard" : "/submit");
}
