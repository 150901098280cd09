/** The web process's reception in a test: the real Express middleware takes a real upload, then the verb runs. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { config } from "@server/config.server";
import { Refusal, type RefusalCode } from "@server/errors";
import type { ReceivedForm } from "@server/files/receive.server";
import type { Submitted } from "@server/jobs/submit.server";
import { receiveUploads } from "@server/web/uploads";
import { type CubeOverrides, handInFile, newCube } from "./desk";

/** What the sender reads. */
export type Reply =
  { status: 200; job: Submitted } | { status: number; code: RefusalCode; message: string; reason: string };

/** Sends a model over the wire, as the form does. */
export async function upload({
  content = newCube(),
  original_name = "model.stl",
  ...fields
}: CubeOverrides = {}): Promise<Reply> {
  const app = express();
  app.use(receiveUploads(config()));
  app.post("/submit", (_, res) => {
    const { file, refusal } = res.locals.received as ReceivedForm;
    const done =
      refusal || !file ? Promise.reject(refusal ?? new Error("no file")) : handInFile(file, fields);
    done.then(
      (job) => res.json({ status: 200, job }),
      (error: unknown) => {
        if (!(error instanceof Refusal))
          return void res.status(500).json({ status: 500, message: String(error) });
        const { status, code, message, details } = error;
        res.status(status).json({ status, code, message, reason: details.reason });
      },
    );
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve));
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(content)]), original_name);
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/submit`, { method: "POST", body: form });
    return (await answer.json()) as Reply;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
