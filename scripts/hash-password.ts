/** `npm run hash-password`: reads a password from the terminal or from a pipe, prints its argon2id hash. */
import readline from "node:readline";
import { Writable } from "node:stream";
import { hash } from "@node-rs/argon2";

function readPassword(): Promise<string> {
  const typed = process.stdin.isTTY === true;
  if (typed) process.stderr.write("Password: ");
  // The typed letters are not shown: what readline echoes goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = readline.createInterface({ input: process.stdin, output: nowhere, terminal: typed });
  return new Promise((resolve) => {
    let password = "";
    lines.once("line", (line) => {
      password = line;
      lines.close();
    });
    lines.once("close", () => {
      if (typed) process.stderr.write("\n");
      resolve(password);
    });
  });
}

const password = await readPassword();
if (password.length < 4) {
  console.error("hash-password: the password needs at least 4 characters; none was stored.");
  process.exit(1);
}
// OWASP's minimum for argon2id (2 is Argon2id; the enum does not survive isolated modules).
console.log(await hash(password, { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }));
