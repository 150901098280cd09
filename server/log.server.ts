/** JSON logs: request id, duration, workstation; never a token, a password or a student's data. */
import pino from "pino";
import { config } from "./config.server";
import { requestFacts } from "./request-context.server";

export const log = pino({
  level: process.env.LOG_LEVEL ?? "info",
  base: { process: process.env.PRINTDESK_PROCESS ?? "app" },
  timestamp: pino.stdTimeFunctions.isoTime,
  // Every line says which request it belongs to, and at which workstation.
  mixin: () => {
    const { request, workstation } = requestFacts() ?? {};
    return { ...(request && { request }), ...(workstation && { workstation }) };
  },
  formatters: {
    level: (label) => ({ level: label }),
    // What others say (a mail server, the database) may name a person.
    log: (line) =>
      Object.fromEntries(
        Object.entries(line).map(([key, value]) => [key, typeof value === "string" ? hide(value) : value]),
      ),
  },
  redact: {
    paths: [
      "password",
      "*.password",
      "token",
      "*.token",
      "authorization",
      "cookie",
      "*.student_email",
      "*.student_name",
    ],
    censor: "[hidden]",
  },
  serializers: { err: safeError },
});

/** Message and stack, with the connection's password, the secret and e-mail addresses struck out. */
function safeError(error: unknown) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: hide(error instanceof Error ? error.message : text), stack: hide(text) };
}

const ADDRESS = /[^\s<>()[\]"',;:=]+@[^\s<>()[\]"',;:=]+\.[^\s<>()[\]"',;:=]+/g;

function hide(text: string): string {
  let secrets: string[] = [];
  try {
    const known = config();
    secrets = [
      known.SECRET_KEY,
      passwordIn(known.DATABASE_URL),
      passwordIn(known.REDIS_URL),
      known.QUIRREL_TOKEN ?? "",
      known.QUIRREL_PASSPHRASE ?? "",
      known.QUIRREL_ENCRYPTION_SECRET ?? "",
      known.ADMIN_PASSPHRASE_HASH ?? "",
      known.MAIL_PASSWORD ?? "",
      known.MAIL_OAUTH_CLIENT_SECRET ?? "",
      known.METRICS_TOKEN ?? "",
      known.BACKUP_KEY ?? "",
    ];
  } catch {
    // No configuration yet: nothing to hide.
  }
  return secrets
    .filter((s) => s.length > 3)
    .reduce((out, secret) => out.replaceAll(secret, "[hidden]"), text)
    .replace(ADDRESS, "[e-mail]");
}

function passwordIn(url: string | undefined): string {
  return url && URL.canParse(url) ? decodeURIComponent(new URL(url).password) : "";
}
