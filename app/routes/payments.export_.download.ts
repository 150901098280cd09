/** The file of an export. What is wrong with the form is said on the form's page. */
import { redirect, type ActionFunctionArgs } from "@remix-run/node";
import { ExportSchema, startExport } from "@server/reports/export.server";
import { csvResponse } from "~/http/csv.server";
import { formOf, orErrorPage, parseForm, refused, valuesOf } from "~/http/form.server";
import { requireWorkstation } from "~/http/session.server";

/** Opened by itself, it is the form. */
export const loader = () => redirect("/payments/export");

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireWorkstation(request);
  const values = valuesOf(await orErrorPage(formOf(request)));
  try {
    return csvResponse(await startExport(desk, parseForm(ExportSchema, values)), request, context);
  } catch (error) {
    refused(error);
    const typed = ["what", "start_date", "end_date", "staff_name"].flatMap((name) => {
      const value = values[name];
      return typeof value === "string" ? [[name, value.slice(0, 100)]] : [];
    });
    return redirect(`/payments/export?${new URLSearchParams([["check", "1"], ...typed])}`, 303);
  }
}
