/** What a request gets that was refused before it reached its page (see server/web). */
import type { LoaderFunctionArgs } from "@remix-run/node";

const WHY: Record<string, [status: number, message: string]> = {
  "cross-site": [
    403,
    "This form did not come from our own pages, so it was not accepted and nothing was changed. Open the page again from the lab's own address and repeat what you did.",
  ],
  "too-large": [413, "This form is too large. Shorten what you typed and send it again."],
  "no-length": [411, "The request does not say how long it is. Send the form from the lab's own page."],
};

export function loader({ request }: LoaderFunctionArgs) {
  const why = new URL(request.url).searchParams.get("why") ?? "";
  const [status, message] = WHY[Object.hasOwn(WHY, why) ? why : "cross-site"]!;
  throw new Response(message, { status });
}

export default function Refused() {
  return null;
}
