import { z } from "zod";
import { bearerFor } from "@server/sessions/bearer.server";
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
    auth: "public",
    body: z.strictObject({ workstation_id: text("workstation_id", 100), password: text("password", 500) }),
    status: 200,
    run: ({ body, ip }) => bearerFor(body, ip),
  }),
];
