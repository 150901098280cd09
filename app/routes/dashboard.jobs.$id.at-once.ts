/** For scripts: a note, or a letter's retry, without leaving the page. The job's own page takes the same forms. */
import type { ActionFunctionArgs } from "@remix-run/node";
import type { AtOnceAnswer } from "~/components/at-once";
import { doAtOnce } from "~/http/at-once.server";
import { formOf, orErrorPage } from "~/http/form.server";
import { requireWorkstation } from "~/http/session.server";

export async function action({ request, params }: ActionFunctionArgs) {
  const desk = await requireWorkstation(request);
  const outcome = await doAtOnce(desk, params.id!, await orErrorPage(formOf(request)));
  return "done" in outcome
    ? Response.json({ done: outcome.done } satisfies AtOnceAnswer)
    : Response.json(outcome.refusal satisfies AtOnceAnswer, outcome.init);
}
