/** A letter's HTML for the frame. What it may do (nothing) is said in server/web/headers.ts. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { readMailbox } from "@server/mail/mailbox.server";
import { orErrorPage } from "~/http/form.server";
import { openMailboxOnly } from "~/http/mailbox.server";

export async function loader({ params }: LoaderFunctionArgs) {
  openMailboxOnly();
  const { html } = await orErrorPage(readMailbox(params.id!));
  return new Response(html, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
    },
  });
}
