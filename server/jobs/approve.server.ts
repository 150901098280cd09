import type { z } from "zod";
import { currentCatalog } from "../catalog/catalog.server";
import { settings } from "../settings/settings.server";
import { requireActiveStaff } from "../staff/staff.server";
import { advance } from "./advance.server";
import { issueToken } from "./confirm-token.server";
import { listCandidates } from "./files.server";
import { invalidField, Refusal } from "../errors";
import type { Job } from "./job.server";
import type { Desk } from "./lock.server";
import { MOST_PRICE_CENTS, type PriceSnapshot, priceCents, roundUpToHalfHour } from "./pricing";
import type { ApproveSchema, Guard } from "./schemas";

/**
 * Approves a request: fixes the file, the weight (g), the time (h, rounded up to the half hour) and the
 * price (cents) of the catalog in force, and sends the student a link to confirm.
 * @throws Refusal as `advance`; `invalid` on `staff_name`, `authoritative_filename` and `weight_g`
 */
export async function approveJob(
  desk: Desk,
  jobId: string,
  input: z.output<typeof ApproveSchema>,
  guard: Guard,
): Promise<Job> {
  const staff = await requireActiveStaff(input.staff_name);
  return advance(
    { name: staff, workstation_id: desk.workstation_id },
    { job_id: jobId, step: "approve", guard, desk, input },
    async ({ trx, job, now }) => {
      if (!(await listCandidates(job, trx)).some((file) => file.name === input.authoritative_filename))
        throw invalidField(
          "authoritative_filename",
          "That file is not in the job's folder any more. Choose one of the files listed.",
        );
      const prices = await pricesFor(job, trx);
      const { confirm_hours } = await settings(trx);
      const cost_cents = priceCents(input.weight_g, prices);
      if (cost_cents > MOST_PRICE_CENTS)
        throw invalidField("weight_g", "At this price per gram that is more money than can be asked for. Check the weight."); // prettier-ignore
      const time_hours = roundUpToHalfHour(input.time_hours);
      const link = await issueToken(trx, job, now, confirm_hours);
      return {
        authoritative: input.authoritative_filename,
        patch: {
          weight_g: input.weight_g,
          time_hours,
          cost_cents,
          price_snapshot: prices,
          display_name: input.authoritative_filename,
          student_confirmed: false,
          student_confirmed_at: null,
          reject_reasons: null,
          staff_viewed_at: job.staff_viewed_at ?? now,
          ...link.patch,
        },
        details: {
          weight_g: input.weight_g,
          time_hours,
          time_hours_entered: input.time_hours,
          cost_cents,
          authoritative_filename: input.authoritative_filename,
        },
        effects: [link.effect],
      };
    },
  );
}

/**
 * The prices in force for a job's material.
 * @throws Refusal `forbidden` when the material has left the catalog
 */
export async function pricesFor(
  job: Pick<Job, "material" | "material_name">,
  on?: Parameters<typeof currentCatalog>[0],
): Promise<PriceSnapshot> {
  const catalog = await currentCatalog(on);
  const material = catalog.data.materials.find((m) => m.id === job.material);
  if (!material)
    throw new Refusal(
      "forbidden",
      `The material ${job.material_name} is no longer in the catalog, so there is no price for it. Add it again, or reject the job.`,
      { reason: "no_price" },
    );
  return {
    catalog_version: catalog.version,
    material: material.id,
    material_name: material.name,
    price_per_gram_cents: material.price_per_gram_cents,
    minimum_charge_cents: catalog.data.minimum_charge_cents,
  };
}
