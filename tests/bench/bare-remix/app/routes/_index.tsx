/** The same jobs as a plain table: what Remix costs before anybody has an idea. */
import { useLoaderData } from "@remix-run/react";
import { readRows } from "../rows";

export function loader() {
  return { rows: readRows() };
}

export default function Jobs() {
  const { rows } = useLoaderData<typeof loader>();
  return (
    <main>
      <h1>Jobs</h1>
      <table>
        <thead>
          <tr>
            {["Number", "Student", "File", "Printer", "Price", "Since", ""].map((head) => (
              <th key={head}>{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                <a href={`/dashboard/jobs/${row.id}`}>{row.short_id}</a>
              </td>
              <td>{row.student_name}</td>
              <td>{row.original_filename}</td>
              <td>{row.printer_name}</td>
              <td>{row.cost_cents}</td>
              <td>{row.status_since}</td>
              <td>
                <form method="post" action={`/dashboard/jobs/${row.id}/approve`}>
                  <button>Open</button>
                </form>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}
