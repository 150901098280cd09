/** The term on one page, for the head of the lab. */
import type { TermReport } from "@server/reports/analytics/term-report.server";
import { LeadTimeTable } from "./analytics-overview";
import { ShareTable } from "./analytics-people";
import {
  counted,
  countText,
  filterTexts,
  gramsText,
  hoursText,
  moneyText,
  periodText,
  reasonText,
  shareText,
  type AnalyticsView,
} from "./analytics-view";
import { Table } from "./card";
import { FactList } from "./facts";
import { useLab } from "./lab";
import { Time } from "./time";

export function TermReportSheet({ report, view }: { report: TermReport; view: AnalyticsView }) {
  const { lab_name, university_name } = useLab();
  const { rejections, estimates, unclaimed } = report;
  const filters = filterTexts({ ...view, question: { ...view.question, staff: "" } });
  return (
    <article className="term-report" aria-labelledby="term-title">
      <header>
        <h2 className="text-xl" id="term-title">
          {lab_name}: {periodText(view.question)}
        </h2>
        <p>
          {university_name && `${university_name}, `}as of <Time at={view.refreshed_at} />
          {filters.length > 0 && `; only ${filters.join(", ")}`}
        </p>
      </header>
      <div className="term-columns">
        <section aria-labelledby="term-work">
          <h3 id="term-work">Work</h3>
          <FactList
            facts={[
              { label: "Requests", value: countText(report.submitted) },
              {
                label: "Students",
                value: `${countText(report.students)}, ${countText(report.new_students)} of them new`,
              },
              { label: "Prints finished", value: countText(report.completed) },
              { label: "Failed prints", value: countText(report.failed) },
              { label: "Weight", value: gramsText(report.grams) },
              { label: "Print hours", value: hoursText(report.hours) },
              { label: "Picked up", value: countText(report.picked_up) },
            ]}
          />
        </section>
        <section aria-labelledby="term-money">
          <h3 id="term-money">Money</h3>
          <FactList
            facts={[
              { label: "Taken", value: moneyText(report.cents) },
              { label: "Payments", value: countText(report.paid) },
              {
                label: "Average ticket",
                value: report.paid > 0 ? moneyText(Math.round(report.cents / report.paid)) : "–",
              },
              {
                label: "Estimate error",
                value:
                  estimates.off === null || estimates.bias === null
                    ? "nothing to compare"
                    : `${shareText(estimates.off)} of the weight; on the whole ${shareText(Math.abs(estimates.bias))} too ${estimates.bias < 0 ? "heavy" : "light"}`,
              },
              {
                label: `Unclaimed over ${unclaimed.days} days`,
                value: `${counted(unclaimed.prints, "print")}, ${gramsText(unclaimed.grams)}, ${moneyText(unclaimed.cents)}`,
              },
            ]}
          />
        </section>
      </div>
      <section aria-labelledby="term-disciplines">
        <h3 id="term-disciplines">By discipline</h3>
        <ShareTable caption="By discipline" along="Discipline" rows={report.disciplines} />
      </section>
      <section aria-labelledby="term-courses">
        <h3 id="term-courses">
          By course
          {report.courses.length < report.courses_total &&
            `: the ${report.courses.length} with most requests of ${countText(report.courses_total)}`}
        </h3>
        <ShareTable caption="By course" along="Course" rows={report.courses} />
      </section>
      <div className="term-columns">
        <section aria-labelledby="term-rejections">
          <h3 id="term-rejections">
            {countText(rejections.rejected)} rejected, {countText(rejections.declined)} declined
          </h3>
          <Table caption="Reasons for rejection" hideCaption>
            <tbody>
              {rejections.reasons.map(({ code, n }) => (
                <tr key={code}>
                  <th scope="row">{reasonText(code)}</th>
                  <td className="num">{countText(n)}</td>
                </tr>
              ))}
              {rejections.reasons.length === 0 && (
                <tr>
                  <td>No request was rejected.</td>
                </tr>
              )}
            </tbody>
          </Table>
        </section>
        <section aria-labelledby="term-waits">
          <h3 id="term-waits">How long it takes</h3>
          <LeadTimeTable waits={report.waits} />
        </section>
      </div>
      <section aria-labelledby="term-printers">
        <h3 id="term-printers">Printers</h3>
        <Table caption="Printers" hideCaption>
          <thead>
            <tr>
              <th scope="col">Printer</th>
              <th scope="col" className="num">
                Finished
              </th>
              <th scope="col" className="num">
                Hours
              </th>
              <th scope="col" className="num">
                Weight
              </th>
            </tr>
          </thead>
          <tbody>
            {report.printers.map(({ name, completed, hours, grams }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="num">{countText(completed)}</td>
                <td className="num">{hoursText(hours)}</td>
                <td className="num">{gramsText(grams)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </section>
    </article>
  );
}
