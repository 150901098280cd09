/**
 * The queue as a program of its own, for containers: Quirrel on REDIS_URL (in memory without), and the token that
 * web and worker need, kept in QUIRREL_TOKEN_FILE. Ends when Quirrel ends, so that the engine starts both anew.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { environment, root } from "./environment";
import { QuirrelToken } from "./quirrel-token";

const env = environment();
const passphrase = env.QUIRREL_PASSPHRASE;
const file = env.QUIRREL_TOKEN_FILE;
if (!passphrase || !file) {
  console.error("quirrel: set QUIRREL_PASSPHRASE (or QUIRREL_PASSPHRASE_FILE) and QUIRREL_TOKEN_FILE.");
  process.exit(1);
}
const port = env.QUIRREL_PORT ?? "9181";
const child = spawn(
  process.execPath,
  [path.join(root, "node_modules", "quirrel", "dist", "cjs", "src", "api", "main.js")],
  {
    stdio: "inherit",
    // Through the environment, not as arguments: those can be read by every user.
    env: {
      PATH: env.PATH,
      NODE_ENV: "production",
      HOST: env.QUIRREL_HOST ?? "127.0.0.1",
      PORT: port,
      PASSPHRASES: passphrase,
      DISABLE_TELEMETRY: "1",
      ...(env.REDIS_URL ? { REDIS_URL: env.REDIS_URL } : {}),
    },
  },
);
const token = new QuirrelToken({
  apiUrl: () => `http://127.0.0.1:${port}`,
  passphrase,
  file,
  say: (line) => console.error(line),
});
token.start();
for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => child.kill(name));
child.once("error", (error) => {
  console.error(`quirrel: ${error.message}`);
  process.exit(1);
});
child.once("exit", (code, signal) => {
  token.stop();
  process.exit(signal ? 1 : (code ?? 1));
});
