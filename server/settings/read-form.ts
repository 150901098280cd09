/** From what a form says to a setting's value, and back; and what may be entered. Pure: no I/O. */
import { z } from "zod";
import { CONTROL } from "../invisible";
import { SETTINGS } from "./descriptions";
import { type SettingKey, SettingsSchema, type Settings } from "./schema";

/** As a form carries it: one text, or several where a control has several fields. */
export type Entered = string | string[];

export const DEFAULTS: Settings = SettingsSchema.parse({});

/** The least and the most of a number. */
export interface Range {
  least: number;
  most: number;
  whole: boolean;
}

type NumberRule = { type?: string; minimum?: number; maximum?: number };
const rules = z.toJSONSchema(SettingsSchema, { io: "input", unrepresentable: "any" }).properties as Record<
  string,
  NumberRule
>;

/** What the schema says about a number. */
export function rangeOf(key: SettingKey): Range {
  const { type, minimum, maximum } = rules[key]!;
  return { least: minimum ?? 0, most: maximum ?? Number.MAX_SAFE_INTEGER, whole: type === "integer" };
}

/** A value as its control shows it. A path per workstation is shown by the page itself. */
export function shownAs(key: SettingKey, value: Settings[SettingKey]): string {
  switch (SETTINGS[key].control) {
    case "switch":
      return value ? "yes" : "no";
    case "lines":
      return (value as string[]).join("\n");
    default:
      return String(value);
  }
}

/** The default in words, for the hint beside the control. */
export function defaultInWords(key: SettingKey): string {
  const value = DEFAULTS[key];
  const { control, unit } = SETTINGS[key];
  if (control === "switch") return value ? "on" : "off";
  if (control === "lines") return (value as string[]).join(", ");
  if (control === "number") return unit === "%" ? `${value}%` : `${value} ${unit}`;
  return value === "" ? "empty" : String(value);
}

/** A value in words, for the page and the log. */
export function inWords(key: SettingKey, value: Settings[SettingKey]): string {
  const { control, unit } = SETTINGS[key];
  if (value === DEFAULTS[key]) return defaultInWords(key);
  if (control === "switch") return value ? "on" : "off";
  if (control === "number") return unit === "%" ? `${String(value)}%` : `${String(value)} ${unit}`;
  if (control === "lines") return (value as string[]).join(", ");
  return value === "" ? "empty" : shownAs(key, value);
}

/**
 * Reads what was entered for one setting.
 * @returns the value, or a sentence that says what to enter
 */
export function readSetting(key: SettingKey, entered: unknown): { value: unknown } | { problem: string } {
  const { control, label } = SETTINGS[key];
  const text = typeof entered === "string" ? entered : "";
  if (CONTROL.test(text.replace(/[\r\n\t]/g, "")))
    return { problem: `Remove the invisible control characters from “${label}”.` };
  switch (control) {
    case "number":
      return readNumber(key, text.trim());
    case "switch":
      return text === "yes" || text === "no" ? { value: text === "yes" } : { problem: `Say whether “${label}” is on.` }; // prettier-ignore
    case "lines":
      return checked(key, [
        ...new Set(
          text
            .split("\n")
            .map((line) => line.trim())
            .filter(Boolean),
        ),
      ]);
    case "prose":
      return checked(key, text);
    case "paths":
    case "logo":
      return checked(key, entered);
    default:
      return checked(key, text.replace(/[\r\n\t]+/g, " ").trim());
  }
}

function readNumber(key: SettingKey, text: string): { value: number } | { problem: string } {
  const { least, most, whole } = rangeOf(key);
  const { unit, label } = SETTINGS[key];
  // "1,000" is a thousand to one reader and one to another: it is asked again.
  const number = /^-?\d{1,9}(\.\d{1,3}|,\d{1,2})?$/.test(text) ? Number(text.replace(",", ".")) : NaN;
  if (Number.isNaN(number) || number < least || number > most || (whole && !Number.isInteger(number)))
    return {
      problem: `“${label}”: enter a ${whole ? "whole " : ""}number from ${least} to ${most} (${unit}).`,
    };
  return { value: number };
}

const WRONG: Partial<Record<string, string>> = {
  email: "enter an e-mail address in the form lab@example.edu, or leave it empty.",
  address: "enter an address that starts with https:// or http://, or leave it empty.",
  zone: "enter a time zone such as America/Chicago or Europe/Berlin.",
  lines: "enter one on each line, at most 50 characters long, and at least one.",
};

function checked(key: SettingKey, value: unknown): { value: unknown } | { problem: string } {
  const parsed = SettingsSchema.shape[key].safeParse(value);
  if (parsed.success) return { value: parsed.data };
  const { label, control } = SETTINGS[key];
  const issue = parsed.error.issues[0]!;
  const sentence =
    WRONG[control] ??
    (issue.code === "too_big"
      ? issue.message.startsWith("Shorten") ? issue.message : `shorten it to ${Number(issue.maximum)} characters or fewer.`
      : issue.code === "too_small" && !issue.message.startsWith("Enter") ? "enter something here." : issue.message); // prettier-ignore
  return { problem: `“${label}”: ${sentence}` };
}
