/** A job in the list: who, what, on which printer, how long it waits, and the one likely next step. */
import type { JobCard } from "@server/jobs/card.server";
import { severalFrom } from "@server/jobs/several";
import { formatGrams, formatHours } from "@server/jobs/pricing";
import { ButtonLink } from "./button";
import { FactList } from "./facts";
import { ModelPicture, staffPicture } from "./model-picture";
import { ChooseJob } from "./several-bar";
import { type CardDesk, CardFile, CardNotes, FailedLetters, Flags } from "./staff-card-records";
import { OpenFile } from "./staff-open-file";
import { RevertStep } from "./staff-revert";
import { StartForm } from "./start-form";
import { FitLine } from "./staff-part";
import { Since } from "./staff-since";
import { action, nextAction, WAITS } from "./staff-steps";
import { Badge } from "./status-badge";
import { Swatch } from "./swatch";
import { Money, Time } from "./time";

/** Plain links and forms: there are many of them. */
export function JobCardView({
  job,
  now,
  open,
  moving,
  desk,
}: {
  job: JobCard;
  now: string;
  open: boolean;
  /** What is being done to it at this moment. */
  moving?: string;
  desk: CardDesk;
}) {
  const next = nextAction(job);
  const page = `/dashboard/jobs/${job.id}`;
  const held = job.locked_by !== null;
  return (
    <li
      className="job-card"
      data-job={job.id}
      data-new={job.is_new || undefined}
      data-moving={moving ? true : undefined}
    >
      <article aria-labelledby={`job-${job.short_id}`}>
        <header className="flex items-start gap-3">
          <ModelPicture
            picture={job.picture}
            src={staffPicture(job.picture)}
            file={job.display_name}
            edge={72}
          />
          <div className="min-w-0 flex-1">
            <p className="job-card-top">
              <span className="flex items-center gap-2">
                <span className="short-id font-bold text-accent">{job.short_id}</span>
                {job.is_new && <Badge tone="accent">NEW</Badge>}
              </span>
              {moving ? <Badge tone="busy">{moving}</Badge> : <Since job={job} now={now} />}
            </p>
            <h3 className="job-card-name" id={`job-${job.short_id}`}>
              <a href={page} data-job-link>
                {job.student_name}
                <span className="sr-only">, job {job.short_id}</span>
              </a>
            </h3>
            <p className="truncate text-soft" title={job.original_filename}>
              {job.original_filename}
            </p>
          </div>
        </header>
        <div className="job-card-facts">
          <p className="flex items-center gap-2">
            <Swatch hex={job.color_hex} />
            <span>
              {job.color_name} <span className="text-soft">on {job.printer_name}</span>
            </span>
          </p>
          {job.part && <FitLine part={job.part} />}
          <p className="text-soft">
            {job.discipline}, {job.class_number}
          </p>
          {job.cost_cents !== null && (
            <p>
              <span className="font-bold">
                <Money cents={job.cost_cents} />
              </span>
              {job.weight_g !== null && <span className="text-soft">, {formatGrams(job.weight_g)}</span>}
              {job.time_hours !== null && <span className="text-soft">, {formatHours(job.time_hours)}</span>}
            </p>
          )}
        </div>
        <Flags job={job} />
        <FailedLetters job={job} desk={desk} />
        <div className="job-card-actions">
          {next ? (
            <StartForm
              jobId={job.id}
              name={next}
              label={job.status === "PENDING" ? "Resend e-mail" : action(next).label}
              disabled={held}
            />
          ) : (
            <p className="text-sm text-soft">{WAITS[job.status]}</p>
          )}
          {desk.mount && <OpenFile jobId={job.id} path={job.file_path} mount={desk.mount} />}
          {job.status === "UPLOADED" && (
            <StartForm
              jobId={job.id}
              name="review"
              label={job.is_new ? "Mark as reviewed" : "Mark as new again"}
              tone="neutral"
              disabled={held}
            />
          )}
          <RevertStep job={job} now={desk.made} />
          {severalFrom(job.status).length > 0 && <ChooseJob job={job} named />}
        </div>
        <details open={open}>
          <summary>
            Details{job.notes_count > 0 && `, ${job.notes_count} ${job.notes_count === 1 ? "note" : "notes"}`}
          </summary>
          <FactList
            facts={[
              { label: "E-mail", value: <a href={`mailto:${job.student_email}`}>{job.student_email}</a> },
              { label: "Stored as", value: job.display_name },
              { label: "Material", value: `${job.print_method}, ${job.material_name}` },
              { label: "Submitted", value: <Time at={job.created_at} /> },
            ]}
          />
          <CardFile job={job} mount={desk.mount} />
          <CardNotes job={job} desk={desk} />
          <ButtonLink tone="quiet" href={page}>
            Everything about job {job.short_id}
          </ButtonLink>
        </details>
      </article>
    </li>
  );
}
