import { z } from "zod";
import { At } from "@server/reports/job-object";
import { listStaff } from "@server/staff/list-staff.server";
import { PageFields, pageOf, paging } from "./answers";
import { endpoint } from "./endpoint";

export const StaffSchema = z
  .object({ name: z.string(), is_active: z.boolean(), added_at: At, deactivated_at: At.nullable() })
  .meta({ id: "StaffMember" });

export const staffEndpoints = [
  endpoint({
    method: "GET",
    path: "staff",
    tag: "Staff",
    summary: "The names that actions are attributed to",
    auth: "workstation",
    query: z.strictObject({
      include_inactive: z
        .enum(["true", "false"], { error: "Say true or false." })
        .default("false")
        .transform((v) => v === "true"),
      ...paging,
    }),
    status: 200,
    answer: z.object({ staff: z.array(StaffSchema), total: z.int().min(0), ...PageFields }),
    etag: "private, no-cache",
    run: async ({ query, request }) => {
      const { staff, total } = await listStaff(query);
      const { page, limit } = query;
      return pageOf({ staff, total, page, limit, pages: Math.max(1, Math.ceil(total / limit)) }, request);
    },
  }),
];
