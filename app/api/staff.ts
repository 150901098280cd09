import { z } from "zod";
import { At } from "@server/reports/job-object";
import { AttributedSchema } from "@server/jobs/schemas";
import { addStaff } from "@server/staff/add-staff.server";
import { deactivateStaff } from "@server/staff/deactivate-staff.server";
import { reactivateStaff } from "@server/staff/reactivate-staff.server";
import { renameStaff } from "@server/staff/rename-staff.server";
import type { StaffView } from "@server/staff/staff.server";
import { listStaff } from "@server/staff/list-staff.server";
import { PageFields, pageOf, paging } from "./answers";
import { endpoint } from "./endpoint";
import { administering } from "./limits";

export const StaffSchema = z
  .object({ name: z.string(), is_active: z.boolean(), added_at: At, deactivated_at: At.nullable() })
  .meta({ id: "StaffMember" });

const { staff_name } = AttributedSchema.shape;
const name = z.string({ error: "Give a name." }).max(100, "Use at most 100 characters.");
const ChangeSchema = z
  .strictObject({
    is_active: z.boolean({ error: "Say true or false." }).optional(),
    name: name.optional().describe("The new name."),
    staff_name,
  })
  .refine(({ is_active, name }) => (is_active === undefined) !== (name === undefined), {
    path: ["is_active"],
    message: "Say one thing at a time: is_active, or a new name.",
  });

const member = ({ name, is_active, added_at, deactivated_at }: StaffView) => ({
  name,
  is_active,
  added_at,
  deactivated_at,
});

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
  endpoint({
    method: "POST",
    path: "staff",
    tag: "Staff",
    summary: "Put a name on the list",
    about: "The very first name names itself in `staff_name`.",
    auth: "admin",
    body: z.strictObject({ name: name.describe("The new name."), staff_name }),
    limit: administering,
    idempotent: true,
    status: 201,
    answer: StaffSchema,
    refuses: { 409: ["name_taken"] },
    run: async ({ desk, body, form_key }) => member(await addStaff(desk, { ...body, form_key })),
  }),
  endpoint({
    method: "PATCH",
    path: "staff/{name}",
    tag: "Staff",
    summary: "Take a name off the list, put it back, or change it",
    about: "What was done under a name stays. Doing it twice changes nothing more.",
    auth: "admin",
    body: ChangeSchema,
    limit: administering,
    status: 200,
    answer: StaffSchema,
    refuses: { 403: ["last_active"], 409: ["name_taken"] },
    run: async ({ desk, params, body: { is_active, name, staff_name } }) => {
      const staff = params.name!;
      if (name !== undefined) return member(await renameStaff(desk, { staff, name, staff_name }));
      const verb = is_active ? reactivateStaff : deactivateStaff;
      return member(await verb(desk, { staff, staff_name }));
    },
  }),
];
