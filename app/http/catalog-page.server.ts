/** What the pages of the catalog share: the form's version and key, one change of the catalog, and saying no. */
import { data } from "@remix-run/node";
import { currentCatalog } from "@server/catalog/catalog.server";
import type { Entered } from "@server/catalog/edit";
import { changeCatalog, type SavedCatalog } from "@server/catalog/save-catalog.server";
import { type Catalog, catalogErrors, CatalogSchema } from "@server/catalog/schema";
import { Refusal } from "@server/errors";
import { AttributedSchema, fieldErrors, GuardSchema } from "@server/jobs/schemas";
import type { CatalogOutcome, StaleCatalog } from "~/components/catalog-form";
import { markRefused } from "~/components/page-title";
import { doneAt } from "./admin-page.server";
import { formOf, orErrorPage, refusalHeaders, refused, valuesOf } from "./form.server";

/** Fields of the catalog's forms that come several times. */
const LISTS = [
  "methods",
  "color_key",
  "color_id",
  "color_name",
  "color_hex",
  "color_active",
  "color_remove",
  "method_was",
  "method_name",
  "method_note",
  "method_remove",
  "preset",
];

/** A catalog's form as it came in. */
export interface CatalogPost {
  intent: string;
  typed: Entered;
  /** The version that the form was made from; 0 also when it says none, which is stale then. */
  version: number;
  form_key?: string;
}

export async function catalogPost(request: Request): Promise<CatalogPost> {
  const { intent, version, form_key, ...typed } = valuesOf(await orErrorPage(formOf(request)), LISTS);
  return {
    intent: String(intent ?? "save"),
    typed,
    version: /^\d{1,9}$/.test(String(version)) ? Number(version) : -1,
    form_key: GuardSchema.shape.form_key.safeParse(form_key).data,
  };
}

/**
 * Puts one change into force.
 * @throws Refusal as `changeCatalog`; without a name, everything else that is wrong is told with it
 */
export async function change(
  desk: { workstation_id: string },
  { typed, version, form_key, intent }: CatalogPost,
  edit: (catalog: Catalog) => Catalog,
): Promise<SavedCatalog> {
  const attributed = AttributedSchema.safeParse(typed);
  if (!attributed.success) {
    const rest = CatalogSchema.safeParse(edit((await currentCatalog()).data));
    const fields = { ...(rest.error && catalogErrors(rest.error)), ...fieldErrors(attributed.error) };
    throw new Refusal("invalid", "Please correct the fields marked below.", { fields });
  }
  const { staff_name } = attributed.data;
  return changeCatalog(desk, { staff_name, version, form_key, said: { intent, typed } }, edit);
}

/** Leads on and says what is in force now. */
export function savedAt(to: string, { version, changes }: SavedCatalog) {
  if (!changes.length) return doneAt(to, "Nothing was different, so nothing was saved.", "info");
  const more = changes.length > 3 ? `; and ${changes.length - 3} more changes` : "";
  return doneAt(to, `Version ${version} is in force. ${changes.slice(0, 3).join("; ")}${more}.`);
}

/**
 * The same page again with what was typed and what is in the way.
 * @param places puts the sentences to the form's fields
 */
export function refusedCatalog(
  error: unknown,
  context: Parameters<typeof markRefused>[0],
  post: CatalogPost,
  places: (fields: Record<string, string[]>) => Record<string, string[]> = (fields) => fields,
) {
  const refusal = refused(error);
  const { status, message, reason, details } = refusal;
  markRefused(context);
  const stale = reason === "stale" ? (details as unknown as StaleCatalog) : null;
  const outcome: CatalogOutcome = {
    message,
    fields: places(refusal.fields),
    typed: post.typed,
    stale,
    version: stale?.version ?? post.version,
  };
  return data(outcome, { status, headers: refusalHeaders(refusal) });
}
