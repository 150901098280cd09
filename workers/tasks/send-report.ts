import { sendReport } from "@server/chores/report-letter.server";
import type { Handler } from "@server/outbox/work.server";

/** `report` rows: tells the administrator what came of a chore. */
export const sendReportTask: Handler = (row) => sendReport(row);
