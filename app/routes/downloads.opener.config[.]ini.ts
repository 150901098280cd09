/** This workstation's config.ini for the slicer opener. */
import type { LoaderFunctionArgs } from "@remix-run/node";
import { openerConfig } from "@server/opener/config-file";
import { requireWorkstation } from "~/http/session.server";

export async function loader({ request }: LoaderFunctionArgs) {
  const { workstation_name, storage_path } = await requireWorkstation(request);
  if (!storage_path)
    throw new Response(
      "Nobody has set up where this workstation finds the storage. Ask whoever runs the print desk to set its storage_path.",
      { status: 404 },
    );
  return new Response(openerConfig(workstation_name, storage_path), {
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Disposition": 'attachment; filename="config.ini"',
      "Cache-Control": "private, no-store",
    },
  });
}
