/** Waiting for a reader: Remix writes whatever it is given, so what makes a long answer asks here before it goes on. */
import type { ServerResponse } from "node:http";

/** Resolves when the socket has taken what was written to an answer, or is gone. */
export async function drained(res: ServerResponse): Promise<void> {
  if (!res.writableNeedDrain || res.closed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      res.off("drain", done).off("close", done);
      resolve();
    };
    res.on("drain", done).on("close", done);
  });
}
