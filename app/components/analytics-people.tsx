/** Who the lab works for, and who works there: disciplines and courses, students, staff. */
import type { CourseReport, Share } from "@server/reports/analytics/courses.server";
import type { StaffActivity } from "@server/reports/analytics/staff-activity.server";
import type { StudentReport } from "@server/reports/analytics/students.server";
import { Figures, PanelCard } from "./analytics-panel";
import {
  counted,
  countText,
  eventText,
  gramsText,
  hoursText,
  moneyText,
  shareText,
  staffText,
  type AnalyticsView,
  type Panel,
} from "./analytics-view";
import { Table } from "./card";
import { BarTable } from "./chart-bars";

const NONE = "Nobody sent a request in this period.";
const ONE_STAFF = "Requests are everybody’s: students send them. The rest is what this person did.";

export function CourseCards({ panel, staff }: { panel: Panel<CourseReport>; staff: string }) {
  const note = staff && ONE_STAFF;
  return (
    <>
      <PanelCard
        title="Disciplines"
        panel={panel}
        wide
        empty={({ disciplines }) => disciplines.length === 0 && NONE}
        note={note}
      >
        {({ disciplines }) => (
          <>
            <ShareTable caption="Disciplines" along="Discipline" rows={disciplines} />
            <h3 className="mt-4 mb-2 font-bold">Prints finished by discipline</h3>
            <BarTable
              title="Prints finished by discipline"
              along="Discipline"
              measure="Finished"
              rows={disciplines.map(({ name, completed }) => ({ name, value: completed }))}
              format={countText}
            />
          </>
        )}
      </PanelCard>
      <PanelCard
        title="Courses"
        panel={panel}
        wide
        empty={({ courses }) => courses.length === 0 && NONE}
        note={note}
      >
        {({ courses, courses_total }) => (
          <>
            {courses.length < courses_total && (
              <p className="mb-2 text-soft">
                The {courses.length} with most requests of {countText(courses_total)}.
              </p>
            )}
            <ShareTable caption="Courses" along="Course" rows={courses} />
          </>
        )}
      </PanelCard>
    </>
  );
}

export function ShareTable({ caption, along, rows }: { caption: string; along: string; rows: Share[] }) {
  return (
    <Table caption={caption} hideCaption>
      <thead>
        <tr>
          <th scope="col">{along}</th>
          <th scope="col" className="num">
            Requests
          </th>
          <th scope="col" className="num">
            Rejected
          </th>
          <th scope="col" className="num">
            Finished
          </th>
          <th scope="col" className="num">
            Weight
          </th>
          <th scope="col" className="num">
            Hours
          </th>
          <th scope="col" className="num">
            Taken
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, submitted, rejected, completed, grams, hours, cents }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="num">{countText(submitted)}</td>
            <td className="num">{countText(rejected)}</td>
            <td className="num">{countText(completed)}</td>
            <td className="num">{gramsText(grams)}</td>
            <td className="num">{hoursText(hours)}</td>
            <td className="num">{moneyText(cents)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

export function StudentCards({
  panel,
  names,
  query,
}: {
  panel: Panel<StudentReport>;
  names: boolean;
  query: string;
}) {
  const empty = ({ students }: StudentReport) => students === 0 && NONE;
  return (
    <>
      <PanelCard
        title="Students"
        panel={panel}
        wide
        empty={empty}
        note="New is whose very first request lies in this period."
      >
        {({ students, new_students, returning, requests }) => (
          <Figures
            figures={[
              { label: "Students", value: countText(students) },
              { label: "New", value: countText(new_students), note: shareText(new_students / students) },
              { label: "Returning", value: countText(returning), note: shareText(returning / students) },
              {
                label: "Requests per student",
                value: (requests / students).toLocaleString("en-US", { maximumFractionDigits: 1 }),
                note: counted(requests, "request"),
              },
            ]}
          />
        )}
      </PanelCard>
      <PanelCard title="How often they came" panel={panel} empty={empty}>
        {({ spread, students }) => (
          <BarTable
            title="Students by number of requests"
            along="Requests"
            measure="Students"
            rows={spread.map(({ label, students: n }) => ({
              name: label,
              value: n,
              note: shareText(n / students),
            }))}
            format={countText}
          />
        )}
      </PanelCard>
      <PanelCard title="Most requests" panel={panel} empty={empty}>
        {({ most }) => (
          <>
            <BarTable
              title="Most requests by one student"
              along="Student"
              measure="Requests"
              rows={most.map(({ name, requests }, i) => ({
                name: name ?? `Student ${i + 1}`,
                value: requests,
              }))}
              format={countText}
            />
            <p>
              <a
                className="inline-flex min-h-11 items-center"
                href={`/analytics/students?${query}${names ? "" : "&names=1"}`}
              >
                {names ? "Hide the names" : "Show the names"}
              </a>
            </p>
          </>
        )}
      </PanelCard>
    </>
  );
}

export function StaffCards({
  panel,
  known,
}: {
  panel: Panel<StaffActivity>;
  known: AnalyticsView["offer"]["staff"];
}) {
  const empty = ({ staff }: StaffActivity) =>
    staff.length === 0 && "Nobody on the staff list did anything in this period.";
  const label = ({ name }: StaffActivity["staff"][number]) => staffText(name, known);
  return (
    <>
      <PanelCard
        title="What staff did"
        panel={panel}
        wide
        empty={empty}
        note="Entries of the log under each name. Printer and discipline do not narrow them."
      >
        {({ staff }) => (
          <BarTable
            title="Entries of the log by name"
            along="Name"
            measure="Entries"
            rows={staff.map((one) => ({ name: label(one), value: one.total }))}
            format={countText}
          />
        )}
      </PanelCard>
      <PanelCard title="By kind" panel={panel} wide empty={empty}>
        {({ staff, events }) => (
          <Table caption="Entries of the log by kind and name" hideCaption>
            <thead>
              <tr>
                <th scope="col">Entry</th>
                {staff.map((one) => (
                  <th scope="col" className="num whitespace-normal" key={one.name}>
                    {label(one)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {events.map((kind) => (
                <tr key={kind}>
                  <th scope="row">{eventText(kind)}</th>
                  {staff.map(({ name, events: done }) => (
                    <td className="num" key={name}>
                      {countText(done[kind] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </PanelCard>
    </>
  );
}
