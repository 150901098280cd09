import { runAudit } from "@server/audit/run-audit.server";
import type { Handler } from "@server/outbox/work.server";

/** `audit` rows: a part of an integrity audit, until it is done. */
export const runAuditTask: Handler = (row) => runAudit(row);
