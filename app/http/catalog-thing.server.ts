/** The page of one printer or material, new or known: its loader's and its action's part. */
import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { catalogVersions, currentCatalog } from "@server/catalog/catalog.server";
import {
  afterRow,
  blankRow,
  colorRows,
  type Entered,
  gone,
  materialFrom,
  movedIn,
  oneOf,
  printerFrom,
  withRows,
  withThing,
} from "@server/catalog/edit";
import { freshId, idsEver } from "@server/catalog/ids";
import { catalogUsage } from "@server/catalog/in-use.server";
import { formFields } from "@server/catalog/places";
import type { Catalog } from "@server/catalog/schema";
import type { CatalogOutcome } from "~/components/catalog-form";
import type { ThingKind, ThingView } from "~/components/catalog-thing";
import { openAdminPage } from "./admin-page.server";
import { catalogPost, type CatalogPost, change, refusedCatalog, savedAt } from "./catalog-page.server";
import { requireAdmin } from "./session.server";

/** "printers" or "materials". @throws a 404 page for anything else */
export function thingKind(kind: string | undefined): ThingKind {
  if (kind === "printers" || kind === "materials") return kind;
  throw new Response("The catalog has printers and materials, nothing else.", { status: 404 });
}

/** Where it leads back: the catalog's page, or the first set-up that it was opened from. */
function backTo(request: Request, kind: ThingKind): { back: string; query: string } {
  const from = new URL(request.url).searchParams.get("from");
  return from === "first-run"
    ? { back: `/admin/first-run?step=${kind}`, query: "?from=first-run" }
    : { back: "/admin/catalog", query: "" };
}

export async function openThing(
  { request, context }: LoaderFunctionArgs,
  kind: ThingKind,
  id: string | null,
) {
  const { page, headers } = await openAdminPage(request, context);
  const [{ version, data: catalog }, usage] = await Promise.all([currentCatalog(), catalogUsage()]);
  const thing = catalog[kind].find((one) => one.id === id);
  // After a refused post the page still shows what was typed.
  if (id !== null && !thing && !page.failed)
    throw new Response("The catalog in force has no such entry. Look into its history.", { status: 404 });
  const { back, query } = backTo(request, kind);
  const view: ThingView = {
    kind,
    id,
    version,
    catalog,
    staff: page.staff,
    form_key: crypto.randomUUID(),
    jobs: usage[kind][id ?? ""] ?? 0,
    color_jobs: usage.colors,
    action: `${id === null ? `/admin/catalog/add/${kind}` : `/admin/catalog/${kind}/${id}`}${query}`,
    back,
  };
  return data({ page, view, title: id === null ? `New ${kind === "printers" ? "printer" : "material"}` : (thing?.name ?? id) }, { headers }); // prettier-ignore
}

export async function saveThing(
  { request, context }: ActionFunctionArgs,
  kind: ThingKind,
  id: string | null,
) {
  const desk = await requireAdmin(request);
  const post = await catalogPost(request);
  const { typed, intent } = post;
  const again = rearranged(post);
  if (again) return data({ ...NOTHING, typed: again, version: post.version } satisfies CatalogOutcome);
  const { back } = backTo(request, kind);
  const versions = await catalogVersions();
  const at = (catalog: Catalog) => {
    const found = id === null ? -1 : catalog[kind].findIndex((one) => one.id === id);
    return found < 0 ? catalog[kind].length : found;
  };
  try {
    const saved = await change(desk, post, (catalog) => {
      if (id !== null && !catalog[kind].some((one) => one.id === id)) throw gone();
      if (intent === "remove") return afterRow(catalog, kind, id ?? "", "remove");
      return edited(catalog, kind, id, typed, versions);
    });
    return savedAt(back, saved);
  } catch (error) {
    const place = at((await currentCatalog()).data);
    return refusedCatalog(error, context, post, (fields) => formFields(fields, kind, place, typed));
  }
}

/** The catalog with what was typed; a new one stands at the end, whatever id was typed for it. */
function edited(catalog: Catalog, kind: ThingKind, id: string | null, typed: Entered, versions: Catalog[]) {
  const word = kind === "printers" ? "printer" : "material";
  const its = id ?? (oneOf(typed, "thing_id").trim() || freshId(oneOf(typed, "name"), idsEver(versions, word), word)); // prettier-ignore
  const thing =
    kind === "printers" ? printerFrom(typed, its) : materialFrom(typed, its, idsEver(versions, "color"));
  if (id === null) return { ...catalog, [kind]: [...catalog[kind], thing] };
  return withThing(catalog, kind, thing);
}

const NOTHING: CatalogOutcome = { message: "", fields: {}, typed: {}, stale: null, version: 0 };

/** Without a script the lines of colors are added and moved here; nothing is saved by that. */
function rearranged({ intent, typed }: CatalogPost): Entered | null {
  const [, how, key] = /^color\.(add|up|down)(?:\.(.+))?$/.exec(intent) ?? [];
  if (!how) return null;
  const rows = colorRows(typed);
  const at = rows.findIndex((row) => row.key === key);
  return withRows(
    typed,
    how === "add" ? [...rows, blankRow(rows)] : movedIn(rows, at, how === "up" ? -1 : 1),
  );
}
