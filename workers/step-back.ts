/** Pages come first: where processors are short, the night shift waits for the front desk. */
import { readFileSync, writeFileSync } from "node:fs";

const NICENESS = 10;

/**
 * Lowers this process's whole session, if it is its own: Linux with "autogroup" shares the processors out between sessions
 * first, and only then looks at the priority of a thread. Elsewhere the priority of the drawing thread does it.
 * @returns was that possible?
 */
export function stepBack(): boolean {
  try {
    const afterName = readFileSync("/proc/self/stat", "latin1").split(") ").at(-1)!;
    const session = Number(afterName.split(" ")[3]);
    if (session !== process.pid) return false;
    writeFileSync("/proc/self/autogroup", String(NICENESS));
    return true;
  } catch {
    return false; // another system, or not allowed: then we are only less polite
  }
}
