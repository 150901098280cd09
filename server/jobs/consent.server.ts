/** The words on the submission form, and the version of those that students agree to. */
import { createHash } from "node:crypto";
import type { Settings } from "../settings/schema";
import { CONSENT_TEXT } from "../settings/texts";

/** The first text's version; a later text's version is made from its words. */
const FIRST_VERSION = "2026-01";

/** The version of a consent's text: another text, another version; the same text again, the same version. */
export function consentVersion(text: string): string {
  if (text === CONSENT_TEXT) return FIRST_VERSION;
  return `text-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}

/** The texts of the submission form that are in force. */
export function submitTexts(lab: Settings) {
  return {
    introduction: lab.text_introduction,
    dimensions: lab.text_dimensions,
    scaling: lab.text_scaling,
    consent: lab.text_consent,
    consent_version: consentVersion(lab.text_consent),
  };
}
