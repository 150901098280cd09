/** Everything below `/api/v1/`: the table of endpoints decides. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { dispatch } from "~/api/dispatch";

const answer = ({ request, context }: LoaderFunctionArgs | ActionFunctionArgs) => dispatch(request, context);

export const loader = answer;
export const action = answer;
