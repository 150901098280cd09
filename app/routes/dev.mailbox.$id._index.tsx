/** One letter as its reader would see it: facts, links, text, and the HTML in a frame that can do nothing. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { readMailbox } from "@server/mail/mailbox.server";
import { Card } from "~/components/card";
import { FactList } from "~/components/facts";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StaffShell } from "~/components/staff-shell";
import { Time } from "~/components/time";
import { orErrorPage } from "~/http/form.server";
import { openMailboxOnly } from "~/http/mailbox.server";

export const handle = { static: true };

export const meta: MetaFunction<typeof loader> = ({ data, matches }) => [
  { title: pageTitle(data?.subject ?? "Letter not found", matches) },
  NO_INDEX,
];

export async function loader({ params }: LoaderFunctionArgs) {
  openMailboxOnly();
  const { id, subject, from, to, date, links, text } = await orErrorPage(readMailbox(params.id!));
  return { id, subject, from, to, date, links, text };
}

export default function Letter() {
  const mail = useLoaderData<typeof loader>();
  return (
    <StaffShell>
      <p>
        <a className="inline-flex min-h-11 items-center" href="/dev/mailbox">
          Back to the mailbox
        </a>
      </p>
      <h1 className="mb-4 text-2xl">{mail.subject}</h1>
      <div className="letter-grid">
        <div className="space-y-4">
          <Card title="Facts">
            <FactList
              facts={[
                { label: "From", value: mail.from },
                { label: "To", value: mail.to },
                { label: "Written", value: <Time at={mail.date} /> },
              ]}
            />
          </Card>
          {mail.links.length > 0 && (
            <Card title="Links">
              <ul className="rows">
                {mail.links.map((link) => (
                  <li key={link}>
                    <a className="row-link wrap-anywhere" href={link}>
                      {link}
                    </a>
                  </li>
                ))}
              </ul>
            </Card>
          )}
          <Card title="Text">
            <pre className="letter-text">{mail.text}</pre>
          </Card>
        </div>
        <Card title="HTML">
          <iframe
            className="letter-frame"
            title={`The letter “${mail.subject}” as HTML`}
            src={`/dev/mailbox/${encodeURIComponent(mail.id)}/html`}
            sandbox=""
          />
        </Card>
      </div>
    </StaffShell>
  );
}
