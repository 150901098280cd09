/**
 * Who does what: the kinds of the outbox with their handlers, and the door at which the queue knocks.
 * One of the two files that know Quirrel (the other is server/outbox/enqueue.server.ts).
 */
import { createServer, type Server } from "node:http";
import { QuirrelClient } from "quirrel/client.cjs";
import { config } from "@server/config.server";
import { log } from "@server/log.server";
import { announceLater, OUTBOX_ROUTE, type WakeUp } from "@server/outbox/enqueue.server";
import { quirrelToken } from "@server/outbox/quirrel-token.server";
import { type Handlers, workRow } from "@server/outbox/work.server";
import { makePictureTask } from "./tasks/make-picture";
import { sendAlertTask } from "./tasks/send-alert";
import { runAuditTask } from "./tasks/run-audit";
import { sendLetterTask } from "./tasks/send-letter";
import { sendTestLetterTask } from "./tasks/send-test-letter";
import { sendReportTask } from "./tasks/send-report";

/** Kind of an outbox row → the task that does it. */
export const HANDLERS: Handlers = {
  alert: sendAlertTask,
  audit: runAuditTask,
  mail: sendLetterTask,
  picture: makePictureTask,
  "test-letter": sendTestLetterTask,
  report: sendReportTask,
};

/** Opens the door for the queue's calls. */
export async function listenForQueue(): Promise<Server> {
  const { WORKER_HOST, WORKER_PORT } = config();
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > 10_000) req.destroy();
      else chunks.push(chunk);
    });
    req.on("end", () => {
      void answer(req.url ?? "", Buffer.concat(chunks).toString("utf8"), req.headers).then(
        ({ status, body }) => res.writeHead(status).end(body),
        (err) => {
          log.error({ err }, "A call of the queue failed");
          res.writeHead(500).end();
        },
      );
    });
  });
  server.requestTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(WORKER_PORT, WORKER_HOST, resolve);
  });
  return server;
}

async function answer(url: string, body: string, headers: Record<string, string | string[] | undefined>) {
  if (url !== `/${OUTBOX_ROUTE}`) return { status: 404, body: "" };
  const client = new QuirrelClient<WakeUp>({
    route: OUTBOX_ROUTE,
    // The row knows what became of it and comes back by itself, so the queue is always told "done".
    handler: async ({ outbox_id }) => {
      if ((await workRow(outbox_id, HANDLERS)) === "again") announceLater([outbox_id]);
    },
    options: { logger: SILENT },
    config: {
      quirrelBaseUrl: config().QUIRREL_API_URL,
      applicationBaseUrl: config().QUIRREL_BASE_URL,
      encryptionSecret: config().QUIRREL_ENCRYPTION_SECRET,
      token: await quirrelToken(),
    },
  });
  return client.respondTo(body, headers as Record<string, string>);
}

const SILENT = { receivedJob: () => undefined, processingError: () => undefined };
