/** Instead of the form, while there is nothing that a student could choose. */
import { useLab } from "./lab";
import { StudentLayout } from "./page-shell";

export function NotOpen() {
  const { contact_email } = useLab();
  return (
    <StudentLayout>
      <h1 className="mb-4 text-3xl">The lab is not open yet</h1>
      <p className="mb-4">
        Print requests cannot be sent at the moment, because no printer is on offer. Please come back later; a
        request that you have sent before is not lost.
      </p>
      {contact_email && (
        <p className="mb-4">
          Questions? Write to <a href={`mailto:${contact_email}`}>{contact_email}</a>.
        </p>
      )}
      <p className="text-soft">
        <a className="inline-flex min-h-11 items-center" href="/login">
          Staff log-in
        </a>
      </p>
    </StudentLayout>
  );
}
