/** The ticket on a job's bag: A6, or a label of the 62 mm tape. Looks on the screen as on paper. */
import { formatGrams, formatHours } from "@server/jobs/pricing";
import type { QrPath } from "@server/qr";
import type { JobTicket } from "@server/reports/ticket.server";
import { useLab } from "./lab";
import { Swatch } from "./swatch";
import { Money } from "./time";

export const TICKET_SIZES = { a6: "A6 ticket", label: "62 mm label" } as const;
export type TicketSize = keyof typeof TICKET_SIZES;

export function PaperTicket({ ticket: { job, qr }, size }: { ticket: JobTicket; size: TicketSize }) {
  const lab = useLab();
  const measures = [
    job.weight_g === null ? "" : formatGrams(job.weight_g),
    job.time_hours === null ? "" : formatHours(job.time_hours),
  ].filter(Boolean);
  return (
    <article className={`paper paper-${size}`} aria-label={`Ticket of job ${job.short_id}`}>
      <p className="paper-lab">
        {lab.lab_name}
        {size === "a6" && lab.university_name && `, ${lab.university_name}`}
      </p>
      <h1 className="paper-number">{job.short_id}</h1>
      <div className="paper-facts">
        <p className="paper-name">{job.student_name}</p>
        <p className="paper-file">{job.original_filename}</p>
        <p>
          {job.printer_name}
          <br />
          <Swatch hex={job.color_hex} name={job.color_name} />
        </p>
        <p className="paper-price">
          <Money cents={job.cost_cents} none="No price yet" />
          {measures.length > 0 && <span className="paper-measures">{measures.join(", ")}</span>}
        </p>
      </div>
      {size === "a6" && <p className="paper-scan">Staff: scan to open this job.</p>}
      <QrCode code={qr} name={`QR code: the page of job ${job.short_id}`} />
    </article>
  );
}

/** Black on white whatever the screen is like: scanners expect it. */
function QrCode({ code: { size, path }, name }: { code: QrPath; name: string }) {
  return (
    <svg
      className="paper-qr"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={name}
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
