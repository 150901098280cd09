/** A CSV file as an answer: made as fast as the other side reads, and not a piece further. */
import "./context";
import type { AppLoadContext } from "@remix-run/node";
import type { Export } from "@server/reports/export.server";

/**
 * @param request its signal ends the export when the other side goes away
 * @param context `drained` says when what was sent before has left
 */
export function csvResponse(
  { filename, chunks }: Export,
  request: Request,
  context: Pick<AppLoadContext, "drained">,
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Remix writes whatever it is given; only Express knows whether the socket still takes it.
        await context.drained?.();
        const next = request.signal.aborted ? await chunks.return() : await chunks.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      },
      async cancel() {
        await chunks.return();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${filename}"`,
      // A compressor would collect behind our back what the socket does not take.
      "Cache-Control": "private, no-store, no-transform",
    },
  });
}
