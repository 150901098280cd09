/** What the lab may change about itself, typed and with defaults. Pure: no I/O. */
import { z } from "zod";
import { bracesProblem } from "../placeholders";
import { CONSENT_TEXT, DIMENSIONS_TEXT, INTRODUCTION_TEXT, SCALING_TEXT } from "./texts";

/** Several paragraphs that students read. `names` are the placeholders that may stand in them, `needed` those that must. */
const prose = (text: string, names: readonly string[], needed: readonly string[] = []) =>
  z
    .string()
    .transform((value) => value.replace(/\r\n?/g, "\n").trim())
    .pipe(
      z
        .string()
        .min(1, "Enter a text.")
        .max(4000, "Shorten the text to 4000 characters or fewer.")
        .superRefine((value, ctx) => {
          const problem = bracesProblem(value, names, needed);
          if (problem) ctx.addIssue(problem);
        }),
    )
    .default(text);

/** Where a workstation mounts the storage: `Z:\\storage`, `\\\\server\\share` or `/mnt/storage`. */
const mountPath = z
  .string()
  .trim()
  .max(200, "Shorten the path to 200 characters or fewer.")
  .regex(
    /^(|[A-Za-z]:[\\/][^\u0000-\u001f"<>|?*]*|\\\\[^\u0000-\u001f"<>|?*]+|\/[^\u0000-\u001f]*)$/,
    "Enter an absolute path, such as Z:\\storage, \\\\server\\share or /mnt/storage, or leave it empty.",
  );

/** How transaction numbers look; the signs are explained in server/payments/number-pattern.ts. */
const numberPattern = z.string().trim().max(60);

export const SettingsSchema = z.object({
  lab_name: z.string().trim().min(1).max(80).default("3D Print Lab"),
  university_name: z.string().trim().max(80).default("Example University"),
  payment_system: z.string().trim().min(1).max(40).default("Tiger-Cash"),
  payment_number_pattern: numberPattern.default(""),
  payment_kinds: z
    .array(
      z
        .string()
        .trim()
        .regex(/^[^:]{1,40}(:.{0,60})?$/, "is a name, or a name, a colon and the pattern of its numbers"),
    )
    .max(20)
    .default([]),
  price_deviation_percent: z.number().int().min(0).max(1000).default(25),
  receipt_mail: z.boolean().default(false),
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
  /** Hours before a confirm link runs out at which the student is reminded; 0 sends none. */
  confirm_reminder_hours: z.number().int().min(0).max(720).default(24),
  /** Days after which a finished print that nobody collected brings a letter each; none sends none. */
  pickup_reminder_days: z.array(z.coerce.number().int().min(1).max(365)).max(10).default([7, 14, 28]),
  /** Days after which a finished print counts as unclaimed on the staff's list. */
  unclaimed_days: z.number().int().min(1).max(365).default(14),
  resend_cooldown_minutes: z.number().int().min(1).max(1440).default(60),
  staff_resend_cooldown_minutes: z.number().int().min(0).max(1440).default(5),
  lock_minutes: z.number().int().min(1).max(120).default(5),
  lock_minutes_without_script: z.number().int().min(1).max(240).default(15),
  revert_minutes: z.number().int().min(1).max(1440).default(30),
  completion_mail_delay_minutes: z.number().min(0).max(120).default(5),
  submissions_per_hour_per_student: z.number().int().min(1).max(10_000).default(5),
  submissions_per_hour_per_address: z.number().int().min(1).max(100_000).default(30),
  logins_per_hour: z.number().int().min(1).max(10_000).default(10),
  /** How long events stay in the log before they are exported and rotated out, by class; see server/events/classes.ts. */
  event_days_high: z.number().int().min(365).max(3650).default(365),
  event_days_medium: z.number().int().min(180).max(3650).default(180),
  event_days_low: z.number().int().min(90).max(3650).default(90),
  new_staff_days: z.number().int().min(0).max(90).default(7),
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
  /** Where the system writes to when something needs a person; empty: nowhere. */
  admin_email: z.union([z.literal(""), z.email().max(100)]).default(""),
  /** Most gigabytes (10^9 bytes) that the storage may hold; 0: no limit of our own. */
  storage_quota_gb: z.number().min(0).max(1_000_000).default(0),
  storage_warn_percent: z.number().int().min(1).max(100).default(80),
  storage_alert_percent: z.number().int().min(1).max(100).default(95),
  disk_warn_percent: z.number().int().min(1).max(100).default(85),
  disk_alert_percent: z.number().int().min(1).max(100).default(95),
  memory_alert_percent: z.number().int().min(1).max(100).default(95),
  cpu_alert_percent: z.number().int().min(1).max(100).default(95),
  database_alert_ms: z.number().int().min(1).max(60_000).default(500),
  queue_alert_minutes: z.number().int().min(1).max(1440).default(15),
  mail_alert_letters: z.number().int().min(1).max(10_000).default(3),
  errors_alert_percent: z.number().min(0.1).max(100).default(5),
  slow_alert_ms: z.number().int().min(10).max(60_000).default(2_000),
  metrics_days: z.number().int().min(7).max(365).default(14),
  /** The logo shown, by its content; empty for Printdesk's own mark. */
  logo: z.union([z.literal(""), z.string().regex(/^[0-9a-f]{64}$/)]).default(""),
  text_introduction: prose(INTRODUCTION_TEXT, ["guide", "guide_short"]),
  text_dimensions: prose(DIMENSIONS_TEXT, ["guide", "guide_short"]),
  text_scaling: prose(SCALING_TEXT, ["guide", "guide_short"]),
  text_consent: prose(CONSENT_TEXT, ["minimum"], ["minimum"]),
  archive_after_days: z.number().int().min(1).max(3650).default(45),
  archive_automatically: z.boolean().default(false),
  prune_after_days: z.number().int().min(1).max(3650).default(365),
  prune_automatically: z.boolean().default(false),
  /** Workstation id → where it mounts the storage; overrides what its configuration says. */
  workstation_storage: z.record(z.string().max(40), mountPath).default({}),
});

export type Settings = z.infer<typeof SettingsSchema>;
export type SettingKey = keyof Settings;
export const SETTING_KEYS = Object.keys(SettingsSchema.shape) as SettingKey[];

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
