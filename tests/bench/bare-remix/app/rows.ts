/** The jobs that both pages show; a file, so that no database is measured here. */
import { readFileSync } from "node:fs";

export interface Row {
  id: string;
  short_id: number;
  student_name: string;
  original_filename: string;
  printer_name: string;
  cost_cents: number | null;
  status_since: string;
}

let rows: Row[] | undefined;

export function readRows(): Row[] {
  return (rows ??= JSON.parse(readFileSync(process.env.BARE_ROWS!, "utf8")) as Row[]);
}
