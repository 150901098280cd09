/** The slicer opener for the staff's computers, with what this very workstation has to do. */
import { data, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, type MetaFunction } from "@remix-run/react";
import { openerBuilds } from "@server/opener/builds.server";
import { type OpenerPlatform, platformOfMount } from "@server/opener/config-file";
import { errorTitle } from "~/components/error-page";
import { OpenerSetup } from "~/components/opener-setup";
import { NO_INDEX, pageTitle } from "~/components/page-title";
import { StaffShell } from "~/components/staff-shell";
import { noStore } from "~/http/job-action.server";
import { requireWorkstation } from "~/http/session.server";

export { StaffErrorBoundary as ErrorBoundary } from "~/components/staff-error";
export const headers = noStore;

const TITLE = "Set up the slicer opener";

export const meta: MetaFunction<typeof loader> = ({ error, matches }) => [
  { title: pageTitle(error ? errorTitle(error) : TITLE, matches) },
  NO_INDEX,
];

export async function loader({ request }: LoaderFunctionArgs) {
  const { workstation_name, admin, storage_path } = await requireWorkstation(request);
  return data({
    session: { workstation_name, admin },
    mount: storage_path,
    platform: storage_path ? platformOfMount(storage_path) : platformOf(request),
    builds: await openerBuilds(),
  });
}

function platformOf(request: Request): OpenerPlatform {
  const agent = request.headers.get("User-Agent") ?? "";
  return /Windows/.test(agent) ? "win" : /Mac OS X/.test(agent) ? "darwin" : "linux";
}

export default function Opener() {
  const { session, mount, platform, builds } = useLoaderData<typeof loader>();
  return (
    <StaffShell session={session} at="/dashboard">
      <h1 className="mb-4 text-2xl">{TITLE}</h1>
      <OpenerSetup workstation={session.workstation_name} mount={mount} platform={platform} builds={builds} />
    </StaffShell>
  );
}
