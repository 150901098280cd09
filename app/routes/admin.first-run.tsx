/** Setting up an empty lab, step by step; each step can be skipped and none is lost by leaving. */
import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData, type MetaFunction } from "@remix-run/react";
import { withPresets } from "@server/catalog/presets";
import { config } from "@server/config.server";
import { invalidField } from "@server/errors";
import { AttributedSchema } from "@server/jobs/schemas";
import { requestTestLetter } from "@server/outbox/test-letter.server";
import { SET_UP_STEPS, setUpStep, stepAfter } from "@server/reports/set-up";
import { setUp } from "@server/reports/set-up.server";
import { nameLab } from "@server/settings/name-lab.server";
import { addStaff } from "@server/staff/add-staff.server";
import { AdminShell } from "~/components/admin-shell";
import { errorTitle } from "~/components/error-page";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { hrefOf, type SetUpOutcome, SetUpSteps, SetUpStepView } from "~/components/set-up";
import { useRefresh } from "~/components/use-refresh";
import { doneAt, openAdminPage, refusedAnswer } from "~/http/admin-page.server";
import { catalogPost, type CatalogPost, change } from "~/http/catalog-page.server";
import { parseForm } from "~/http/form.server";
import { noStore } from "~/http/job-action.server";
import { requireAdmin, type WorkstationSessionView } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

export const meta: MetaFunction<typeof loader> = ({ data, error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : "Setting up the lab", matches, data?.page.failed) },
  NO_INDEX,
];

const stepIn = (request: Request) => setUpStep(new URL(request.url).searchParams.get("step"));

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { page, headers } = await openAdminPage(request, context);
  const state = await setUp();
  const step = stepIn(request);
  if (!step) throw redirect(hrefOf(SET_UP_STEPS.find((name) => !state.done.includes(name)) ?? "done"));
  const { production, MAIL_SERVER } = config();
  return data(
    {
      page,
      step,
      state,
      zones: step === "lab" ? [...new Set([state.lab.time_zone, ...Intl.supportedValuesOf("timeZone")])].sort() : [],
      mailbox: !production && !MAIL_SERVER,
      again: Date.now() - Date.parse(state.letter?.created_at ?? "") < 20_000,
      form_key: crypto.randomUUID(),
      now: new Date().toISOString(),
    },
    { headers },
  ); // prettier-ignore
}

type Do = (desk: WorkstationSessionView, post: CatalogPost) => Promise<{ text: string; stay?: boolean }>;
const text = (post: CatalogPost, name: string) => [post.typed[name] ?? ""].flat()[0] ?? "";

/** What each step's form does, and the sentence afterwards. */
const STEPS: Record<(typeof SET_UP_STEPS)[number], Do> = {
  lab: async (desk, post) => {
    const fields = [
      "lab_name",
      "university_name",
      "contact_email",
      "time_zone",
      "staff_name",
      "stamp",
    ] as const;
    const said = Object.fromEntries(fields.map((name) => [name, text(post, name)]));
    await nameLab(desk, said as Record<(typeof fields)[number], string>);
    return { text: `This is ${text(post, "lab_name").trim()} now.` };
  },
  staff: async (desk, post) => {
    const [name, staff_name] = [text(post, "name"), text(post, "staff_name")];
    const added = await addStaff(desk, { name, staff_name, form_key: post.form_key });
    return { text: `${added.name} is on the list. Add the next name, or go on.`, stay: true };
  },
  printers: (desk, post) => presets(desk, post, "printers"),
  materials: (desk, post) => presets(desk, post, "materials"),
  mail: async (desk, post) => {
    const { staff_name } = parseForm(AttributedSchema, post.typed);
    await requestTestLetter(desk, { to: text(post, "to"), staff_name, form_key: post.form_key });
    return { text: "The test letter is on its way.", stay: true };
  },
};

async function presets(desk: WorkstationSessionView, post: CatalogPost, kind: "printers" | "materials") {
  const chosen = [post.typed.preset ?? []].flat();
  parseForm(AttributedSchema, post.typed);
  if (chosen.length === 0) throw invalidField("preset", "Choose at least one, or go on without.");
  await change(desk, post, (catalog) => withPresets(catalog, kind, chosen));
  return { text: `${chosen.length === 1 ? "It is" : "They are"} in the catalog. Everything about them can be changed there.` }; // prettier-ignore
}

export async function action({ request, context }: ActionFunctionArgs) {
  const desk = await requireAdmin(request);
  const step = stepIn(request);
  if (!step || step === "done")
    throw new Response("There is no such step. Open the page again.", { status: 400 });
  const post = await catalogPost(request);
  try {
    const { text, stay } = await STEPS[step](desk, post);
    return await doneAt(hrefOf(stay ? step : stepAfter(step)), text);
  } catch (error) {
    return refusedAnswer(error, context, post.typed, ({ reason, details }) => ({
      step,
      stamp: reason === "stale" && typeof details.stamp === "string" ? details.stamp : null,
    }));
  }
}

export default function FirstRun() {
  const { page, now, ...view } = useLoaderData<typeof loader>();
  const outcome = useActionData<typeof action>() as SetUpOutcome | undefined;
  const { step, state } = view;
  const waiting = step === "mail" && ["due", "running"].includes(state.letter?.state ?? "");
  return (
    <AdminShell
      session={page.session}
      at={null}
      title="Setting up the lab"
      message={outcome ? null : page.message}
    >
      <SetUpSteps step={step} done={state.done} />
      {waiting && <LookAgain now={now} />}
      <SetUpStepView {...view} outcome={outcome} />
    </AdminShell>
  );
}

/** While a letter is on its way. */
function LookAgain({ now }: { now: string }) {
  useRefresh(now, 2_000);
  return null;
}
