import { z } from "zod";
import { health } from "@server/health/health.server";
import { At } from "@server/reports/job-object";
import { endpoint, Reply } from "./endpoint";

const state = z.enum(["ok", "error"]);
const HealthSchema = z
  .object({
    status: state,
    timestamp: At,
    components: z.object({
      database: state,
      workers: state,
      queue: state,
      storage: state,
      details: z.string().optional().describe("What is wrong, in words."),
    }),
  })
  .meta({ id: "Health" });

export const healthEndpoints = [
  endpoint({
    method: "GET",
    path: "health",
    tag: "System health",
    summary: "Is everything up?",
    about:
      "For monitoring tools. A queue that is away does not change the status: letters then leave with the next sweep.",
    auth: "public",
    offline: true,
    status: 200,
    answer: HealthSchema,
    other: { status: 503, answer: HealthSchema, when: "Something that the service needs is down." },
    run: async () => {
      const body = await health();
      return new Reply(body, { status: body.status === "ok" ? 200 : 503 });
    },
  }),
];
