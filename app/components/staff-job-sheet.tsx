/** The job page: what the next person must know first, what to do beside it, the records below. */
import type { JobHistory as History } from "@server/reports/job-history.server";
import type { JobSheet } from "@server/reports/job-sheet.server";
import type { StaffChoice } from "@server/staff/staff.server";
import { formatGrams, formatHours, formatRate } from "@server/jobs/pricing";
import { Alert } from "./alert";
import { ButtonLink } from "./button";
import type { AtOnceRefusal } from "./at-once";
import { Card } from "./card";
import { FactList } from "./facts";
import { ModelViewer } from "./model-viewer";
import { reasonText } from "./staff-event-text";
import { JobActions } from "./staff-job-actions";
import { JobFiles } from "./staff-job-files";
import { JobHistory } from "./staff-job-history";
import { LetterList, RetryLetter } from "./staff-job-letters";
import { AddNote } from "./staff-note-form";
import { NoteList } from "./staff-notes";
import { FileWays } from "./staff-open-file";
import { PaymentTable } from "./staff-payments";
import { StaffPart } from "./staff-part";
import { Since } from "./staff-since";
import { Badge, StatusBadge } from "./status-badge";
import { Swatch } from "./swatch";
import { Money, Time } from "./time";

interface Props {
  job: JobSheet;
  session: { admin: boolean; storage_path: string | null };
  staff: StaffChoice[];
  now: string;
  history: History;
  /** The form for a note: open as the address says, with its own key. */
  note: { open: boolean; form_key: string };
  /** What was refused, of what is done in one press on this page. */
  refusal?: AtOnceRefusal;
}

export function JobSheetPage({ job, session, staff, now, history, note, refusal }: Props) {
  const refusedNote = refusal?.typed.intent === "note" ? refusal : undefined;
  const folder = job.file_path.slice(0, job.file_path.lastIndexOf("/"));
  return (
    <>
      <p>
        <a className="inline-flex min-h-11 items-center" href={`/dashboard?status=${job.status}`}>
          Back to the list
        </a>
      </p>
      {job.pruned_at && (
        <Alert title="This job has been pruned">
          <p>
            Its files, its notes and its student were removed on <Time at={job.pruned_at} />. What was
            printed, its cost and its payments are kept.
          </p>
        </Alert>
      )}
      <header className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="min-w-0 text-2xl wrap-anywhere">
          <span className="short-id text-accent">{job.short_id}</span> {job.student_name}
        </h1>
        <StatusBadge status={job.status} />
        {job.is_new && <Badge tone="accent">NEW</Badge>}
        {job.confirmation_expired && (
          <Badge tone="caution" icon="alert">
            confirmation expired
          </Badge>
        )}
        <Since job={job} now={now} />
        <ButtonLink tone="neutral" className="ml-auto" href={`/dashboard/jobs/${job.id}/ticket`}>
          Print ticket
        </ButtonLink>
      </header>
      {!job.pruned_at && (
        <div className="mb-4">
          <FileWays jobId={job.id} path={job.file_path} mount={session.storage_path} label="Open file" />
        </div>
      )}
      <div className="sheet-grid">
        <div className="sheet-actions">
          <JobActions job={job} admin={session.admin} now={now} />
        </div>
        <div className="sheet-main">
          {job.failed_mails > 0 && (
            <Alert
              tone="error"
              title={
                job.failed_mails === 1
                  ? "A letter could not be sent"
                  : `${job.failed_mails} letters could not be sent`
              }
            >
              <p>
                The student has not heard from us. See <a href="#letters">Letters</a> for the reason.
              </p>
            </Alert>
          )}
          {job.print_failure && (
            <Alert tone="warning" title="The last print failed">
              <p className="whitespace-pre-wrap wrap-anywhere">{job.print_failure.reason}</p>
              <p className="text-sm">
                {job.print_failure.staff_name}, <Time at={job.print_failure.at} />
              </p>
            </Alert>
          )}
          {job.reject_reasons && <Rejection reasons={job.reject_reasons} />}
          <Card title="Model">
            <StaffPart job={job} edge={256}>
              {job.model && <ModelViewer jobId={job.id} model={job.model} color={job.color_hex} />}
            </StaffPart>
          </Card>
          <Facts job={job} />
          <Card title="Files">
            <JobFiles
              jobId={job.id}
              files={job.files}
              folder={folder}
              mount={session.storage_path}
              problem={job.storage_problem}
            />
          </Card>
          <div id="notes">
            <Card title="Notes">
              <AddNote
                key={job.id}
                jobId={job.id}
                used={job.notes_used}
                staff={staff}
                formKey={note.form_key}
                open={note.open || Boolean(refusedNote)}
                refusal={refusedNote}
              />
              <NoteList notes={job.notes} />
            </Card>
          </div>
          {job.payments.length > 0 && (
            <Card title="Payments">
              <PaymentTable payments={job.payments} />
            </Card>
          )}
          <div id="letters">
            <Card title="Letters">
              <LetterList
                letters={job.mails}
                retry={(letter) => (
                  <RetryLetter jobId={job.id} letterId={letter.id} staff={staff} refusal={refusal} />
                )}
              />
            </Card>
          </div>
          <div id="history">
            <Card title="History">
              <JobHistory jobId={job.id} history={history} />
            </Card>
          </div>
        </div>
      </div>
    </>
  );
}

function Rejection({ reasons }: { reasons: NonNullable<JobSheet["reject_reasons"]> }) {
  return (
    <Alert tone="error" title="Why it was rejected">
      <ul className="list-disc pl-5">
        {reasons.reasons.map((code) => (
          <li key={code}>{reasonText(code)}</li>
        ))}
        {reasons.custom_reason && <li className="whitespace-pre-wrap">{reasons.custom_reason}</li>}
      </ul>
    </Alert>
  );
}

function Facts({ job }: { job: JobSheet }) {
  const prices = job.price_snapshot;
  return (
    <Card title="Request">
      <div className="facts-pair">
        <FactList
          facts={[
            { label: "Student", value: job.student_name },
            { label: "E-mail", value: <a href={`mailto:${job.student_email}`}>{job.student_email}</a> },
            { label: "Discipline", value: job.discipline },
            { label: "Class", value: job.class_number },
            { label: "Submitted", value: <Time at={job.created_at} /> },
            { label: "Reviewed", value: job.staff_viewed_at && <Time at={job.staff_viewed_at} /> },
            { label: "Confirmed", value: job.student_confirmed_at && <Time at={job.student_confirmed_at} /> },
            {
              label: "Link good until",
              value:
                job.status === "PENDING" && job.confirm_token_expires ? (
                  <Time at={job.confirm_token_expires} />
                ) : null,
            },
          ]}
        />
        <FactList
          facts={[
            { label: "File sent", value: job.original_filename },
            { label: "Printer", value: job.printer_name },
            { label: "Material", value: `${job.print_method}, ${job.material_name}` },
            { label: "Color", value: <Swatch hex={job.color_hex} name={job.color_name} /> },
            { label: "Weight", value: job.weight_g === null ? null : formatGrams(job.weight_g) },
            { label: "Print time", value: job.time_hours === null ? null : formatHours(job.time_hours) },
            { label: "Estimated price", value: <Money cents={job.cost_cents} /> },
            {
              label: "Price per gram",
              value: prices && (
                <>
                  {formatRate(prices.price_per_gram_cents)}, at least{" "}
                  <Money cents={prices.minimum_charge_cents} /> (catalog {prices.catalog_version})
                </>
              ),
            },
            {
              label: "Student's page",
              value: <a href={`/track/${job.reference}`}>What the student sees</a>,
            },
          ]}
        />
      </div>
    </Card>
  );
}
