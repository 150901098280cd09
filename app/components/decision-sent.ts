/**
 * How a dialog's form reaches the server: an answer that never came is an answer too. As an error it would replace
 * the page, and what was typed would go with it. Forms without a script do not come this way.
 */
import {
  type ClientActionFunctionArgs,
  isRouteErrorResponse,
  type ShouldRevalidateFunctionArgs,
} from "@remix-run/react";
import type { DecisionOutcome, InPlace } from "./decision";

/** Somebody logged out, or the session ended. */
export const LOGGED_OUT =
  "This workstation is logged out. Log in again in another tab, then press the button once more.";
/** Not a word about what was done: the answer may have been lost after it. */
export const NO_ANSWER = "The server did not answer. Nothing you typed is lost; try again in a minute.";

/** The client action of every decision. @returns what the server said, or `unsent` and why (status 503: nothing is fetched again) */
export async function clientAction({
  request,
  serverAction,
}: Pick<ClientActionFunctionArgs, "request" | "serverAction">): Promise<
  DecisionOutcome | InPlace | Response
> {
  try {
    return await serverAction<DecisionOutcome | InPlace>();
  } catch (error) {
    if (error instanceof Response)
      return new URL(error.headers.get("Location") ?? "", request.url).pathname === "/login"
        ? unsent(LOGGED_OUT)
        : Promise.reject(error);
    if (isRouteErrorResponse(error) && error.status < 500) throw error;
    return unsent(NO_ANSWER);
  }
}

const unsent = (text: string) => Response.json({ kind: "unsent", text } satisfies InPlace, { status: 503 });

/** @returns whether the server can do anything at all just now */
export function answers(): Promise<boolean> {
  return fetch("/readyz", { signal: AbortSignal.timeout(10_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Of the pages that decisions stand over: fetched from a server that did not answer just now, they would be error pages. A refusal is news, though. */
export const shouldRevalidate = ({
  actionStatus = 200,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs) => actionStatus < 500 && defaultShouldRevalidate;
