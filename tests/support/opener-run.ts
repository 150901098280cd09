/**
 * Runs the opener's own code over a list of links in one process, under whatever Node and system this is: the arguments
 * are the list, where the outcomes go, and the base. Started slicers are written down, not started.
 */
import fs from "node:fs";
import { Choices } from "../../sliceropener/choices";
import { openLink } from "../../sliceropener/open";
import type { Platform } from "../../sliceropener/place";

const [listFile, resultFile, base] = process.argv.slice(2) as [string, string, string];
const list = JSON.parse(fs.readFileSync(listFile, "utf8")) as string[][];

async function run(): Promise<void> {
  const outcomes: { verdict: string; realPath: string | null; started: string | null }[] = [];
  for (const args of list) {
    let started: string | null = null;
    const slicer = { name: "One", path: process.execPath, extensions: [".stl", ".3mf"], arguments: [] };
    const { verdict, realPath } = await openLink(args, {
      platform: process.platform as Platform,
      config: () => ({ base, slicers: [slicer], log: null, dialogs: "none" }),
      installed: () => [],
      dialogs: { tell: async () => undefined, choose: async () => null },
      choices: new Choices(`${resultFile}.user`),
      start: async (_, file) => {
        started = file;
      },
    });
    outcomes.push({ verdict, realPath, started });
  }
  fs.writeFileSync(resultFile, JSON.stringify(outcomes));
}

void run();
