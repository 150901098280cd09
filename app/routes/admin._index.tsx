/** The administrators' first page. */
import { redirect, type LoaderFunctionArgs } from "@remix-run/node";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";

export async function loader({ request }: LoaderFunctionArgs) {
  await requireAdmin(request);
  return redirect("/admin/catalog");
}

export default function Admin() {
  return null;
}
