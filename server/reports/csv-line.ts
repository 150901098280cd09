/**
 * One line of CSV, written here or by the database, the same to the byte. Every cell that holds something stands in
 * quotes; what a spreadsheet would run as a formula gets an apostrophe before it. Pure: no I/O.
 */

/** Ends every line, as RFC 4180 and spreadsheets on Windows have it. */
const END = "\r\n";

/** With these a spreadsheet begins a formula, the wide forms of East Asian keyboards included. */
const FORMULA = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"];

/** The line of some cells; null is an empty cell. */
export function csvLine(cells: (string | null)[]): string {
  return (
    cells
      .map((text) => {
        if (text === null) return "";
        const harmless = FORMULA.includes(text.charAt(0)) ? `'${text}` : text;
        return `"${harmless.replaceAll('"', '""')}"`;
      })
      .join(",") + END
  );
}

/**
 * SQL that gives the same line.
 * @param columns names of columns of type text, as SQL; NULL is an empty cell
 */
export function csvLineOf(columns: string[]): string {
  const codes = FORMULA.map((sign) => sign.codePointAt(0)).join(",");
  const cells = columns.map(
    (name) =>
      `coalesce('"' || CASE WHEN ascii(${name}) IN (${codes}) THEN '''' ELSE '' END || replace(${name}, '"', '""') || '"', '')`,
  );
  return `${cells.join(` || ',' || `)} || chr(13) || chr(10)`;
}
