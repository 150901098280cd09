/** The error summary of a form that is checked in the browser and by the server. */
import { useEffect, useRef, useState } from "react";
import { summaryOf, type SummaryError } from "./error-summary";

/**
 * The errors of the last attempt. They stay as they were, so that nothing above jumps while one corrects below.
 * @param errors of the form at this moment
 * @param answers counts the server's objections
 * @param first what the page came with
 * @param order of the fields on the page
 */
export function useSummary(
  errors: Record<string, string[]>,
  answers: number,
  first: Record<string, string[] | null> | null | undefined,
  order: readonly string[],
) {
  const [errorsShown, show] = useState<SummaryError[]>(() => summaryOf(first ?? {}, order));
  const [turn, setTurn] = useState({ number: 0, fromServer: true });
  const latest = useRef(errors);
  latest.current = errors;
  useEffect(() => {
    if (answers) setTurn(({ number }) => ({ number: number + 1, fromServer: true }));
  }, [answers]);
  useEffect(() => {
    if (turn.number) show(summaryOf(latest.current, order));
  }, [turn, order]);
  useEffect(() => {
    // conform has put the focus on the first field to correct; the summary above may have pushed it away.
    if (turn.number && !turn.fromServer) document.activeElement?.scrollIntoView({ block: "center" });
  }, [turn, errorsShown]);
  useEffect(() => {
    const plain = document.title.replace(/^Error: /, "");
    document.title = errorsShown.length ? `Error: ${plain}` : plain;
  }, [errorsShown]);
  return {
    errors: errorsShown,
    turn: turn.number,
    fromServer: turn.fromServer,
    attempted: () => setTurn(({ number }) => ({ number: number + 1, fromServer: false })),
  };
}
