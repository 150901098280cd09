/** The letters of a lab without a mail server, newest first. Not in production. */
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { listMailbox } from "@server/mail/mailbox.server";
import { EmptyState, Table } from "~/components/card";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StaffShell } from "~/components/staff-shell";
import { Time } from "~/components/time";
import { openMailboxOnly } from "~/http/mailbox.server";

export const handle = { static: true };

export const meta: MetaFunction = ({ matches }) => [{ title: pageTitle("Mailbox", matches) }, NO_INDEX];

export async function loader() {
  openMailboxOnly();
  return { mails: await listMailbox() };
}

export default function Mailbox() {
  const { mails } = useLoaderData<typeof loader>();
  return (
    <StaffShell>
      <h1 className="mb-2 text-2xl">Mailbox</h1>
      <p className="mb-4 max-w-prose text-soft">
        There is no mail server here, so letters stay in this mailbox and nobody gets them. It does not exist
        in production.
      </p>
      {mails.length === 0 ? (
        <EmptyState icon="mail" title="No letters yet">
          Every letter that would go out appears here. Reload the page after doing something that writes one.
        </EmptyState>
      ) : (
        <div className="card">
          <Table caption="Letters" hideCaption>
            <thead>
              <tr>
                <th scope="col">Subject</th>
                <th scope="col">To</th>
                <th scope="col">Written</th>
              </tr>
            </thead>
            <tbody>
              {mails.map((mail) => (
                <tr key={mail.id}>
                  <th scope="row">
                    <a className="row-link" href={`/dev/mailbox/${encodeURIComponent(mail.id)}`}>
                      {mail.subject}
                    </a>
                  </th>
                  <td className="wrap-anywhere">{mail.to}</td>
                  <td>
                    <Time at={mail.date} />
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </StaffShell>
  );
}
