/**
 * The web process: Express in front of Remix. Headers, request log, origin check, static files, upload
 * reception; everything else is Remix's. It imports no room of the domain: Express and the Remix bundle
 * are two module graphs, and the database pool must live in one of them only.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { createRequestHandler } from "@remix-run/express";
import type { ServerBuild } from "@remix-run/node";
import closeWithGrace from "close-with-grace";
import compression from "compression";
import express from "express";
import type { ViteDevServer } from "vite";
import { config } from "./config.server";
import { log } from "./log.server";
import { drained } from "./web/drained";
import { byAddress } from "./web/fitting-routes";
import { securityHeaders } from "./web/headers";
import { refuseOddRequests, sayError } from "./web/odd-requests";
import { requestLog } from "./web/request-log";
import { sameOriginOnly } from "./web/same-origin";
import { limitedServer, limitForms } from "./web/slow-clients";
import { honestUnavailable } from "./web/unavailable";
import { routeNamer } from "./web/route-names";
import { receiveUploads } from "./web/uploads";

async function start(): Promise<void> {
  const settings = config();
  const vite = process.env.PRINTDESK_DEV === "1" ? await viteServer() : undefined;
  const build = vite
    ? () => vite.ssrLoadModule("virtual:remix/server-build") as Promise<ServerBuild>
    : ((await import(path.resolve("build/remix/server/index.js"))) as ServerBuild);

  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", settings.TRUST_PROXY);
  app.use(requestLog(vite ? () => "(development)" : routeNamer((build as ServerBuild).routes)));
  app.use(securityHeaders(settings.PUBLIC_URL, vite !== undefined));
  app.use(compression());
  app.use(honestUnavailable);
  app.use(refuseOddRequests);
  if (vite) app.use(vite.middlewares);
  else {
    app.use("/assets", express.static("build/remix/client/assets", { immutable: true, maxAge: "1y" }));
    // The few files beside them by name: most requests are for pages and need not ask the disk.
    const files = new Set(readdirSync("build/remix/client"));
    const serve = express.static("build/remix/client", { maxAge: "1h", index: false, redirect: false });
    app.use((req, res, next) => (files.has(req.path.slice(1)) ? serve(req, res, next) : next()));
  }
  app.use(sameOriginOnly(settings.PUBLIC_URL));
  app.use(receiveUploads(settings));
  app.use(limitForms(settings.FORM_TIMEOUT_SECONDS));
  const handlerOf = (build: ServerBuild | (() => Promise<ServerBuild>)) =>
    createRequestHandler({
      build,
      mode: vite ? "development" : "production",
      getLoadContext: (req, res) =>
        (res.locals.context = {
          nonce: res.locals.nonce as string,
          requestId: res.locals.requestId as string,
          ip: req.ip ?? "unknown",
          received: res.locals.received,
          timing: res.locals.timing,
          drained: () => drained(res),
        }),
    });
  // In development the routes change while it runs: always all of them.
  const everything = vite && handlerOf(build);
  const handlerFor = everything ? () => everything : byAddress(build as ServerBuild, handlerOf);
  app.all("*", (req, res, next) => void handlerFor(req.path)(req, res, next));

  app.use(sayError);

  const server = limitedServer(app, {
    headers: settings.HEADERS_TIMEOUT_SECONDS,
    request: settings.UPLOAD_TIMEOUT_SECONDS + 30,
  });
  server.on("error", (error: NodeJS.ErrnoException) => {
    const taken = error.code === "EADDRINUSE";
    log.fatal(taken ? `Port ${settings.PORT} is already in use; set PORT to another one.` : error.message);
    process.exit(1);
  });
  server.listen(settings.PORT, settings.HOST, () =>
    log.info({ port: settings.PORT }, "The web process listens"),
  );

  closeWithGrace({ delay: 8_000, logger: false }, async ({ err }) => {
    if (err) log.fatal({ err }, "The web process ends");
    server.closeIdleConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  // Started by the launcher: when it is gone, so are we.
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
}

async function viteServer(): Promise<ViteDevServer> {
  const { createServer: createVite } = await import("vite");
  return createVite({ server: { middlewareMode: true } });
}

void start();
