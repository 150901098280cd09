/** "Admin System Health" and the repairs, over the verbs that the pages use. */
import { z } from "zod";
import { deleteOrphanedFile } from "@server/audit/delete-orphaned-file.server";
import { deleteStaleFile } from "@server/audit/delete-stale-file.server";
import { repairLocation } from "@server/audit/repair-location.server";
import { repairMetadata } from "@server/audit/repair-metadata.server";
import { auditReport } from "@server/audit/report.server";
import { startAudit } from "@server/audit/start-audit.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { endpoint } from "./endpoint";

const { staff_name } = AttributedSchema.shape;
const reason = z.string().trim().max(500).optional();
const file = z.strictObject({ file_path: z.string().min(1).max(1024), staff_name, reason });
const job = z.strictObject({ job_id: z.uuid(), staff_name, reason });

export const auditEndpoints = [
  endpoint({
    method: "POST",
    path: "admin/audit/start",
    auth: "admin",
    body: z.strictObject({ staff_name }),
    status: 202,
    run: async ({ desk, body }) => ({
      message: "System audit started successfully.",
      ...(await startAudit(desk, body)),
    }),
  }),
  endpoint({
    method: "GET",
    path: "admin/audit/report",
    auth: "admin",
    status: 200,
    run: () => auditReport(),
  }),
  endpoint({
    method: "DELETE",
    path: "admin/audit/orphaned-file",
    auth: "admin",
    body: file,
    status: 200,
    run: ({ desk, body }) => deleteOrphanedFile(desk, body),
  }),
  endpoint({
    method: "DELETE",
    path: "admin/audit/stale-file",
    auth: "admin",
    body: file,
    status: 200,
    run: ({ desk, body }) => deleteStaleFile(desk, body),
  }),
  endpoint({
    method: "POST",
    path: "admin/audit/repair-metadata",
    auth: "admin",
    body: job,
    status: 200,
    run: ({ desk, body }) => repairMetadata(desk, body),
  }),
  endpoint({
    method: "POST",
    path: "admin/audit/repair-location",
    auth: "admin",
    body: job,
    status: 200,
    run: ({ desk, body }) => repairLocation(desk, body),
  }),
];
