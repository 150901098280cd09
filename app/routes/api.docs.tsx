/** The API to read: made from the table of endpoints, like everything about it. */
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { apiDocs } from "~/api/docs-view";
import { ApiDocsPage } from "~/components/api-docs";
import { pageTitle } from "~/components/page-title";
import { StudentLayout } from "~/components/page-shell";

export const handle = { static: true };

export const meta: MetaFunction<typeof loader> = ({ matches }) => [{ title: pageTitle("API", matches) }];

export const headers = () => ({ "Cache-Control": "public, max-age=300" });

export function loader() {
  return apiDocs();
}

export default function ApiDocs() {
  const docs = useLoaderData<typeof loader>();
  return (
    <StudentLayout plain>
      <ApiDocsPage docs={docs} />
    </StudentLayout>
  );
}
