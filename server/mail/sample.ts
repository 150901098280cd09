/** A made-up job, for looking at letters and for trying the way to a mail server. Says of itself that it is a sample. Pure. */
import type { Settings } from "../settings/schema";
import { approval } from "./approval";
import { completion } from "./completion";
import { confirmReminder } from "./confirm-reminder";
import { correction } from "./correction";
import type { LetterKindName } from "./kinds";
import type { Letter, LetterJob } from "./letter";
import { confirmUrl, statusUrl, submitUrl } from "./links";
import { paymentReceipt } from "./payment-receipt";
import { pickupReminder } from "./pickup-reminder";
import { receipt } from "./receipt";
import { rejection } from "./rejection";
import type { Wording } from "./wording";

const SAMPLE: LetterJob = {
  short_id: 9999,
  student_name: "Sam Sample",
  student_email: "sam.sample@example.edu",
  display_name: "SamSample_Filament_TrueRed_9999.stl",
  original_filename: "sample part.stl",
  print_method: "Filament",
  material_name: "Sample filament",
  color_name: "True Red",
  printer_name: "Sample printer",
  weight_g: 25.5,
  time_hours: 3.5,
  cost_cents: 300,
  reject_reasons: { reasons: ["thin_walls"], custom_reason: "The walls are 0.2 mm thick. Make them 1 mm." },
};

const PAID = {
  number: 9999,
  txn_no: "SAMPLE-1",
  picked_up_by: "Sam Sample",
  lines: [{ short_id: 9999, file: "sample part.stl", grams: 25.5, price_cents: 300 }],
};

/**
 * A letter about the sample. Its links lead nowhere.
 * @param now from when the sample's link counts
 */
export function sampleLetter(
  name: LetterKindName,
  wording: Wording,
  extras: { home: string; settings: Settings; now: Date },
): Letter {
  const { home, settings, now } = extras;
  const common = { status_url: statusUrl(home, "sample"), settings };
  const hours = (n: number) => new Date(now.getTime() + n * 3_600_000);
  const confirm = { confirm_url: confirmUrl(home, "sample"), expires_at: hours(settings.confirm_hours) };
  switch (name) {
    case "receipt":
      return receipt(SAMPLE, { ...common, part: null }, wording);
    case "approval":
      return approval(SAMPLE, { ...common, ...confirm, minimum_charge_cents: 300 }, wording);
    case "confirm-reminder":
      return confirmReminder(SAMPLE, { ...common, ...confirm }, wording);
    case "rejection":
      return rejection(SAMPLE, { ...common, submit_url: submitUrl(home) }, wording);
    case "completion":
      return completion(SAMPLE, common, wording);
    case "pickup-reminder":
      return pickupReminder(SAMPLE, { ...common, ready_since: hours(-7 * 24) }, wording);
    case "correction":
      return correction(SAMPLE, common, wording);
    case "payment_receipt":
      return paymentReceipt(
        {
          ...PAID,
          student_name: SAMPLE.student_name,
          issued_at: now,
          payment_system: settings.payment_system,
        },
        settings,
        wording,
      );
  }
}
