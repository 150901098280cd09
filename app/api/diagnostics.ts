/** `/_diag`: what somebody who looks for a fault wants to know, and whether mail leaves the house. */
import { z } from "zod";
import { invalidField } from "@server/errors";
import { AttributedSchema } from "@server/jobs/schemas";
import { requestTestLetter } from "@server/outbox/test-letter.server";
import { diagnostics } from "@server/reports/debug.server";
import { At } from "@server/reports/job-object";
import { settings } from "@server/settings/settings.server";
import { endpoint } from "./endpoint";
import { administering } from "./limits";
import { StatusCounts } from "./reports-schemas";

const count = z.int().min(0);

export const diagnosticEndpoints = [
  endpoint({
    method: "GET",
    path: "_diag",
    tag: "System health",
    summary: "Engine, counts, queue and mail, for whoever looks for a fault",
    auth: "admin",
    status: 200,
    answer: z
      .object({
        timestamp: At,
        node: z.string(),
        environment: z.string(),
        catalog_version: count,
        schema: z.string().describe("The last migration."),
        components: z.record(z.string(), z.string()),
        outbox: z.array(z.object({ kind: z.string(), state: z.string(), n: count })),
        database: z.object({ connections: count, waiting: count }),
        database_engine: z.string(),
        job_counts: StatusCounts,
        mail: z.object({
          configured: z.boolean(),
          security: z.string(),
          sign_in: z.enum(["none", "password", "oauth2"]),
          from: z.string(),
          last_test: z.object({ state: z.string(), requested_at: At }).nullable(),
        }),
      })
      .meta({ id: "Diagnostics" }),
    run: () => diagnostics(),
  }),
  endpoint({
    method: "POST",
    path: "_diag/test-email",
    tag: "System health",
    summary: "Send a test letter",
    about:
      "It goes the way of every letter, through the outbox, but is tried once; `GET /_diag` tells how it fared. Without `to` it goes to the administrators' address of the settings, or else to the lab's.",
    auth: "admin",
    body: z.strictObject({
      staff_name: AttributedSchema.shape.staff_name,
      to: z.string().max(254).optional().describe("An e-mail address."),
    }),
    limit: administering,
    status: 200,
    answer: z.object({ message: z.string(), to: z.string(), outbox_id: z.uuid() }),
    refuses: { 409: ["on_its_way"] },
    run: async ({ desk, body }) => {
      const { admin_email, contact_email } = await settings();
      const to = body.to ?? (admin_email || contact_email);
      if (!to) throw invalidField("to", "Give an address: the settings have none for administrators.");
      const { outbox_id } = await requestTestLetter(desk, { staff_name: body.staff_name, to });
      return { message: "The test letter is on its way.", to, outbox_id };
    },
  }),
];
