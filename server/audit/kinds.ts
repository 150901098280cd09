/**
 * What an audit can find, in plain words, and what can be done about it. One table: report, pages, buttons and
 * verbs read it. Pure: no I/O.
 */

export const KINDS = [
  "orphaned_file",
  "broken_link",
  "stale_file",
  "hash_mismatch",
  "metadata_drift",
] as const;
export type Kind = (typeof KINDS)[number];

/** What staff read about a kind of finding. */
export const KIND: Record<Kind, { title: string; meaning: string }> = {
  orphaned_file: {
    title: "Orphaned files",
    meaning:
      "They lie in a status folder, but no job explains them. Somebody put them there by hand, or the database has lost their job.",
  },
  broken_link: {
    title: "Broken links",
    meaning: "A job names a file that is not where it should be.",
  },
  stale_file: {
    title: "Stale files",
    meaning: "A job's folder in a status folder that is not the job's: a second copy, or a folder that was moved by hand.", // prettier-ignore
  },
  hash_mismatch: {
    title: "Changed files",
    meaning: "The content is not what it was when the file was first seen.",
  },
  metadata_drift: {
    title: "Metadata that does not agree",
    meaning:
      "The metadata.json beside a job's files cannot be read, or says something else than the database.",
  },
};

export const REPAIRS = [
  "delete-orphaned",
  "restore-job",
  "delete-stale",
  "repair-location",
  "repair-metadata",
  "accept-file",
] as const;
export type RepairName = (typeof REPAIRS)[number];

export interface RepairFacts {
  /** The button. */
  label: string;
  /** The button that does it for all. */
  all: string;
  /** What will happen, before somebody presses. */
  hint: string;
  /** Something is gone afterwards: needs a reason. */
  destructive: boolean;
}

export const REPAIR: Record<RepairName, RepairFacts> = {
  "delete-orphaned": {
    label: "Delete",
    all: "Delete all",
    hint: "Deletes it for good. It is looked at once more first: nothing that a job needs is ever deleted.",
    destructive: true,
  },
  "restore-job": {
    label: "Restore the job",
    all: "Restore all jobs",
    hint: "Rebuilds the job in the database from its metadata.json, when every file beside it is as noted there. Notes and payments are not in that file. A link that the student had stops working: send the letter again.",
    destructive: false,
  },
  "delete-stale": {
    label: "Delete the copy",
    all: "Delete all copies",
    hint: "Deletes what the job's own folder holds too. A file that is only here, or differs, is taken over into the job's folder.",
    destructive: true,
  },
  "repair-location": {
    label: "Move to its place",
    all: "Move all to their places",
    hint: "Moves the job's files into the folder of the job's status in the database.",
    destructive: false,
  },
  "repair-metadata": {
    label: "Rewrite metadata.json",
    all: "Rewrite all",
    hint: "Writes metadata.json anew from the database.",
    destructive: false,
  },
  "accept-file": {
    label: "Accept the new content",
    all: "Accept all",
    hint: "Notes the content as it is now, for a file that was saved again on purpose. Never for the file that the student sent.",
    destructive: false,
  },
};

/** What an audit notes beside path and job; each kind uses some of it. */
export interface FindingDetails {
  /** Of an orphan: what stands there. */
  what?: "file" | "folder" | "link" | "other" | "half_built";
  /** Of a folder: how many files, their bytes, and the first of them. */
  files?: number;
  bytes?: number;
  first?: string[];
  /** Of an orphaned folder: the job that its metadata.json would bring back. */
  lost_job?: { job_id: string; short_id: number };
  /** The log says that this job was deleted on purpose. */
  deleted_on_purpose?: boolean;
  /** Of a broken link: what stands in the file's place, and what the file is to the job. */
  why?: "missing" | "link" | "folder" | "other";
  roles?: string[];
  /** Where the job's folder lies instead. */
  elsewhere?: string;
  /** Of a stale folder: the job's own folder is missing. */
  only_copy?: boolean;
  /** Of a changed file. */
  expected?: { role: string; size_bytes: number; sha256: string }[];
  found?: { size_bytes: number; sha256: string };
  /** Of drifting metadata: what is wrong, or which fields differ. */
  problem?: string;
  fields?: string[];
}

/** A suspicion or finding before it is a row. */
export interface Suspect {
  kind: Kind;
  /** Relative to the storage root. */
  path: string;
  job_id: string | null;
  short_id: number | null;
  details: FindingDetails;
}

/** The repairs that make sense for a finding; the likely one first. */
export function repairsFor({ kind, details }: Pick<Suspect, "kind" | "details">): RepairName[] {
  switch (kind) {
    case "orphaned_file":
      if (details.what === "link") return [];
      return details.lost_job && !details.deleted_on_purpose
        ? ["restore-job", "delete-orphaned"]
        : ["delete-orphaned"];
    case "broken_link":
      if (details.elsewhere) return ["repair-location"];
      return details.roles?.includes("metadata") ? ["repair-metadata"] : [];
    case "stale_file":
      return details.only_copy ? ["repair-location"] : ["delete-stale"];
    case "hash_mismatch":
      return details.expected?.some(({ role }) => role === "original") ? [] : ["accept-file"];
    case "metadata_drift":
      return ["repair-metadata"];
  }
}

/** May this repair be done for all findings at once? A folder that holds a whole job is deleted by itself only. */
export function repairInBulk(name: RepairName, finding: Pick<Suspect, "kind" | "details">): boolean {
  const offered = repairsFor(finding);
  return offered.includes(name) && (name !== "delete-orphaned" || offered[0] === "delete-orphaned");
}
