/** Turns a Remix answer into HTML. Inline scripts carry the request's nonce; nothing else may run. */
import { Writable } from "node:stream";
import type { AppLoadContext, EntryContext, HandleErrorFunction } from "@remix-run/node";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import { renderToPipeableStream } from "react-dom/server";
import { isDatabaseAway } from "@server/errors";
import { startSampling } from "@server/health/sample.server";
import { log } from "@server/log.server";
import { RequestContext } from "./components/lab";

// Types: loaders and actions give their values as they are (single fetch).
declare module "@remix-run/node" {
  interface Future {
    v3_singleFetch: true;
  }
}

startSampling();

/** How long a loader may keep the stream open. */
export const streamTimeout = 8_000;

/** Whatever no page expected: logged once, with the request's id; the database being away is told as such. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted) return;
  const { requestId } = context as AppLoadContext;
  if (isDatabaseAway(error)) (context as AppLoadContext).unavailable = true;
  // A route that has no such method: the visitor's mistake, not ours.
  if (isRouteErrorResponse(error) && error.status < 500)
    log.info({ request: requestId, status: error.status, reason: error.statusText }, "A request was refused");
  else log.error({ err: error, request: requestId }, "A page failed");
};

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remix: EntryContext,
  { nonce, requestId, unavailable }: AppLoadContext,
): Promise<Response> {
  // Express adds when to come back (server/web/unavailable.ts), here as on every other kind of answer.
  if (unavailable) status = 503;
  return new Promise((resolve, reject) => {
    let started = false;
    const { pipe, abort } = renderToPipeableStream(
      <RequestContext.Provider value={{ nonce, requestId, unavailable }}>
        <RemixServer context={remix} url={request.url} nonce={nonce} />
      </RequestContext.Provider>,
      {
        nonce,
        onShellReady() {
          started = true;
        },
        // No page of ours waits for anything once its loaders have answered. React hands its work over in pieces of
        // two kilobytes, each with a way through four streams of its own; together they are one.
        onAllReady() {
          clearTimeout(late);
          const pieces: Buffer[] = [];
          const whole = new Writable({
            write(piece: Buffer, _encoding, done) {
              pieces.push(piece);
              done();
            },
            final(done) {
              headers.set("Content-Type", "text/html; charset=utf-8");
              resolve(new Response(Buffer.concat(pieces), { headers, status }));
              done();
            },
          });
          pipe(whole);
        },
        onShellError: reject,
        onError(error: unknown) {
          status = 500;
          // Before the shell is out, `onShellError` rejects and the error is logged there.
          if (started) log.error({ err: error, request: requestId }, "Rendering failed");
        },
      },
    );
    const late = setTimeout(abort, streamTimeout + 1_000).unref();
  });
}
