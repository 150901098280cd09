/** The document around every page. Pages bring their own frame (`StudentLayout`, staff: `PageShell`). */
import {
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useMatches,
  useRouteError,
  useRouteLoaderData,
  type ShouldRevalidateFunctionArgs,
} from "@remix-run/react";
import type { LinksFunction, MetaFunction } from "@remix-run/node";
import { useContext, type ReactNode } from "react";
import { SettingsSchema } from "@server/settings/schema";
import { settings } from "@server/settings/settings.server";
import { ErrorPage, errorTitle } from "./components/error-page";
import { LabContext, publicFacts, RequestContext, type Lab } from "./components/lab";
import { pageTitle } from "./components/page-title";
import stylesheet from "./styles.css?url";

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: stylesheet },
  { rel: "icon", href: "/favicon.svg", type: "image/svg+xml" },
];

export const meta: MetaFunction = ({ error, matches }) => [
  { title: error ? pageTitle(errorTitle(error), matches) : "Printdesk" },
];

/** Never fails: with the database away, pages still have their frame. */
export async function loader(): Promise<{ lab: Lab }> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, 1_000, null).unref());
  const found = await Promise.race([settings().catch(() => null), late]);
  return { lab: publicFacts(found ?? SettingsSchema.parse({})) };
}

/** Polling asks again for jobs, not for the name over the door. */
export function shouldRevalidate({
  formMethod,
  actionStatus = 200,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs) {
  // Nor from a server that did not answer just now: that would be an error page.
  return formMethod && formMethod !== "GET" && actionStatus < 500 ? defaultShouldRevalidate : false;
}

/** A page whose route says `handle = { static: true }` is complete as it arrives and loads no script. */
export interface PageHandle {
  static?: boolean;
}

export function Layout({ children }: { children: ReactNode }) {
  const { nonce } = useContext(RequestContext);
  const data = useRouteLoaderData<typeof loader>("root");
  const failed = Boolean(useRouteError());
  const matches = useMatches();
  const scripts = !failed && !matches.some(({ handle }) => (handle as PageHandle | undefined)?.static);
  const page = data ? <LabContext.Provider value={data.lab}>{children}</LabContext.Provider> : children;
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#191d1c" media="(prefers-color-scheme: dark)" />
        <Meta />
        <Links />
      </head>
      <body>
        {page}
        {scripts && (
          <>
            <ScrollRestoration nonce={nonce} />
            <Scripts nonce={nonce} />
          </>
        )}
      </body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}

export function ErrorBoundary() {
  return <ErrorPage error={useRouteError()} />;
}
