/** What lies in a job's folder: the list, the content, the picture, the way into a slicer. */
import { z } from "zod";
import { Refusal } from "@server/errors";
import { openDownload } from "@server/files/download.server";
import { noteFileAccess } from "@server/jobs/file-access.server";
import { jobPicture } from "@server/jobs/part-view.server";
import { AttributedSchema } from "@server/jobs/schemas";
import { openPicture } from "@server/parts/picture.server";
import { At } from "@server/reports/job-object";
import { jobSheet } from "@server/reports/job-sheet.server";
import { requireActiveStaff } from "@server/staff/staff.server";
import { pathOnWorkstation, slicerLink } from "~/components/staff-slicer-path";
import { attachment } from "~/http/attachment";
import { endpoint, Reply } from "./endpoint";
import { jobIdOf } from "./job-id";

export const fileEndpoints = [
  endpoint({
    method: "GET",
    path: "jobs/{job_id}/files",
    tag: "Files",
    summary: "What lies in the folder, beside what the records say",
    auth: "workstation",
    status: 200,
    answer: z.object({
      files: z.array(
        z.object({
          name: z.string(),
          size_bytes: z.int().min(0),
          roles: z.array(z.string()),
          sha256: z.string().nullable(),
          modified_at: At.nullable(),
          on_disk: z.boolean(),
        }),
      ),
      storage_problem: z.string().nullable().describe("Why the list comes from the records alone."),
    }),
    run: async (call) => {
      const { files, storage_problem } = await jobSheet(jobIdOf(call));
      return { files, storage_problem };
    },
  }),
  endpoint({
    method: "GET",
    path: "jobs/{job_id}/files/{name}",
    tag: "Files",
    summary: "Download a file",
    about: "The download is in the job's log.",
    auth: "workstation",
    query: z.strictObject({
      staff_name: z
        .string()
        .max(100)
        .default("")
        .describe("Who it is for; without it the workstation is noted."),
    }),
    status: 200,
    answer: "application/octet-stream",
    run: async (call) => {
      const file_name = call.params.name!;
      const path = await noteFileAccess(call.desk, jobIdOf(call), {
        type: "FileDownloaded",
        file_name,
        staff_name: call.query.staff_name,
      });
      const file = await openDownload(path.slice(0, path.lastIndexOf("/")), file_name);
      return new Reply(file.stream, { headers: attachment(file.name, file.size_bytes) });
    },
  }),
  endpoint({
    method: "POST",
    path: "jobs/{job_id}/files/{name}/open",
    tag: "Files",
    summary: "The link that opens a file in the workstation's slicer",
    about: "The opening is in the job's log.",
    auth: "workstation",
    body: AttributedSchema.strict(),
    status: 200,
    answer: z.object({
      link: z.string().describe("For the opener: `print3d://open?…`."),
      path: z.string().describe("Where this workstation finds the file."),
    }),
    refuses: { 403: ["no_storage_path"] },
    run: async (call) => {
      const staff_name = await requireActiveStaff(call.body.staff_name);
      const { storage_path } = call.desk;
      if (!storage_path)
        throw new Refusal(
          "forbidden",
          "Nobody has set up where this workstation finds the storage. Download the file instead.",
          { reason: "no_storage_path" },
        );
      const access = { type: "FileOpened", file_name: call.params.name!, staff_name } as const;
      const path = pathOnWorkstation(storage_path, await noteFileAccess(call.desk, jobIdOf(call), access));
      return { link: slicerLink(path), path };
    },
  }),
  endpoint({
    method: "GET",
    path: "jobs/{job_id}/thumbnail",
    tag: "Files",
    summary: "A picture of the model",
    auth: "workstation",
    query: z.strictObject({
      width: z.coerce
        .number({ error: "Use a whole number of pixels." })
        .int()
        .min(1)
        .max(10_000)
        .default(640)
        .describe("Wanted width in pixels: the next larger picture is given, else the largest."),
    }),
    status: 200,
    answer: "image/png",
    run: async (call) => {
      const { sha256, widths } = await jobPicture(jobIdOf(call));
      const width = widths.find((one) => one >= call.query.width) ?? widths.at(-1)!;
      const { stream, size_bytes } = await openPicture(sha256, width);
      return new Reply(stream, {
        headers: {
          "Content-Type": "image/png",
          "Content-Length": String(size_bytes),
          "Cache-Control": "private, max-age=60",
        },
      });
    },
  }),
];
