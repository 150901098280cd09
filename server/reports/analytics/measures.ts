/**
 * What is summed, each defined once as SQL over a set of `report_steps` (`s`): the sums of closed days and the reading of
 * open ones are made from the same text. Defined in words in docs/figures.md. Pure: no I/O.
 */

const count = (condition: string) => `count(*) FILTER (WHERE ${condition})`;
const sum = (what: string, condition: string) => `coalesce(sum(${what}) FILTER (WHERE ${condition}), 0)`;
const is = (step: string) => `s.step = '${step}'`;

const clocked = `${is("completed")} AND s.minutes IS NOT NULL`;
const turned = `${is("completed")} AND s.total_minutes IS NOT NULL`;
const compared = `${is("paid")} AND s.grams > 0 AND s.estimated_grams > 0`;

export const MEASURES = {
  submitted: count(is("submitted")),
  new_students: count(`${is("submitted")} AND s.first_request`),
  approved: count(is("approved")),
  rejected: count(is("rejected")),
  declined: count(is("declined")),
  confirmed: count(is("confirmed")),
  started: count(is("started")),
  failed: count(is("failed")),
  completed: count(is("completed")),
  picked_up: count(is("picked_up")),
  /** Of completed prints, as sliced. */
  grams: sum("s.grams", is("completed")),
  hours: sum("s.hours", is("completed")),
  /** Completed prints whose start is known: how many, the minutes between, the hours as sliced. */
  clocked: count(clocked),
  clocked_minutes: sum("s.minutes", clocked),
  clocked_hours: sum("s.hours", clocked),
  turned_round: count(turned),
  turnaround_minutes: sum("s.total_minutes", turned),
  paid: count(is("paid")),
  cents: sum("s.cents", is("paid")),
  paid_grams: sum("s.grams", is("paid")),
  /** Payments with a weight beside an estimate: how many, both weights, their distances, how many within a tenth. */
  compared: count(compared),
  compared_grams: sum("s.grams", compared),
  compared_estimate: sum("s.estimated_grams", compared),
  compared_off: sum("abs(s.grams - s.estimated_grams)", compared),
  compared_close: count(`${compared} AND abs(s.grams - s.estimated_grams) <= s.estimated_grams * 0.1`),
} as const;

export type Measure = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as Measure[];

/** Every measure as a column, over steps. */
export const MEASURE_COLUMNS = MEASURE_NAMES.map((name) => `${MEASURES[name]} AS ${name}`).join(", ");

/** What a sum can be broken down by. */
export type Dimension = "day" | "staff" | "printer" | "discipline" | "material" | "course";

/** The sets of dimensions that sums of days are kept for, by their number in `report_days`. */
export const GRAINS = {
  1: ["printer", "discipline", "material"],
  2: ["staff", "printer", "discipline", "material"],
  3: ["discipline", "course"],
  4: ["discipline", "course", "printer"],
} as const satisfies Record<number, readonly Dimension[]>;
export type Grain = keyof typeof GRAINS;
