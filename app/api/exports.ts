/** "Financial Reporting": the ledger as a file, over the export of the page. */
import { PaymentsExportSchema, startExport } from "@server/reports/export.server";
import { csvResponse } from "~/http/csv.server";
import { endpoint } from "./endpoint";

export const exportEndpoints = [
  endpoint({
    method: "POST",
    path: "export/payments",
    tag: "Reports",
    summary: "The payments of some days as CSV",
    about:
      "Days of the lab's time zone, both included. Amounts have two decimals here, as on the page; the last row adds up. Who takes a file is in the log.",
    auth: "workstation",
    body: PaymentsExportSchema,
    limit: { name: "export", points: 30, seconds: 60 },
    status: 200,
    answer: "text/csv",
    run: async ({ desk, body, request, context }) =>
      csvResponse(await startExport(desk, { ...body, what: "payments" }), request, context),
  }),
];
