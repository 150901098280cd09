/** Signing in to a mail server as an application (OAuth 2.0 client credentials): one request, kept until it runs out. */
import { z } from "zod";
import type { Config } from "../config.server";
import { MailError } from "./mail-error";

const LIMIT_MS = 10_000;
/** A token is not used in its last minutes: the letter must still arrive with it. */
const SPARE_MS = 120_000;

const TokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

let kept: { token: string; until: number; for: string } | undefined;

/** Forgets the token, so that the next letter asks for a new one. */
export function forgetToken(): void {
  kept = undefined;
}

/**
 * The token that the mail server takes instead of a password.
 * @throws MailError `temporary` with what an administrator can do; never with the secret or the token
 */
export async function accessToken(settings: Config): Promise<string> {
  const { MAIL_OAUTH_TENANT, MAIL_OAUTH_CLIENT_ID, MAIL_OAUTH_CLIENT_SECRET, MAIL_OAUTH_SCOPE } = settings;
  const url =
    settings.MAIL_OAUTH_TOKEN_URL ??
    `https://login.microsoftonline.com/${MAIL_OAUTH_TENANT}/oauth2/v2.0/token`;
  const identity = `${url} ${MAIL_OAUTH_CLIENT_ID}`;
  if (kept?.for === identity && kept.until > Date.now()) return kept.token;
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: MAIL_OAUTH_CLIENT_ID!,
        client_secret: MAIL_OAUTH_CLIENT_SECRET!,
        scope: MAIL_OAUTH_SCOPE,
      }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
  } catch {
    throw new MailError("temporary", "The sign-in service for mail (OAuth2) does not answer.");
  }
  const body: unknown = await answer.json().catch(() => null);
  const parsed = TokenSchema.safeParse(body);
  if (!answer.ok || !parsed.success) {
    const code = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) }).safeParse(body);
    throw new MailError(
      "temporary",
      `The sign-in service for mail (OAuth2) gives no token (${code.success ? code.data.error : answer.status}). Check the MAIL_OAUTH variables.`,
    );
  }
  const { access_token, expires_in } = parsed.data;
  kept = { token: access_token, until: Date.now() + expires_in * 1000 - SPARE_MS, for: identity };
  return access_token;
}
