/** What a reader of the analytics may choose from, how fresh the sums are, and the question in the address. */
import { settings } from "../../settings/settings.server";
import { knownNames, type KnownName } from "../../staff/staff.server";
import { dayIn } from "../../time";
import { namesOf } from "./names.server";
import { readQuestion, termsFrom, type Question } from "./question";

export interface AnalyticsOffer {
  printers: { id: string; name: string }[];
  disciplines: string[];
  staff: KnownName[];
  has_terms: boolean;
}

/** Reads the question against the lab's own day and terms. */
export async function questionFrom(params: URLSearchParams): Promise<Question> {
  const { time_zone, term_starts } = await settings();
  return readQuestion(params, dayIn(new Date(), time_zone), termsFrom(term_starts));
}

/** Everything that can be chosen: also printers, disciplines and names that are no longer in use. */
export async function analyticsOffer(question: Question): Promise<AnalyticsOffer> {
  const [{ disciplines, term_starts }, { printers }, staff] = await Promise.all([
    settings(),
    namesOf(),
    knownNames(),
  ]);
  const add = (list: string[], value: string) => (value && !list.includes(value) ? [...list, value] : list);
  return {
    printers: printers.some(({ id }) => id === question.printer) || !question.printer ? printers : [...printers, { id: question.printer, name: question.printer }], // prettier-ignore
    disciplines: add(disciplines, question.discipline),
    staff: staff.some(({ name }) => name === question.staff) || !question.staff ? staff : [...staff, { name: question.staff, is_active: false, now: null }], // prettier-ignore
    has_terms: termsFrom(term_starts).length > 0,
  };
}
