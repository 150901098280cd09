/** Sends a sample of a letter to an address: does mail leave the house, and how does it arrive? */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { z } from "zod";
import { AttributedSchema, GuardSchema } from "@server/jobs/schemas";
import { LETTER_KIND_NAMES, LETTER_KINDS } from "@server/mail/kinds";
import { requestTestLetter } from "@server/outbox/test-letter.server";
import { AdminShell } from "~/components/admin-shell";
import { Button, ButtonLink } from "~/components/button";
import { errorTitle } from "~/components/error-page";
import { ErrorSummary, summaryOf } from "~/components/error-summary";
import { SelectField, TextField } from "~/components/field";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StaffField } from "~/components/staff-name-field";
import { fieldsOf } from "~/components/typed-fields";
import { doneAt, openAdminPage, refusedAnswer } from "~/http/admin-page.server";
import { formOf, orErrorPage, parseForm, valuesOf } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Send a test letter", matches, data?.page.failed) },
  NO_INDEX,
];

/** In the list of letters, the one that only says that mail works. */
const MAIL_WORKS = "mail-works";

const TestLetterForm = AttributedSchema.extend({
  to: z.string({ error: "Enter an e-mail address." }),
  letter: z.enum([MAIL_WORKS, ...LETTER_KIND_NAMES], { error: "Choose a letter." }),
  form_key: GuardSchema.shape.form_key,
});

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  return data({ page, form_key: crypto.randomUUID() }, { headers });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const typed = valuesOf(await orErrorPage(formOf(request)));
  try {
    const { letter, ...form } = parseForm(TestLetterForm, typed);
    const asked = { ...form, letter: letter === MAIL_WORKS ? undefined : letter };
    const { outbox_id } = await requestTestLetter(desk, asked);
    return await doneAt(`/admin/outbox/${outbox_id}`, "The test letter is on its way. This page shows what becomes of it.");
  } catch (error) {
    return refusedAnswer(error, context, typed, () => ({}));
  }
} // prettier-ignore

export default function TestLetter() {
  const { page, form_key } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const fields = fieldsOf(refused);
  const errors = summaryOf(fields.errors, ["to", "letter", "staff_name"]);
  return (
    <AdminShell session={page.session} at="/admin/outbox" title="Send a test letter" message={page.message}>
      <div className="card decision-form">
        <form method="post" action="/admin/outbox/test-letter" noValidate>
          {refused && (
            <ErrorSummary
              errors={errors.length ? errors : [{ message: refused.message }]}
              title="Nothing was sent"
              focusKey={refused}
            />
          )}
          <input type="hidden" name="form_key" defaultValue={form_key} autoComplete="off" />
          <p className="mb-4 max-w-prose text-soft">
            The letter goes the way of all letters. One of those to students has made-up names and numbers and
            “[Test]” in its subject. It is tried once, and you see the mail server’s answer.
          </p>
          <TextField
            name="to"
            label="To"
            type="email"
            hint="Your own address, for instance."
            error={fields.errors.to}
            defaultValue={fields.value("to")}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <SelectField
            name="letter"
            label="Letter"
            error={fields.errors.letter}
            defaultValue={fields.value("letter", MAIL_WORKS)}
          >
            <option value={MAIL_WORKS}>A few lines that say that mail works</option>
            {LETTER_KIND_NAMES.map((name) => (
              <option key={name} value={name}>
                {LETTER_KINDS[name].title}
              </option>
            ))}
          </SelectField>
          <StaffField staff={page.staff} fields={fields} />
          <div className="mt-6 flex flex-wrap gap-3">
            <Button>Send the test letter</Button>
            <ButtonLink tone="neutral" href="/admin/outbox">
              Cancel
            </ButtonLink>
          </div>
        </form>
      </div>
    </AdminShell>
  );
}
