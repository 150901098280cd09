/** "Admin System Health" and the repairs, over the verbs that the pages use. */
import { z } from "zod";
import { type Kind, KINDS } from "@server/audit/kinds";
import { deleteOrphanedFile } from "@server/audit/delete-orphaned-file.server";
import { deleteStaleFile } from "@server/audit/delete-stale-file.server";
import { repairLocation } from "@server/audit/repair-location.server";
import { repairMetadata } from "@server/audit/repair-metadata.server";
import { auditReport } from "@server/audit/report.server";
import { startAudit } from "@server/audit/start-audit.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { At } from "@server/reports/job-object";
import { endpoint } from "./endpoint";
import { administering } from "./limits";

const { staff_name } = AttributedSchema.shape;
const reason = z.string().trim().max(500).optional();
const file = z.strictObject({
  file_path: z.string().min(1).max(1024).describe("Below the storage root."),
  staff_name,
  reason,
});
const job = z.strictObject({ job_id: z.uuid(), staff_name, reason });

const count = z.int().min(0);
const ofJob = { job_id: z.uuid(), short_id: z.int() };
const ReportSchema = z
  .object({
    audit_id: z.uuid(),
    report_generated_at: At,
    started_by: z.string(),
    counts: z
      .object(Object.fromEntries(KINDS.map((kind) => [kind, count])) as Record<Kind, z.ZodInt>)
      .describe("As found, whatever has been repaired since."),
    resolved: count,
    orphaned_files: z.array(z.string()),
    broken_links: z.array(z.object({ ...ofJob, missing_path: z.string() })),
    stale_files: z.array(z.string()),
    hash_mismatches: z.array(
      z.object({
        ...ofJob,
        file_path: z.string(),
        expected_sha256: z.array(z.string()),
        found_sha256: z.string(),
      }),
    ),
    metadata_drift: z.array(z.object({ ...ofJob, metadata_path: z.string(), fields: z.array(z.string()) })),
    truncated: z.boolean().describe("There are more findings than are listed."),
  })
  .meta({ id: "AuditReport" });
const RepairedSchema = z
  .object({
    outcome: z.enum(["done", "gone"]).describe('"gone": there was nothing to repair any more.'),
    path: z.string(),
    message: z.string(),
  })
  .meta({ id: "Repaired" });

const common = {
  tag: "System health",
  auth: "admin",
  limit: administering,
} as const;
const repair = {
  ...common,
  status: 200,
  answer: RepairedSchema,
  about: "Only what an audit has reported is repaired; it is looked at once more right before.",
} as const;
/** Refusals about a path. */
const aboutPaths = { 400: ["outside"], 404: ["not_reported"], 409: ["busy"] } as const;

export const auditEndpoints = [
  endpoint({
    ...common,
    method: "POST",
    path: "admin/audit/start",
    summary: "Start an integrity audit",
    about: "It runs in the background; its report is the next call's.",
    body: z.strictObject({ staff_name }),
    status: 202,
    answer: z.object({ message: z.string(), task_id: z.uuid() }),
    refuses: { 409: ["audit_running"] },
    run: async ({ desk, body }) => ({
      message: "System audit started successfully.",
      ...(await startAudit(desk, body)),
    }),
  }),
  endpoint({
    ...common,
    method: "GET",
    path: "admin/audit/report",
    summary: "The report of the last finished audit",
    limit: undefined,
    status: 200,
    answer: ReportSchema,
    refuses: { 404: ["not_found"] },
    run: () => auditReport(),
  }),
  endpoint({
    ...repair,
    method: "DELETE",
    path: "admin/audit/orphaned-file",
    summary: "Delete a file that no job explains",
    body: file,
    refuses: { ...aboutPaths, 400: ["outside", "link"], 403: ["needed"], 404: ["not_reported", "gone"] },
    run: ({ desk, body }) => deleteOrphanedFile(desk, body),
  }),
  endpoint({
    ...repair,
    method: "DELETE",
    path: "admin/audit/stale-file",
    summary: "Delete a second copy",
    body: file,
    refuses: { ...aboutPaths, 403: ["only_copy"] },
    run: ({ desk, body }) => deleteStaleFile(desk, body),
  }),
  endpoint({
    ...repair,
    method: "POST",
    path: "admin/audit/repair-metadata",
    summary: "Write a job's metadata.json anew",
    body: job,
    refuses: { 403: ["no_folder"], 404: ["not_reported"], 409: ["busy"] },
    run: ({ desk, body }) => repairMetadata(desk, body),
  }),
  endpoint({
    ...repair,
    method: "POST",
    path: "admin/audit/repair-location",
    summary: "Move a job's files to where they belong",
    body: job,
    refuses: { 403: ["in_the_way"], 404: ["not_reported"], 409: ["busy"] },
    run: ({ desk, body }) => repairLocation(desk, body),
  }),
];
