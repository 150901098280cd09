/** DATA_DIR/run.json: who is running on this data folder, and which children to clean up after a kill -9. */
import fs from "node:fs";
import { commandOf, identityOf, isAlive, signal, StartError, waitGone } from "./processes";

interface Running {
  pid: number;
  identity: string;
  url: string;
  children: { name: string; pid: number; identity: string }[];
}

function read(file: string): Running | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Running;
  } catch {
    return undefined;
  }
}

function same(entry: { pid: number; identity: string }): boolean {
  return isAlive(entry.pid) && identityOf(entry.pid) === entry.identity;
}

export interface RunFile {
  /** Notes the children's process numbers. */
  note(children: Record<string, number | undefined>): void;
  release(): void;
}

/**
 * Claims the data folder for this process and ends children that a killed launcher left behind.
 * @throws StartError when another launcher is running on it.
 */
export async function claim(file: string, url: string): Promise<RunFile> {
  const mine: Running = { pid: process.pid, identity: identityOf(process.pid), url, children: [] };
  const fresh = `${file}.${process.pid}`;
  const write = () => fs.writeFileSync(fresh, JSON.stringify(mine), { mode: 0o600 });
  write();
  try {
    for (;;) {
      try {
        // link() fails when the name exists: of two launchers exactly one gets it.
        fs.linkSync(fresh, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const other = read(file);
      if (other && other.pid !== process.pid && same(other))
        throw new StartError(
          `Printdesk is already running on this data folder (process ${other.pid}, ${other.url}). ` +
            `Stop it first, or set another DATA_DIR.`,
        );
      for (const child of other?.children ?? []) {
        if (!same(child) || !commandOf(child.pid).includes("node")) continue;
        signal(child.pid, "SIGKILL");
        await waitGone(child.pid, 2000);
      }
      fs.rmSync(file, { force: true });
    }
  } finally {
    fs.rmSync(fresh, { force: true });
  }
  return {
    note(children) {
      mine.children = Object.entries(children).flatMap(([name, pid]) =>
        pid === undefined ? [] : [{ name, pid, identity: identityOf(pid) }],
      );
      write();
      fs.renameSync(fresh, file);
    },
    release() {
      if (read(file)?.pid === process.pid) fs.rmSync(file, { force: true });
    },
  };
}
