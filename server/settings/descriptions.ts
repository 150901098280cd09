/**
 * What each setting is called, means and is entered with. The settings' page, the reading of its forms and the
 * tests come from this table. Passwords and other secrets are configuration, never settings. Pure: no I/O.
 */
import type { SettingKey } from "./schema";

/** The parts of the page; each is a form of its own, so that a bad value in one keeps no other from being saved. */
export const SETTING_GROUPS = {
  lab: { title: "The lab", lead: "Names, addresses and the time that pages and letters show." },
  texts: {
    title: "Texts for students",
    lead: "What stands on the submission form. A blank line parts paragraphs, **two stars** make bold.",
  },
  students: { title: "Students", lead: "How often somebody may try, and how long links work." },
  staff: {
    title: "Staff",
    lead: "How long people hold a job and may take a step back, and what the dashboard does.",
  },
  payments: { title: "Payments", lead: "How transaction numbers look, and when staff must give a reason." },
  retention: {
    title: "Retention",
    lead: "When finished jobs are filed away, and when they are pruned. The Data page shows which are due.",
  },
  watch: { title: "Health and alerts", lead: "When somebody is told that something needs looking after." },
  workstations: {
    title: "Storage on the workstations",
    lead: "Where each computer mounts the storage, so that “Open file” finds it. Empty: as configured.",
  },
} as const;

export type SettingGroup = keyof typeof SETTING_GROUPS;
export const SETTING_GROUP_NAMES = Object.keys(SETTING_GROUPS) as SettingGroup[];

/**
 * How a setting is entered. `line`: one line of text; `prose`: several paragraphs; `lines`: a list, one entry a
 * line; `number`: a number in `unit`; `switch`: on or off; `zone`: a time zone; `paths`: a path per workstation;
 * `logo`: a picture, which has a form of its own.
 */
export type SettingControl = "line" | "email" | "address" | "prose" | "lines" | "number" | "switch" | "zone" | "paths" | "logo"; // prettier-ignore

export interface SettingDescription {
  group: SettingGroup;
  label: string;
  /** What it does, in a sentence. */
  explanation: string;
  control: SettingControl;
  /** Of a number: "minutes". */
  unit?: string;
}

export const SETTINGS: Record<SettingKey, SettingDescription> = {
  lab_name: {
    group: "lab",
    label: "Name of the lab",
    explanation: "Over the door of every page and letter.",
    control: "line",
  },
  university_name: {
    group: "lab",
    label: "University",
    explanation: "Below the lab's name. May be empty.",
    control: "line",
  },
  logo: {
    group: "lab",
    label: "Logo",
    explanation: "Beside the lab's name, in place of Printdesk's mark.",
    control: "logo",
  },
  contact_email: {
    group: "lab",
    label: "Contact address",
    explanation: "Where students may write to; stands below pages and letters. May be empty.",
    control: "email",
  },
  payment_system: {
    group: "lab",
    label: "Payment system",
    explanation: "What students pay with at pickup. Earlier payments keep the name they were taken under.",
    control: "line",
  },
  guide_name: {
    group: "lab",
    label: "Name of the guide",
    explanation: "What students should read before they submit.",
    control: "line",
  },
  guide_url: {
    group: "lab",
    label: "Address of the guide",
    explanation: "Makes the guide's name a link. May be empty.",
    control: "address",
  },
  time_zone: {
    group: "lab",
    label: "Time zone",
    explanation: "Pages and letters show times in this zone, such as America/Chicago.",
    control: "zone",
  },
  disciplines: {
    group: "lab",
    label: "Disciplines",
    explanation: "What students choose from, one on each line. Earlier requests keep theirs.",
    control: "lines",
  },
  term_starts: {
    group: "lab",
    label: "Terms begin",
    explanation: "A name and a day on each line, such as Fall 08-20; for the term report.",
    control: "lines",
  },
  environment_banner: {
    group: "lab",
    label: "Environment banner",
    explanation: "A line across every page, such as “Test system”. Empty: no banner.",
    control: "line",
  },
  text_introduction: {
    group: "texts",
    label: "Introduction and disclaimer",
    explanation: "Stands above the form. {guide} is the guide's name and link, {guide_short} its short name.",
    control: "prose",
  },
  text_dimensions: {
    group: "texts",
    label: "About the dimensions",
    explanation: "Stands below the list of printers. May use {guide} and {guide_short}.",
    control: "prose",
  },
  text_scaling: {
    group: "texts",
    label: "About scaling",
    explanation: "Stands in bold below it. May use {guide} and {guide_short}.",
    control: "prose",
  },
  text_consent: {
    group: "texts",
    label: "Minimum charge consent",
    explanation:
      "What students agree to; needs {minimum}, the charge. With the text its version changes, and each request keeps the version that was agreed to.",
    control: "prose",
  },
  confirm_hours: {
    group: "students",
    label: "Confirmation link works for",
    explanation: "How long a student has to confirm the price.",
    control: "number",
    unit: "hours",
  },
  resend_cooldown_minutes: {
    group: "students",
    label: "Wait between new links",
    explanation: "How soon a student may ask for another confirmation link.",
    control: "number",
    unit: "minutes",
  },
  submissions_per_hour_per_student: {
    group: "students",
    label: "Submissions of a student",
    explanation: "The most from one e-mail address at one network address within an hour.",
    control: "number",
    unit: "an hour",
  },
  submissions_per_hour_per_address: {
    group: "students",
    label: "Submissions from an address",
    explanation: "The most from one network address within an hour. A campus may share one.",
    control: "number",
    unit: "an hour",
  },
  confirm_reminder_hours: {
    group: "students",
    label: "Remind to confirm before the link ends",
    explanation: "One letter for each link. 0: no reminder.",
    control: "number",
    unit: "hours",
  },
  pickup_reminder_days: {
    group: "students",
    label: "Remind to collect after",
    explanation: "Days since the print was finished, one on each line; a letter each. Empty: no reminder.",
    control: "lines",
  },
  unclaimed_days: {
    group: "staff",
    label: "A print counts as unclaimed after",
    explanation: "Such prints stand on the dashboard’s pile, and in the term report.",
    control: "number",
    unit: "days",
  },
  lock_minutes: {
    group: "staff",
    label: "A hold lasts",
    explanation: "How long somebody holds a job whose page keeps the hold alive.",
    control: "number",
    unit: "minutes",
  },
  lock_minutes_without_script: {
    group: "staff",
    label: "A hold without JavaScript lasts",
    explanation: "Such a page cannot keep its hold alive, so the hold is longer.",
    control: "number",
    unit: "minutes",
  },
  revert_minutes: {
    group: "staff",
    label: "Reverting is possible for",
    explanation: "How long a completion or a pickup can be taken back.",
    control: "number",
    unit: "minutes",
  },
  completion_mail_delay_minutes: {
    group: "staff",
    label: "Completion letter waits",
    explanation: "A completion that is reverted in this time sends no letter.",
    control: "number",
    unit: "minutes",
  },
  staff_resend_cooldown_minutes: {
    group: "staff",
    label: "Wait between resent letters",
    explanation: "How soon staff may send the same letter again.",
    control: "number",
    unit: "minutes",
  },
  new_staff_days: {
    group: "staff",
    label: "A name counts as new for",
    explanation: "New names are marked in the list for this long.",
    control: "number",
    unit: "days",
  },
  logins_per_hour: {
    group: "staff",
    label: "Tries to log in",
    explanation: "The most for a workstation, and from a network address, within an hour.",
    control: "number",
    unit: "an hour",
  },
  sound_enabled: {
    group: "staff",
    label: "Sound for new jobs",
    explanation: "The dashboard may play a sound when a request arrives.",
    control: "switch",
  },
  sound_volume: {
    group: "staff",
    label: "Volume",
    explanation: "Of that sound.",
    control: "number",
    unit: "%",
  },
  debug_panel: {
    group: "staff",
    label: "Debug panel",
    explanation: "Shows technical facts below the dashboard.",
    control: "switch",
  },
  archive_after_days: {
    group: "retention",
    label: "File away after",
    explanation: "Counts from the day on which a job was picked up or rejected.",
    control: "number",
    unit: "days",
  },
  archive_automatically: {
    group: "retention",
    label: "File away every night",
    explanation: "Otherwise an administrator does it on the Data page.",
    control: "switch",
  },
  prune_after_days: {
    group: "retention",
    label: "Prune after",
    explanation: "Counts from the day on which a job was filed away. Pruning cannot be undone.",
    control: "number",
    unit: "days",
  },
  prune_automatically: {
    group: "retention",
    label: "Prune every night",
    explanation: "Otherwise an administrator does it on the Data page.",
    control: "switch",
  },
  event_days_high: {
    group: "retention",
    label: "Keep changes of jobs and money in the log for",
    explanation: "Then they are moved to a dated file.",
    control: "number",
    unit: "days",
  },
  event_days_medium: {
    group: "retention",
    label: "Keep letters, files and notes in the log for",
    explanation: "Then they are moved to a dated file.",
    control: "number",
    unit: "days",
  },
  event_days_low: {
    group: "retention",
    label: "Keep log-ins and the like in the log for",
    explanation: "Then they are moved to a dated file.",
    control: "number",
    unit: "days",
  },
  payment_number_pattern: {
    group: "payments",
    label: "Transaction numbers look like",
    explanation:
      "# is a digit, @ a letter, ? any sign, * any number of them; everything else stands for itself. Empty: every number.",
    control: "line",
  },
  payment_kinds: {
    group: "payments",
    label: "Other kinds of payment",
    explanation:
      "One on each line, such as “Check: ####”. A line that is taken away can no longer be chosen; earlier payments keep it.",
    control: "lines",
  },
  price_deviation_percent: {
    group: "payments",
    label: "A reason is asked for from",
    explanation: "How far the price at the counter may be from the estimate before staff must say why.",
    control: "number",
    unit: "%",
  },
  receipt_mail: {
    group: "payments",
    label: "Mail the receipt",
    explanation: "Every receipt is sent to the student by mail, too.",
    control: "switch",
  },
  admin_email: {
    group: "watch",
    label: "Administrator’s address",
    explanation: "Alerts and the results of backups are sent here. Empty: nowhere.",
    control: "email",
  },
  storage_quota_gb: {
    group: "watch",
    label: "The storage may hold",
    explanation: "New files are refused beyond it. 0: as much as the disk takes.",
    control: "number",
    unit: "GB",
  },
  storage_warn_percent: {
    group: "watch",
    label: "Storage: warning from",
    explanation: "Share of what the storage may hold.",
    control: "number",
    unit: "%",
  },
  storage_alert_percent: {
    group: "watch",
    label: "Storage: alert from",
    explanation: "Share of what the storage may hold.",
    control: "number",
    unit: "%",
  },
  disk_warn_percent: {
    group: "watch",
    label: "Disk: warning from",
    explanation: "Share of the disk that is used.",
    control: "number",
    unit: "%",
  },
  disk_alert_percent: {
    group: "watch",
    label: "Disk: alert from",
    explanation: "Share of the disk that is used.",
    control: "number",
    unit: "%",
  },
  memory_alert_percent: {
    group: "watch",
    label: "Memory: alert from",
    explanation: "Share of the server’s memory that is used.",
    control: "number",
    unit: "%",
  },
  cpu_alert_percent: {
    group: "watch",
    label: "Processors: alert from",
    explanation: "Share of their time that is used.",
    control: "number",
    unit: "%",
  },
  database_alert_ms: {
    group: "watch",
    label: "Database: alert when slower than",
    explanation: "How long it takes to answer the simplest question.",
    control: "number",
    unit: "ms",
  },
  queue_alert_minutes: {
    group: "watch",
    label: "Work left undone: alert after",
    explanation: "How long something due may wait.",
    control: "number",
    unit: "minutes",
  },
  mail_alert_letters: {
    group: "watch",
    label: "Failed letters: alert from",
    explanation: "How many letters have given up.",
    control: "number",
    unit: "letters",
  },
  errors_alert_percent: {
    group: "watch",
    label: "Failing pages: alert from",
    explanation: "Share of the requests that end in an error of ours.",
    control: "number",
    unit: "%",
  },
  slow_alert_ms: {
    group: "watch",
    label: "Slow pages: alert when slower than",
    explanation: "The time within which 95 of 100 requests are answered.",
    control: "number",
    unit: "ms",
  },
  metrics_days: {
    group: "watch",
    label: "Keep the measures for",
    explanation: "For the charts of the Health page.",
    control: "number",
    unit: "days",
  },
  workstation_storage: {
    group: "workstations",
    label: "Storage path",
    explanation: "An absolute path as this computer writes it, such as Z:\\storage.",
    control: "paths",
  },
};

/** The settings of a group, in the order of the page. */
export function settingsIn(group: SettingGroup): SettingKey[] {
  return (Object.keys(SETTINGS) as SettingKey[]).filter((key) => SETTINGS[key].group === group);
}
