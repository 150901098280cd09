/** What the lab knows of a file's content, by its SHA-256: measured and drawn once, whoever sends it again. */
import type { Knex } from "knex";
import { BaseModel, db } from "../db.server";
import type { MeshReport } from "../mesh/report";

export class Part extends BaseModel {
  static override tableName = "parts";
  static override idColumn = "sha256";
  static override jsonAttributes = ["report"];

  declare sha256: string;
  declare size_bytes: number;
  declare report: MeshReport | null;
  declare report_problem: string | null;
  declare picture: "drawn" | "embedded" | "none" | null;
  declare picture_widths: number[];
  declare picture_problem: string | null;
  declare created_at: Date;
}

/** The part with this content, if anybody has looked at it. */
export async function findPart(sha256: string, on: Knex = db()): Promise<Part | undefined> {
  return Part.query(on).findById(sha256);
}

/** Several at once, by their content. */
export async function findParts(sha256s: string[], on: Knex = db()): Promise<Map<string, Part>> {
  const parts = sha256s.length ? await Part.query(on).findByIds([...new Set(sha256s)]) : [];
  return new Map(parts.map((part) => [part.sha256, part]));
}

/** Writes down what a look at a file found, beside what is known already. */
export async function recordPart(
  facts: Pick<Part, "sha256" | "size_bytes"> &
    Partial<Pick<Part, "report" | "report_problem" | "picture" | "picture_widths" | "picture_problem">>,
  on: Knex = db(),
): Promise<void> {
  const news = {
    ...facts,
    ...(facts.report && { report: JSON.stringify(facts.report), report_problem: null }),
  };
  await on("parts").insert(news).onConflict("sha256").merge(news);
}
