/**
 * Named points at which a test can pull the plug. `CRASH_AT=name` kills the process there with
 * SIGKILL, the way a power cut would; without the variable, and always in production, nothing happens.
 */
const target = process.env.APP_ENV === "production" ? undefined : process.env.CRASH_AT;

/** Dies here when the test asked for it. */
export function crashPoint(name: string): void {
  if (target === name) process.kill(process.pid, "SIGKILL");
}
