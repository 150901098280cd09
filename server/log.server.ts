/** JSON logs: request id, duration, workstation; never a token, a password or a student's data. */
import pino from "pino";
import { config } from "./config.server";

export const log = pino({
  level: process.env.LOG_LEVEL ?? "info",
  base: { process: process.env.PRINTDESK_PROCESS ?? "app" },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
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

/** Message and stack, with the connection's password and the secret struck out. */
function safeError(error: unknown) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: hide(error instanceof Error ? error.message : text), stack: hide(text) };
}

function hide(text: string): string {
  let secrets: string[] = [];
  try {
    secrets = [
      config().SECRET_KEY,
      new URL(config().DATABASE_URL).password,
      config().MAIL_PASSWORD ?? "",
      config().MAIL_OAUTH_CLIENT_SECRET ?? "",
      config().BACKUP_KEY ?? "",
    ];
  } catch {
    // No configuration yet: nothing to hide.
  }
  return secrets
    .filter((s) => s.length > 3)
    .reduce((out, secret) => out.replaceAll(secret, "[hidden]"), text);
}
