/** What all pages of the analytics share: who asks, what is asked, and panels that fail alone. */
import { analyticsOffer, questionFrom } from "@server/reports/analytics/offer.server";
import { questionParams, type Question } from "@server/reports/analytics/question";
import { isDatabaseAway } from "@server/errors";
import { log } from "@server/log.server";
import type { AnalyticsView, Panel } from "~/components/analytics-view";
import { requireWorkstation } from "./session.server";

/**
 * Reads a page's question and everything its frame needs.
 * @param period asked where the address names none
 */
export async function openAnalytics(request: Request, period?: string): Promise<AnalyticsView> {
  const { workstation_name, admin } = await requireWorkstation(request);
  const { searchParams: params } = new URL(request.url);
  if (period && !["period", "days", "from"].some((name) => params.has(name))) params.set("period", period);
  const question = await questionFrom(params);
  return {
    session: { workstation_name, admin },
    question,
    query: questionParams(question).toString(),
    offer: await analyticsOffer(question),
    refreshed_at: new Date().toISOString(),
  };
}

/**
 * Asks for each panel of a page at once. One that fails says so in its place; the others are shown.
 * @throws when the database is away: then the whole page says that
 */
export async function panels<T extends Record<string, (question: Question) => Promise<unknown>>>(
  question: Question,
  asked: T,
): Promise<{ [K in keyof T]: Panel<Awaited<ReturnType<T[K]>>> }> {
  const answered = await Promise.all(
    Object.entries(asked).map(async ([name, ask]) => {
      try {
        return [name, { data: await ask(question) }] as const;
      } catch (err) {
        if (isDatabaseAway(err)) throw err;
        log.error({ err, panel: name }, "A panel of the analytics failed");
        return [name, { data: null }] as const;
      }
    }),
  );
  return Object.fromEntries(answered) as never;
}
