/** What the pages of the analytics know, and the words of their figures. Pure: no I/O. */
import type { AnalyticsOffer } from "@server/reports/analytics/offer.server";
import type { Bucket, Question } from "@server/reports/analytics/question";
import { REJECT_REASONS, type RejectReason } from "@server/reject-reasons";
import { formatDay } from "@server/time";
import type { StaffSession } from "./staff-session";

export interface AnalyticsView {
  session: StaffSession;
  question: Question;
  /** The question as it stands in addresses. */
  query: string;
  offer: AnalyticsOffer;
  refreshed_at: string;
}

/** A panel's data, or null when it could not be read. */
export interface Panel<T> {
  data: T | null;
}

export const ANALYTICS_TABS = [
  { href: "/analytics", label: "Overview" },
  { href: "/analytics/printers", label: "Printers & queue" },
  { href: "/analytics/money", label: "Money" },
  { href: "/analytics/courses", label: "Disciplines & courses" },
  { href: "/analytics/students", label: "Students" },
  { href: "/staff-analytics", label: "Staff" },
  { href: "/analytics/term-report", label: "Term report" },
] as const;

export type AnalyticsTab = (typeof ANALYTICS_TABS)[number]["href"];

/** 12345 → "12,345". */
export const countText = (n: number) => Math.round(n).toLocaleString("en-US");

/** 1 → "1 payment", 1200 → "1,200 payments". */
export const counted = (n: number, one: string) => `${countText(n)} ${one}${Math.round(n) === 1 ? "" : "s"}`;

/** Grams, kilograms from ten on. */
export const gramsText = (grams: number) =>
  grams >= 10_000
    ? `${(grams / 1000).toLocaleString("en-US", { maximumFractionDigits: 1 })} kg`
    : `${grams.toLocaleString("en-US", { maximumFractionDigits: 1 })} g`;

export const hoursText = (hours: number) =>
  `${hours.toLocaleString("en-US", { maximumFractionDigits: 1 })} h`;

/** 0.054 → "5.4 %". */
export const shareText = (share: number) =>
  `${(share * 100).toLocaleString("en-US", { maximumFractionDigits: Math.abs(share) < 0.1 ? 1 : 0 })} %`;

/** Cents with a comma between thousands. */
export const moneyText = (cents: number) =>
  `${cents < 0 ? "-" : ""}$${(Math.abs(cents) / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** "Nov 1, 2026 to Nov 24, 2026". */
export const periodText = ({ from, to }: Pick<Question, "from" | "to">) =>
  from === to ? formatDay(from) : `${formatDay(from)} to ${formatDay(to)}`;

/** What the points of a chart are called, and how each is labelled. */
export const BUCKET_HEAD: Record<Bucket, string> = { day: "Day", week: "Week from", month: "Month" };
export const BUCKET_BY: Record<Bucket, string> = { day: "by day", week: "by week", month: "by month" };

export function bucketLabels(starts: readonly string[], bucket: Bucket): string[] {
  return starts.map((start) => {
    if (bucket !== "month") return formatDay(start, false);
    const [month] = formatDay(start, false).split(" ");
    return `${month} ${start.slice(0, 4)}`;
  });
}

/** A reason of a rejection in the words that staff choose. */
export const reasonText = (code: string) =>
  code === "custom" ? "In staff’s own words" : (REJECT_REASONS[code as RejectReason] ?? code);

/** What narrows the figures, in words. */
export function filterTexts({ question, offer }: Pick<AnalyticsView, "question" | "offer">): string[] {
  const printer = offer.printers.find(({ id }) => id === question.printer)?.name;
  return [
    printer && `printer ${printer}`,
    question.discipline && `discipline ${question.discipline}`,
    question.staff && `staff ${question.staff}`,
  ].filter((text) => text !== undefined && text !== "") as string[];
}

/** A name of the log: "Jane Doe", "Jane Doe (now Jane Smith)", "Jane Doe (no longer active)". */
export function staffText(name: string, known: AnalyticsOffer["staff"]): string {
  const found = known.find((one) => one.name === name);
  if (found?.now) return `${name} (now ${found.now})`;
  return found?.is_active ? name : `${name} (no longer active)`;
}

/** "JobPickedUp" → "Job picked up". */
export const eventText = (type: string) => {
  const words = type.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
