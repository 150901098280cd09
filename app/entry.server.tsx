/** Turns a Remix answer into HTML. Inline scripts carry the request's nonce; nothing else may run. */
import { Writable } from "node:stream";
import type { AppLoadContext, EntryContext, HandleErrorFunction } from "@remix-run/node";
import { isRouteErrorResponse, RemixServer } from "@remix-run/react";
import type { ReactNode } from "react";
import { renderToPipeableStream } from "react-dom/server";
import { isDatabaseAway } from "@server/errors";
import { startSampling } from "@server/health/sample.server";
import { log } from "@server/log.server";
import { type Drawing, RequestContext } from "./components/lab";

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

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remix: EntryContext,
  { nonce, requestId, unavailable }: AppLoadContext,
): Promise<Response> {
  const drawing: Drawing = { at: null, broken: new Set() };
  // A stream has one reader at a time, and a page that is drawn again asks for it again.
  const reader = remix.serverHandoffStream?.getReader();
  const context = {
    ...remix,
    serverHandoffStream: reader && ({ getReader: () => reader } as ReadableStream),
  };
  const page = (
    <RequestContext.Provider value={{ nonce, requestId, unavailable, drawing }}>
      <RemixServer context={context} url={request.url} nonce={nonce} />
    </RequestContext.Provider>
  );
  for (;;) {
    try {
      const { html, whole } = await draw(page, nonce, requestId);
      headers.set("Content-Type", "text/html; charset=utf-8");
      // Express adds when to come back (server/web/unavailable.ts), here as on every other kind of answer.
      return new Response(html, { headers, status: unavailable ? 503 : whole ? status : 500 });
    } catch (error) {
      const { at, broken } = drawing;
      // Not a guarded piece's fault, or so many that the page is no use.
      if (at === null || broken.has(at) || broken.size === MOST_BROKEN) throw error;
      log.error({ err: error, request: requestId, piece: at }, "A piece of a page could not be drawn");
      broken.add(at);
      drawing.at = null;
    }
  }
}

/** How many pieces of a page may be left out. */
const MOST_BROKEN = 10;

/**
 * Draws a page to its end.
 * @returns `whole`: nothing failed on the way
 * @throws what kept it from being drawn
 */
function draw(
  page: ReactNode,
  nonce?: string,
  requestId?: string,
): Promise<{ html: Buffer<ArrayBuffer>; whole: boolean }> {
  return new Promise((resolve, reject) => {
    let started = false;
    let whole = true;
    const { pipe, abort } = renderToPipeableStream(page, {
      nonce,
      onShellReady() {
        started = true;
      },
      // No page of ours waits for anything once its loaders have answered. React hands its work over in pieces of
      // two kilobytes, each with a way through four streams of its own; together they are one.
      onAllReady() {
        clearTimeout(late);
        const pieces: Buffer[] = [];
        const sink = new Writable({
          write(piece: Buffer, _encoding, done) {
            pieces.push(piece);
            done();
          },
          final(done) {
            resolve({ html: Buffer.concat(pieces), whole });
            done();
          },
        });
        pipe(sink);
      },
      onShellError(error) {
        clearTimeout(late);
        reject(error as Error);
      },
      onError(error: unknown) {
        whole = false;
        // Before the shell is out, `onShellError` rejects and the error is logged there.
        if (started) log.error({ err: error, request: requestId }, "Rendering failed");
      },
    });
    const late = setTimeout(abort, streamTimeout + 1_000).unref();
  });
}
