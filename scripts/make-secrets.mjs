/**
 * `node scripts/make-secrets.mjs`: makes the random secrets that docker-compose.yml names, in ./secrets. What is there
 * stays as it is. The folder is for its owner alone; the files in it can be read by the containers' users.
 */
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const folder = path.resolve(process.argv[2] ?? "secrets");
fs.mkdirSync(path.join(folder, "tls"), { recursive: true });
fs.chmodSync(folder, 0o700);

const made = [];
function secret(name, content) {
  const file = path.join(folder, name);
  try {
    fs.writeFileSync(file, `${content}\n`, { flag: "wx", mode: 0o444 });
    made.push(name);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  return fs.readFileSync(file, "utf8").trim();
}

const random = (bytes = 32) => randomBytes(bytes).toString("hex");
secret("secret_key", random());
secret("backup_key", random());
secret("quirrel_passphrase", random());
secret("quirrel_encryption_secret", random(16));
secret("metrics_token", random());
// For those who need them: empty means that there is none. Replace the file by one with your own.
for (const name of ["mail_password", "mail_oauth_client_secret", "admin_passphrase_hash"]) secret(name, "");
const owner = secret("db_owner_password", random());
const app = secret("db_app_password", random());
secret("migration_database_url", `postgres://printdesk_owner:${owner}@db:5432/printdesk`);
secret("database_url", `postgres://printdesk_app:${app}@db:5432/printdesk`);
const redis = secret("redis_password", random());
secret("redis_url", `redis://:${redis}@redis:6379`);

console.log(made.length ? `Made in ${folder}: ${made.join(", ")}.` : `Everything is there in ${folder}.`);
console.log(
  "Keep a copy of secret_key and backup_key in another place: without them old links and backups are lost.",
);
if (!fs.existsSync(path.join(folder, "workstations.json")))
  console.log(
    `Still to be written by you: ${path.join(folder, "workstations.json")} (see WORKSTATIONS in .env.example).`,
  );
