/** What the lab may change about itself, typed and with defaults. Pure: no I/O. */
import { z } from "zod";

export const SettingsSchema = z.object({
  lab_name: z.string().trim().min(1).max(80).default("3D Print Lab"),
  university_name: z.string().trim().max(80).default("Example University"),
  payment_system: z.string().trim().min(1).max(40).default("Tiger-Cash"),
  guide_name: z.string().trim().max(80).default("Additive Manufacturing Moodle page"),
  guide_url: z.union([z.literal(""), z.url({ protocol: /^https?$/ })]).default(""),
  contact_email: z.union([z.literal(""), z.email()]).default(""),
  time_zone: z
    .string()
    .refine((zone) => isTimeZone(zone), "is not a known time zone, such as America/Chicago")
    .default("America/Chicago"),
  disciplines: z
    .array(z.string().trim().min(1).max(50))
    .min(1)
    .default([
      "Art",
      "Architecture",
      "Landscape Architecture",
      "Interior Design",
      "Engineering",
      "Hobby/Personal",
      "Other",
    ]),
  confirm_hours: z.number().int().min(1).max(720).default(72),
  resend_cooldown_minutes: z.number().int().min(1).max(1440).default(60),
  staff_resend_cooldown_minutes: z.number().int().min(0).max(1440).default(5),
  lock_minutes: z.number().int().min(1).max(120).default(5),
  lock_minutes_without_script: z.number().int().min(1).max(240).default(15),
  revert_minutes: z.number().int().min(1).max(1440).default(30),
  completion_mail_delay_minutes: z.number().min(0).max(120).default(5),
  submissions_per_hour_per_student: z.number().int().min(1).max(10_000).default(5),
  submissions_per_hour_per_address: z.number().int().min(1).max(100_000).default(30),
  logins_per_hour: z.number().int().min(1).max(10_000).default(10),
  new_staff_days: z.number().int().min(0).max(90).default(7),
  storage_limit_mb: z.number().int().min(100).max(100_000_000).default(10_240),
  unclaimed_days: z.number().int().min(1).max(365).default(14),
  term_starts: z
    .array(
      z
        .string()
        .trim()
        .max(40)
        .regex(
          /^.+\s(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
          "is a name and the month and day it begins, such as Fall 08-20",
        ),
    )
    .max(12)
    .default(["Spring 01-10", "Summer 06-01", "Fall 08-20"]),
  sound_enabled: z.boolean().default(true),
  sound_volume: z.number().int().min(0).max(100).default(50),
  debug_panel: z.boolean().default(false),
  environment_banner: z.string().trim().max(120).default(""),
});

export type Settings = z.infer<typeof SettingsSchema>;

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
