/** Which repair a finding offers: nothing that could lose a job's file is ever among them. */
import { describe, expect, test } from "vitest";
import {
  type FindingDetails,
  type Kind,
  KIND,
  KINDS,
  REPAIR,
  repairInBulk,
  REPAIRS,
  repairsFor,
} from "@server/audit/kinds";

const offered = (kind: Kind, details: FindingDetails = {}) => repairsFor({ kind, details });
const lost_job = { job_id: "0b6f6c1e-6b1a-4c7e-9f5e-2f1d9a1c0a11", short_id: 1042 };

describe("repairs", () => {
  test("every kind and every repair is told in words", () => {
    for (const kind of KINDS) expect(KIND[kind].meaning).toMatch(/\.$/);
    for (const name of REPAIRS) expect(REPAIR[name].hint).toMatch(/\.$/);
    expect(REPAIRS.filter((name) => REPAIR[name].destructive)).toEqual(["delete-orphaned", "delete-stale"]);
  });

  test("an orphan is deleted; one that holds a whole job is restored first, and never deleted in bulk", () => {
    expect(offered("orphaned_file", { what: "file" })).toEqual(["delete-orphaned"]);
    expect(offered("orphaned_file", { what: "folder", lost_job })).toEqual([
      "restore-job",
      "delete-orphaned",
    ]);
    expect(offered("orphaned_file", { what: "folder", lost_job, deleted_on_purpose: true })).toEqual(["delete-orphaned"]); // prettier-ignore
    expect(offered("orphaned_file", { what: "link" })).toEqual([]);
    const whole = { kind: "orphaned_file" as const, details: { lost_job } };
    expect(repairInBulk("delete-orphaned", whole)).toBe(false);
    expect(repairInBulk("restore-job", whole)).toBe(true);
  });

  test("what is missing is mended only from what is there", () => {
    expect(offered("broken_link", { why: "missing", roles: ["original"] })).toEqual([]);
    expect(offered("broken_link", { why: "missing", roles: ["metadata"] })).toEqual(["repair-metadata"]);
    expect(offered("broken_link", { roles: ["original"], elsewhere: "Pending/X" })).toEqual([
      "repair-location",
    ]);
    expect(offered("metadata_drift", { fields: ["printer"] })).toEqual(["repair-metadata"]);
  });

  test("the only copy is moved, never deleted; the student's file is never accepted as changed", () => {
    expect(offered("stale_file", { only_copy: true })).toEqual(["repair-location"]);
    expect(offered("stale_file", { only_copy: false })).toEqual(["delete-stale"]);
    const expected = (role: string) => ({ expected: [{ role, size_bytes: 1, sha256: "" }] });
    expect(offered("hash_mismatch", expected("original"))).toEqual([]);
    expect(offered("hash_mismatch", expected("authoritative"))).toEqual(["accept-file"]);
  });
});
