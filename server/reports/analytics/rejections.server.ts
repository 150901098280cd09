/** Why requests ended without a print: reasons given by staff, students who said no, and prints that failed. */
import { db } from "../../db.server";
import { boundsOf, narrowed, WITHIN } from "./rows.server";
import type { Question } from "./question";

export interface Rejections {
  rejected: number;
  declined: number;
  failed: number;
  /** Codes of server/reject-reasons.ts, or `custom`: staff's own words. A rejection may have several. Most frequent first. */
  reasons: { code: string; n: number }[];
}

export async function rejections(question: Question): Promise<Rejections> {
  const bounds = await boundsOf(question);
  const { rows } = await db().raw<{ rows: { step: string; code: string | null; n: number }[] }>(
    `WITH refused AS MATERIALIZED (
       SELECT step, reasons FROM report_steps WHERE step IN ('rejected','declined','failed') AND ${WITHIN}
         ${narrowed(bounds, ["printer", "discipline"])}${bounds.staff ? " AND (staff = :staff OR step = 'declined')" : ""}
     )
     SELECT step, NULL AS code, count(*) AS n FROM refused GROUP BY step
     UNION ALL SELECT 'reason', code, count(*) FROM refused, unnest(reasons) AS code WHERE step = 'rejected' GROUP BY code`,
    bounds,
  );
  const of = (step: string) => Number(rows.find((row) => row.step === step)?.n ?? 0);
  return {
    rejected: of("rejected"),
    declined: of("declined"),
    failed: of("failed"),
    reasons: rows
      .filter(({ step }) => step === "reason")
      .map(({ code, n }) => ({ code: code!, n: Number(n) }))
      .sort((a, b) => b.n - a.n || a.code.localeCompare(b.code)),
  };
}
