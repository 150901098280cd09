/** What can be exported. Pure: no I/O. */

export const EXPORTS = {
  payments: {
    label: "Payments",
    hint: "Every payment of these days, with a last row of totals. Voided ones are there, and count as 0.00.",
  },
  jobs: { label: "Jobs", hint: "Every request submitted in these days, as it stands now." },
  events: { label: "Log", hint: "Every entry of the log of these days: who did what, where and when." },
} as const;

export type ExportName = keyof typeof EXPORTS;

export const EXPORT_NAMES = Object.keys(EXPORTS) as ExportName[];
