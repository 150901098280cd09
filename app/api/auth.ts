import { z } from "zod";
import { At } from "@server/reports/job-object";
import { bearerFor } from "@server/sessions/bearer.server";
import { logOut } from "@server/sessions/session.server";
import { endpoint } from "./endpoint";

const text = (what: string, most: number) =>
  z
    .string({ error: `Give ${what}.` })
    .trim()
    .min(1, `Give ${what}.`)
    .max(most, `Give ${what}.`);

export const authEndpoints = [
  endpoint({
    method: "POST",
    path: "auth/login",
    tag: "Authentication",
    summary: "Log a workstation in",
    about:
      "The token is good for twelve hours; it ends at once when the workstation's password changes, when the workstation is taken off the list, or with a log-out. Send it as `Authorization: Bearer <token>`.",
    auth: "public",
    body: z.strictObject({ workstation_id: text("workstation_id", 100), password: text("password", 500) }),
    status: 200,
    answer: z.object({ token: z.string(), expires_at: At }),
    refuses: { 401: ["unauthenticated"], 429: ["too_many"] },
    run: ({ body, ip }) => bearerFor(body, ip),
  }),
  endpoint({
    method: "POST",
    path: "auth/logout",
    tag: "Authentication",
    summary: "End the token",
    about: "The locks that were taken with it are given back.",
    auth: "workstation",
    status: 204,
    run: ({ desk }) => logOut(desk.session_id),
  }),
];
