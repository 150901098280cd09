/** One finding in words: where, whose, and what is wrong with it. */
import type { FindingView } from "@server/audit/report.server";
import { formatBytes } from "./model-file";

export function AuditFinding({ finding }: { finding: FindingView }) {
  const { path, job_id, short_id, details } = finding;
  const lost = Boolean(details.lost_job);
  return (
    <div className="min-w-0">
      <span className="path">{path}</span>
      <p className="mt-1">{findingText(finding)}</p>
      {details.first && details.first.length > 0 && (
        <details className="audit-names">
          <summary>{details.files === 1 ? "The file" : `The ${details.files} files`}</summary>
          <ul>
            {details.first.map((name) => (
              <li key={name}>{name}</li>
            ))}
            {details.files! > details.first.length && (
              <li>and {details.files! - details.first.length} more</li>
            )}
          </ul>
        </details>
      )}
      {job_id && short_id !== null && !lost && (
        <a className="row-link" href={`/dashboard/jobs/${job_id}`}>
          Job {short_id}
        </a>
      )}
    </div>
  );
}

/** What is wrong, and when there is no button for it, what a person can do. */
export function findingText({ kind, details, short_id }: FindingView): string {
  const { bytes = 0, files = 0 } = details;
  const size = `${files === 1 ? "1 file" : `${files} files`}, ${formatBytes(bytes)}`;
  switch (kind) {
    case "orphaned_file":
      if (details.what === "link") return "A link. Printdesk does not follow or delete links; remove it by hand on the server."; // prettier-ignore
      if (details.what === "half_built") return "Left of a move that was never completed. The hourly sweep clears it, too."; // prettier-ignore
      if (details.what !== "folder") return `A file, ${formatBytes(bytes)}.`;
      if (details.deleted_on_purpose)
        return `A folder with ${size}. Its job ${details.lost_job!.short_id} was deleted on purpose; the log says by whom.`;
      if (details.lost_job)
        return `A folder with ${size}. Its metadata.json belongs to job ${details.lost_job.short_id}, which the database does not know.`;
      return `A folder with ${size}.`;
    case "broken_link":
      return brokenText(details.roles ?? [], details.elsewhere);
    case "stale_file":
      return details.only_copy
        ? `The folder of job ${short_id} lies here, and not where the database says.`
        : `A second copy of the folder of job ${short_id}: ${size}.`;
    case "hash_mismatch":
      return details.expected?.some(({ role }) => role === "original")
        ? "The file that the student sent is not what it was. Bring back the right one from a backup."
        : "Saved again since it was first seen. If that was on purpose, accept it.";
    case "metadata_drift":
      return details.problem
        ? `metadata.json cannot be used. ${details.problem}`
        : `metadata.json says something else about: ${details.fields?.join(", ")}.`;
  }
}

function brokenText(roles: string[], elsewhere?: string): string {
  const what = roles.includes("original")
    ? "The file that the student sent"
    : roles.includes("metadata")
      ? "metadata.json"
      : roles.includes("authoritative")
        ? "The file to print"
        : roles.includes("record")
          ? "A file that the job's record names"
          : "A file saved beside the model";
  if (elsewhere) return `${what} is missing here; the job's folder lies at ${elsewhere}.`;
  return roles.includes("metadata")
    ? `${what} is missing. It can be written anew.`
    : `${what} is missing. Bring it back from a backup, then run the audit again.`;
}
