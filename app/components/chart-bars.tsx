/** Named amounts, longest first as given: a table whose rows have a bar. It is its own table. */
import { Table } from "./card";

export interface BarRow {
  name: string;
  value: number;
  /** Beside the value: "12 %". */
  note?: string;
}

export function BarTable({
  title,
  along,
  measure,
  rows,
  format,
}: {
  title: string;
  /** Head of the names. */
  along: string;
  /** Head of the amounts. */
  measure: string;
  rows: readonly BarRow[];
  format: (value: number) => string;
}) {
  const most = Math.max(0, ...rows.map(({ value }) => value));
  return (
    <Table caption={title} hideCaption>
      <thead>
        <tr>
          <th scope="col">{along}</th>
          <th scope="col" className="num">
            {measure}
          </th>
          <td className="bar-cell" />
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, value, note }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="num whitespace-nowrap">
              {format(value)}
              {note && <span className="bar-note">{note}</span>}
            </td>
            <td className="bar-cell">
              <svg width="100%" height="16" aria-hidden="true" focusable="false">
                <rect
                  className="chart-bar chart-tone-1"
                  width={most > 0 ? `${Math.round((Math.max(0, value) / most) * 1000) / 10}%` : "0"}
                  height="16"
                  rx="2"
                />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
