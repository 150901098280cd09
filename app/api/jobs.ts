/** Lists and single requests. */
import { z } from "zod";
import { EVENT_KIND_NAMES } from "@server/events/kinds";
import { candidatesWithFacts } from "@server/jobs/candidates.server";
import { jobToDecide } from "@server/jobs/decision.server";
import { FIRST_DIR, type ListQuery, type Sort, SORTS } from "@server/jobs/list";
import { countJobs, listJobIds } from "@server/jobs/list.server";
import { jobNotFound } from "@server/jobs/lock.server";
import { STATUSES } from "@server/jobs/states";
import { Refusal } from "@server/errors";
import { isDay } from "@server/time";
import { jobHistory } from "@server/reports/job-history.server";
import { At, EventSchema, JobSchema } from "@server/reports/job-object";
import { jobObject, jobObjects } from "@server/reports/job-object.server";
import { PageFields, pageOf, paging } from "./answers";
import { endpoint } from "./endpoint";
import { jobIdOf } from "./job-id";

const text = (most: number) =>
  z.string().trim().max(most, `At most ${most} characters.`).regex(/^\P{Cc}*$/u, "No control characters.").default(""); // prettier-ignore
const yes = z
  .enum(["true", "false"], { error: "Say true or false." })
  .default("false")
  .transform((v) => v === "true");
const day = z
  .union([z.literal(""), z.iso.date().refine(isDay)], { error: "Use a day such as 2026-11-24." })
  .default("");

const filters = {
  search: text(100).describe("Words in name, e-mail, class number or file names, or the job's number."),
  printer: text(64).describe("Id in the catalog."),
  method: text(64).describe("Print method."),
  discipline: text(50),
  from: day.describe("First day of submission, in the lab's time zone."),
  to: day.describe("Last day of submission, in the lab's time zone."),
  confirmation_expired: yes,
  needs_attention: yes,
};
const ListSchema = z.strictObject({
  status: z.enum(STATUSES, { error: `Use one of ${STATUSES.join(", ")}.` }).optional(),
  ...filters,
  sort: z
    .enum(Object.keys(SORTS) as [Sort, ...Sort[]], { error: `Use one of ${Object.keys(SORTS).join(", ")}.` })
    .default("created")
    .describe('Every sort but "created" needs a status.'),
  dir: z.enum(["asc", "desc"], { error: "Use asc or desc." }).optional(),
  ...paging,
});
const Counts = z.object(Object.fromEntries(STATUSES.map((s) => [s, z.int().min(0)])) as Record<(typeof STATUSES)[number], z.ZodInt>); // prettier-ignore

/** Lists may be kept, if they are asked about each time. */
const KEPT = "private, no-cache";

export const jobEndpoints = [
  endpoint({
    method: "GET",
    path: "jobs",
    tag: "Jobs",
    summary: "List jobs",
    about:
      "`total` counts all jobs of the status asked for (of all statuses without one), `filtered` those that meet the filters; from 10,000 on `filtered_capped` is true and `filtered` is a lower bound.",
    auth: "workstation",
    query: ListSchema,
    status: 200,
    answer: z.object({
      jobs: z.array(JobSchema),
      total: z.int().min(0),
      filtered: z.int().min(0),
      filtered_capped: z.boolean(),
      ...PageFields,
    }),
    etag: KEPT,
    run: async ({ query, request }) => {
      const { limit, sort, dir = FIRST_DIR[sort], status = null, ...rest } = query;
      if (sort !== "created" && status === null)
        throw new Refusal("invalid", "Some fields are missing or wrong.", {
          fields: { sort: ["Name a status, or leave the order as it is: newest first."] },
        });
      const [list, counts] = await Promise.all([
        listJobIds({ unclaimed: false, ...rest, sort, dir, status }, limit),
        countJobs(NOTHING_ASKED),
      ]);
      const beyond = query.page > list.pages;
      return pageOf(
        {
          jobs: beyond ? [] : await jobObjects(list.ids),
          total: (status ? [status] : STATUSES).map((one) => counts[one]).reduce((a, b) => a + b),
          filtered: list.total,
          filtered_capped: list.capped,
          page: query.page,
          limit,
          pages: list.pages,
        },
        request,
      );
    },
  }),
  endpoint({
    method: "GET",
    path: "jobs/counts",
    tag: "Jobs",
    summary: "Count jobs by status",
    about: "With filters each status is counted up to 1,001, which means: more than a thousand.",
    auth: "workstation",
    query: z.strictObject(filters),
    status: 200,
    answer: z.object({ counts: Counts, total: z.int().min(0) }),
    etag: KEPT,
    run: async ({ query }) => {
      const counts = await countJobs({ ...NOTHING_ASKED, ...query });
      return { counts, total: Object.values(counts).reduce((a, b) => a + b) };
    },
  }),
  endpoint({
    method: "GET",
    path: "jobs/{job_id}",
    tag: "Jobs",
    summary: "One job, with everything about it",
    auth: "workstation",
    status: 200,
    answer: JobSchema,
    etag: KEPT,
    run: (call) => jobObject(jobIdOf(call)),
  }),
  endpoint({
    method: "GET",
    path: "jobs/{job_id}/events",
    tag: "Jobs",
    summary: "The log of one job",
    about: "Newest first. The log outlives the job: a deleted one still has it.",
    auth: "workstation",
    query: z.strictObject({ kind: z.enum(EVENT_KIND_NAMES).optional(), ...paging }),
    status: 200,
    answer: z.object({ events: z.array(EventSchema), total: z.int().min(0), ...PageFields }),
    etag: KEPT,
    run: async (call) => {
      const { kind = null, page, limit } = call.query;
      const { events, counts } = await jobHistory(jobIdOf(call), { kind, skip: (page - 1) * limit }, limit);
      if (Number(counts.all) === 0) throw jobNotFound();
      const total = Number(counts[kind ?? "all"]);
      const shown = events.map(({ inactive: _, ...event }) => event);
      const pages = Math.max(1, Math.ceil(total / limit));
      return pageOf({ events: shown, total, page, limit, pages }, call.request);
    },
  }),
  endpoint({
    method: "GET",
    path: "jobs/{job_id}/candidate-files",
    tag: "Files",
    summary: "The files that may be printed",
    about: "What lies in the job's folder now, newest first, with what a slicer wrote into it.",
    auth: "workstation",
    status: 200,
    answer: z.object({
      files: z.array(z.string()),
      candidates: z.array(
        z.object({
          name: z.string(),
          size_bytes: z.int().min(0),
          modified_at: At,
          is_original: z.boolean(),
          suggested: z.boolean(),
          sliced: z
            .object({
              slicer: z.string().nullable(),
              printer: z.string().nullable(),
              material: z.string().nullable(),
              hours: z.number().nullable(),
              grams: z.number().nullable(),
              problem: z.string().nullable(),
            })
            .nullable(),
        }),
      ),
    }),
    run: async (call) => {
      const candidates = await candidatesWithFacts(await jobToDecide(jobIdOf(call), "approve"));
      return {
        files: candidates.map(({ name }) => name),
        candidates: candidates.map((file) => ({ ...file, modified_at: file.modified_at.toISOString() })),
      };
    },
  }),
];

const NOTHING_ASKED: Omit<ListQuery, "status"> = {
  search: "",
  printer: "",
  method: "",
  discipline: "",
  from: "",
  to: "",
  confirmation_expired: false,
  unclaimed: false,
  needs_attention: false,
  sort: "created",
  dir: "desc",
  page: 1,
};
