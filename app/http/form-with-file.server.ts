/** A small form with one small file, which may be held in memory. Models come another way (see server/web/uploads). */
import { Refusal } from "@server/errors";
import { valuesOf } from "./form.server";

/**
 * Reads a form and one of its files.
 * @returns the text fields, and the file's bytes: none at all when no file was chosen
 * @throws Refusal `invalid` when the body is no form
 */
export async function formWithFile(
  request: Request,
  name: string,
): Promise<{ values: Record<string, string | string[]>; file: Uint8Array }> {
  const sent = await request.formData().catch(() => {
    throw new Refusal("invalid", "The form could not be read. Open the page again and send it once more.");
  });
  const found = sent.get(name);
  const file = found instanceof File ? new Uint8Array(await found.arrayBuffer()) : new Uint8Array();
  sent.delete(name);
  return { values: valuesOf(sent), file };
}
