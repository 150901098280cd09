/** Reading audits: how far the running one is, and what the last finished one found. */
import { Refusal } from "../errors";
import { Audit, AuditFinding } from "./audit.server";
import { type FindingDetails, type Kind, KINDS, repairInBulk, type RepairName, repairsFor } from "./kinds";

/** An audit in short; times are UTC ISO 8601. */
export interface AuditView {
  id: string;
  state: Audit["state"];
  started_by: string;
  workstation_id: string;
  started_at: string;
  finished_at: string | null;
  /** Looking at what was suspected once more; everything has been looked at once. */
  confirming: boolean;
  done: number;
  total: number;
  error: string | null;
}

/** A finding as the pages show it. */
export interface FindingView {
  id: string;
  kind: Kind;
  path: string;
  job_id: string | null;
  short_id: number | null;
  details: FindingDetails;
  repairs: RepairName[];
  resolved: { by: string; how: string; at: string } | null;
}

/** The report in the API's shape: what is still open of the last finished audit, with plain paths. */
export interface AuditReport {
  audit_id: string;
  report_generated_at: string;
  started_by: string;
  /** As found, whatever has been repaired since. */
  counts: Record<Kind, number>;
  resolved: number;
  orphaned_files: string[];
  broken_links: { job_id: string; short_id: number; missing_path: string }[];
  stale_files: string[];
  hash_mismatches: {
    job_id: string;
    short_id: number;
    file_path: string;
    expected_sha256: string[];
    found_sha256: string;
  }[];
  metadata_drift: { job_id: string; short_id: number; metadata_path: string; fields: string[] }[];
  /** There are more findings than are listed here. */
  truncated: boolean;
}

/** How many findings a report lists. */
const MOST_LISTED = 5_000;

/** The audit that is at work, and the last one that came to an end, well or not. */
export async function auditStatus(): Promise<{ running: AuditView | null; last: AuditView | null }> {
  const [running, last] = await Promise.all([
    Audit.query().whereIn("state", ["queued", "running"]).first(),
    Audit.query().whereIn("state", ["done", "failed"]).orderBy("finished_at", "desc").first(),
  ]);
  return { running: running ? viewOf(running) : null, last: last ? viewOf(last) : null };
}

/**
 * The report of the last finished audit, or of a certain one.
 * @throws Refusal `not_found` when no audit has finished yet, or not this one
 */
export async function auditReport(id?: string): Promise<AuditReport> {
  const audit = await finishedAudit(id);
  const findings = await AuditFinding.query()
    .where({ audit_id: audit.id })
    .whereNull("resolved_at")
    .orderBy(["kind", "path"])
    .limit(MOST_LISTED + 1);
  const listed = findings.slice(0, MOST_LISTED);
  const of = (kind: Kind) => listed.filter((finding) => finding.kind === kind);
  const job = ({ job_id, short_id }: AuditFinding) => ({ job_id: job_id!, short_id: short_id! });
  return {
    audit_id: audit.id,
    report_generated_at: audit.finished_at!.toISOString(),
    started_by: audit.started_by,
    counts: countsOf(audit),
    resolved: await AuditFinding.query()
      .where({ audit_id: audit.id })
      .whereNotNull("resolved_at")
      .resultSize(),
    orphaned_files: of("orphaned_file").flatMap(filesOf),
    broken_links: of("broken_link").map((f) => ({ ...job(f), missing_path: f.path })),
    stale_files: of("stale_file").flatMap(filesOf),
    hash_mismatches: of("hash_mismatch").map((f) => ({
      ...job(f),
      file_path: f.path,
      expected_sha256: [...new Set((f.details.expected ?? []).map(({ sha256 }) => sha256))],
      found_sha256: f.details.found?.sha256 ?? "",
    })),
    metadata_drift: of("metadata_drift").map((f) => ({
      ...job(f),
      metadata_path: f.path,
      fields: f.details.fields ?? [],
    })),
    truncated: findings.length > MOST_LISTED,
  };
}

/** The files of a folder by their names when the finding knows all of them, else the folder. */
function filesOf({ path, details }: AuditFinding): string[] {
  const { files = 0, first = [] } = details;
  return files > 0 && files === first.length ? first.map((name) => `${path}/${name}`) : [path];
}

/** One kind's part of the report on a page. */
export interface KindView {
  kind: Kind;
  found: number;
  open: number;
  findings: FindingView[];
  /** Repairs that can be done for several at once, with how many of those shown they fit. */
  bulk: RepairName[];
}

/**
 * The last finished audit as the health page shows it; null before the first.
 * @param all a kind to list more of
 */
export async function auditPage(
  all: Kind | null,
): Promise<{ audit: AuditView; kinds: KindView[]; resolved: FindingView[] } | null> {
  const audit = await Audit.query().where("state", "done").orderBy("finished_at", "desc").first();
  if (!audit) return null;
  const open = () => AuditFinding.query().where({ audit_id: audit.id }).whereNull("resolved_at");
  const kinds: KindView[] = [];
  for (const kind of KINDS) {
    const findings = await open()
      .where({ kind })
      .orderBy("path")
      .limit(kind === all ? 500 : 20);
    const bulk =
      (["repair-metadata", "repair-location", "delete-stale", "accept-file", "restore-job", "delete-orphaned"] as const) // prettier-ignore
        .filter((name) => findings.filter((finding) => repairInBulk(name, finding)).length > 1);
    kinds.push({
      kind,
      found: audit.counts[kind] ?? 0,
      open: await open().where({ kind }).resultSize(),
      findings: findings.map(findingView),
      bulk,
    });
  }
  const resolved = await AuditFinding.query()
    .where({ audit_id: audit.id })
    .whereNotNull("resolved_at")
    .orderBy("resolved_at", "desc")
    .limit(50);
  return { audit: viewOf(audit), kinds, resolved: resolved.map(findingView) };
}

/**
 * One finding, for the page that asks before a repair.
 * @throws Refusal `not_found`
 */
export async function findFinding(id: string): Promise<FindingView> {
  const finding = UUID.test(id) ? await AuditFinding.query().findById(id) : undefined;
  if (!finding?.confirmed_at) throw new Refusal("not_found", "The audit's report has no such finding.");
  return findingView(finding);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function finishedAudit(id?: string): Promise<Audit> {
  const done = Audit.query().where("state", "done");
  const audit = id
    ? UUID.test(id) && (await done.findById(id))
    : await done.orderBy("finished_at", "desc").first();
  if (!audit)
    throw new Refusal("not_found", id ? "There is no finished audit with this id." : "No audit has been run yet."); // prettier-ignore
  return audit;
}

function countsOf(audit: Audit): Record<Kind, number> {
  return Object.fromEntries(KINDS.map((kind) => [kind, audit.counts[kind] ?? 0])) as Record<Kind, number>;
}

function viewOf(audit: Audit): AuditView {
  return {
    id: audit.id,
    state: audit.state,
    started_by: audit.started_by,
    workstation_id: audit.workstation_id,
    started_at: audit.started_at.toISOString(),
    finished_at: audit.finished_at?.toISOString() ?? null,
    confirming: audit.phase === "confirm",
    done: Math.min(audit.done, audit.total),
    total: audit.total,
    error: audit.error,
  };
}

function findingView(finding: AuditFinding): FindingView {
  const { id, kind, path, job_id, short_id, details, resolved_at, resolved_by, resolved_how } = finding;
  return {
    id,
    kind,
    path,
    job_id,
    short_id,
    details,
    repairs: repairsFor(finding),
    resolved: resolved_at && { by: resolved_by!, how: resolved_how!, at: resolved_at.toISOString() },
  };
}
