/** The lab's logo: taken in, shown, taken away. */
import { createHash } from "node:crypto";
import { db, inTransaction } from "../db.server";
import { invalidField, Refusal } from "../errors";
import { appendEvent } from "../events/append.server";
import { requireActiveStaff } from "../staff/staff.server";
import { LOGO_LIMITS, pictureIn } from "./picture";
import { holdSettings, said, writeSettings } from "./save-settings.server";
import { settings } from "./settings.server";

/** A logo as it is sent to browsers. */
export interface Logo {
  content_type: string;
  bytes: Uint8Array;
}

/**
 * Puts a picture over the door, or takes it away. The same picture again changes nothing.
 * @param input.bytes the file as it was received; null takes the logo away
 * @throws Refusal `invalid` on `logo` for anything but a sound PNG, JPEG or WebP within the limits, and on `staff_name`
 */
export async function saveLogo(
  desk: { workstation_id: string },
  input: { staff_name: string; bytes: Uint8Array | null },
): Promise<void> {
  const name = await requireActiveStaff(input.staff_name);
  const logo = input.bytes && checked(input.bytes);
  await inTransaction(async (trx) => {
    await holdSettings(trx);
    const before = (await settings(trx)).logo;
    const now = logo?.sha256 ?? "";
    if (before === now) return;
    if (logo) await trx("logos").insert(logo).onConflict("sha256").ignore();
    const changes = { logo: { from: before, to: now } };
    await writeSettings(trx, name, changes);
    await appendEvent(
      trx,
      { name, workstation_id: desk.workstation_id },
      { type: "SettingsChanged", details: { group: "lab", said: said(changes), changes } },
    );
  });
}

function checked(bytes: Uint8Array) {
  if (bytes.length === 0) throw invalidField("logo", "Choose the picture first.");
  if (bytes.length > LOGO_LIMITS.bytes)
    throw invalidField("logo", `The picture is too large. Choose one of at most ${LOGO_LIMITS.bytes / 1024} kB.`); // prettier-ignore
  const picture = pictureIn(bytes);
  if (!picture)
    throw invalidField(
      "logo",
      "This is no PNG, JPEG or WebP picture, whatever its name says. SVG files are not taken, because they can carry scripts; export the logo as PNG.",
    );
  const { type, width, height } = picture;
  if (Math.max(width, height) > LOGO_LIMITS.pixels)
    throw invalidField("logo", `The picture is ${width} × ${height} pixels. Choose one of at most ${LOGO_LIMITS.pixels} on either side.`); // prettier-ignore
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { sha256, content_type: type, width, height, bytes: Buffer.from(bytes) };
}

/**
 * A logo by its content.
 * @throws Refusal `not_found`
 */
export async function findLogo(sha256: string): Promise<Logo> {
  const row = /^[0-9a-f]{64}$/.test(sha256)
    ? ((await db()("logos").where({ sha256 }).first("content_type", "bytes")) as Logo | undefined)
    : undefined;
  if (!row) throw new Refusal("not_found", "There is no such logo.");
  return row;
}
