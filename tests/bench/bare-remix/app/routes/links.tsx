/** The same table with Remix's own links and forms, as its guides write them. */
import { Form, Link, useLoaderData } from "@remix-run/react";
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
                <Link to={`/dashboard/jobs/${row.id}`}>{row.short_id}</Link>
              </td>
              <td>{row.student_name}</td>
              <td>{row.original_filename}</td>
              <td>{row.printer_name}</td>
              <td>{row.cost_cents}</td>
              <td>{row.status_since}</td>
              <td>
                <Form method="post" action={`/dashboard/jobs/${row.id}/approve`}>
                  <button>Open</button>
                </Form>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </main>
  );
}
