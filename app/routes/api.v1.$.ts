/** Everything below `/api/v1/` that has no route of its own: the table of endpoints decides. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { dispatch } from "~/api/dispatch";

const answer = ({ request, params, context }: LoaderFunctionArgs | ActionFunctionArgs) =>
  dispatch(request, params["*"] ?? "", context);

export const loader = answer;
export const action = answer;
