/** What a dialog is told when its form gets no answer: never an error, which would take the page and what was typed. */
import {
  type ClientActionFunctionArgs as Args,
  redirect,
  type ShouldRevalidateFunctionArgs,
} from "@remix-run/react";
import { expect, test } from "vitest";
import { clientAction, LOGGED_OUT, NO_ANSWER, shouldRevalidate } from "~/components/decision-sent";
import { shouldRevalidate as frameRevalidates } from "~/root";

const request = new Request("http://lab.test/dashboard/jobs/1/approve", { method: "POST" });
const sent = (serverAction: () => Promise<unknown>) =>
  clientAction({ request, serverAction: serverAction as Args["serverAction"] });
const failing = (error: unknown) => () => Promise.reject(error as Error);
const errorResponse = (status: number) => ({ status, statusText: "", internal: false, data: "No." });

test("what the server says is passed on as it is", async () => {
  const said = { kind: "done", text: "Approved." };
  expect(await sent(() => Promise.resolve(said))).toBe(said);
});

test.each([
  ["the line is down", new TypeError("Failed to fetch"), NO_ANSWER],
  ["the server breaks", errorResponse(503), NO_ANSWER],
  ["the session is over", redirect("/login?next=%2Fdashboard"), LOGGED_OUT],
])("%s: said in the form, and nothing is fetched again", async (_, error, text) => {
  const answer = (await sent(failing(error))) as Response;
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ kind: "unsent", text });
});

test("a refusal that has a page of its own, and a way that leads elsewhere, stay what they are", async () => {
  const forbidden = errorResponse(403);
  await expect(sent(failing(forbidden))).rejects.toBe(forbidden);
  const elsewhere = redirect("/admin/unlock");
  await expect(sent(failing(elsewhere))).rejects.toBe(elsewhere);
});

test("after it, neither the page below nor the frame is fetched: from a server that is away, that is an error page", () => {
  const asked = (actionStatus?: number) =>
    ({
      formMethod: "POST",
      actionStatus,
      defaultShouldRevalidate: true,
    }) as ShouldRevalidateFunctionArgs;
  for (const page of [shouldRevalidate, frameRevalidates]) {
    expect(page(asked(503))).toBe(false);
    expect(page(asked(409))).toBe(true);
    expect(page(asked(200))).toBe(true);
    expect(page(asked())).toBe(true);
  }
});
