/** What the lab can print with: the catalog's shape and its rules. Pure: the browser may have it. */
import { z } from "zod";
import { CONTROL } from "../invisible";

/** Most of each; far more than a lab has, and the form stays readable. */
const MOST = { methods: 10, printers: 100, materials: 100, colors: 60 } as const;
/** The highest price of a gram and the highest minimum charge, in cents. */
export const MOST_CENTS = 100_000;
const MOST_MM = 5_000;

const id = z
  .string({ error: "Enter an id." })
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    "Use small letters, digits, - and _ for the id, at most 64 of them, and begin with a letter or digit.",
  );

function words(what: string, most: number) {
  return z
    .string({ error: `Enter ${what}.` })
    .trim()
    .min(1, `Enter ${what}.`)
    .max(most, `Shorten ${what} to ${most} characters or fewer.`)
    .refine((v) => !CONTROL.test(v), `Remove the invisible characters from ${what}.`);
}

function perhaps(what: string, most: number) {
  return z
    .string({ error: `Enter ${what} as text.` })
    .trim()
    .max(most, `Shorten ${what} to ${most} characters or fewer.`)
    .refine((v) => !CONTROL.test(v), `Remove the invisible characters from ${what}.`)
    .default("");
}

/** A number whose sentences say what is wrong: no number, too low, too high, too fine. */
function amount(
  what: string,
  unit: string,
  { above, least, most, decimals }: { above?: number; least?: number; most: number; decimals: number },
) {
  const scale = 10 ** decimals;
  const low = above === undefined ? `at least ${least} ${unit}` : `more than ${above} ${unit}`;
  return z
    .number({ error: `Enter ${what} as a number in ${unit}.` })
    .refine((v) => (above === undefined ? v >= least! : v > above), `Enter ${what} of ${low}.`)
    .refine((v) => v <= most, `Enter ${what} of at most ${most.toLocaleString("en-US")} ${unit}.`)
    .refine(
      (v) => Math.abs(v * scale - Math.round(v * scale)) < 1e-6,
      decimals === 0 ? `Enter ${what} in whole ${unit}.` : `Enter ${what} with at most ${decimals} decimals.`,
    );
}

const side = (what: string) => amount(what, "mm", { above: 0, most: MOST_MM, decimals: 2 });
const active = z.boolean({ error: "Say whether it is in use: true or false." }).default(true);

export const PrinterSchema = z.strictObject({
  id,
  name: words("the printer's name", 64),
  methods: z
    .array(words("a method", 64), { error: "Choose what this printer prints." })
    .min(1, "Choose at least one method that this printer prints."),
  /** Width, depth, height in millimetres. */
  build_volume_mm: z.tuple([side("the width"), side("the depth"), side("the height")], {
    error: "Enter width, depth and height.",
  }),
  /** The same in inches, as the lab words it for students. */
  dimensions_text: perhaps("the dimensions", 300),
  active,
  note: perhaps("the note", 300),
});

export const ColorSchema = z.strictObject({
  id,
  name: words("the color's name", 64),
  hex: z
    .string({ error: "Choose the color as #rrggbb." })
    .regex(/^#[0-9a-f]{6}$/i, "Choose the color as #rrggbb, such as #c8102e."),
  active,
});

export const MaterialSchema = z.strictObject({
  id,
  name: words("the material's name", 64),
  method: words("the method", 64),
  /** Cents per gram; up to two decimals of a cent. */
  price_per_gram_cents: amount("a price", "¢ per gram", { least: 0, most: MOST_CENTS, decimals: 2 }),
  density_g_cm3: amount("a density", "g/cm³", { above: 0, most: 25, decimals: 4 }),
  colors: z
    .array(ColorSchema, { error: "Add the material's colors." })
    .min(1, "Add at least one color.")
    .max(MOST.colors, `Keep to ${MOST.colors} colors.`),
  active,
});

/** The shape alone: what was valid when it was written is read, also after a rule was added. */
export const StoredCatalogSchema = z.strictObject({
  methods: z
    .array(words("a method", 64), { error: "Name the print methods." })
    .min(1, "Name at least one print method.")
    .max(MOST.methods, `Keep to ${MOST.methods} methods.`),
  /** Method → what students read about it. */
  method_notes: z.record(z.string(), perhaps("the method's note", 400)).default({}),
  minimum_charge_cents: amount("a minimum charge", "cents", { least: 0, most: MOST_CENTS, decimals: 0 }).default(300), // prettier-ignore
  printers: z.array(PrinterSchema, { error: "List the printers." }).max(MOST.printers, `Keep to ${MOST.printers} printers.`), // prettier-ignore
  materials: z.array(MaterialSchema, { error: "List the materials." }).max(MOST.materials, `Keep to ${MOST.materials} materials.`), // prettier-ignore
});

type Path = (string | number)[];
type Complain = (path: Path, message: string) => void;

/** Each thing once: by its key, in any case. */
function once(items: { key: string; path: Path }[], message: (key: string) => string, complain: Complain) {
  const seen = new Set<string>();
  for (const { key, path } of items) {
    const folded = key.normalize("NFKC").toLowerCase();
    if (seen.has(folded)) complain(path, message(key));
    seen.add(folded);
  }
}

export const CatalogSchema = StoredCatalogSchema.superRefine((catalog, context) => {
  const complain: Complain = (path, message) => context.addIssue({ code: "custom", path, message });
  const { methods, printers, materials } = catalog;
  const colors = materials.flatMap((m, i) => m.colors.map((c, k) => ({ ...c, path: ["materials", i, "colors", k] as Path }))); // prettier-ignore
  once(
    methods.map((key, i) => ({ key, path: ["methods", i] })),
    (key) => `The method "${key}" appears twice.`,
    complain,
  );
  for (const [what, list] of [
    ["printer", printers],
    ["material", materials],
  ] as const) {
    // prettier-ignore
    const at = (i: number, field: string): Path => [`${what}s`, i, field];
    once(list.map((x, i) => ({ key: x.id, path: at(i, "id") })), (key) => `Another ${what} has the id "${key}". Choose another id.`, complain); // prettier-ignore
    once(list.map((x, i) => ({ key: x.name, path: at(i, "name") })), (key) => `Another ${what} is called "${key}". Choose another name.`, complain); // prettier-ignore
  }
  once(
    colors.map(({ id: key, path }) => ({ key, path: [...path, "id"] })),
    (key) => `Another color has the id "${key}". Choose another id.`,
    complain,
  );
  materials.forEach((material, i) => {
    once(
      material.colors.map(({ name }, k) => ({ key: name, path: ["materials", i, "colors", k, "name"] })),
      (key) => `${material.name} has the color "${key}" twice.`,
      complain,
    );
    if (!methods.includes(material.method))
      complain(["materials", i, "method"], `${material.name} names the unknown method "${material.method}".`);
  });
  printers.forEach((printer, i) => {
    for (const method of printer.methods)
      if (!methods.includes(method))
        complain(["printers", i, "methods"], `${printer.name} names the unknown method "${method}".`);
    if (new Set(printer.methods).size < printer.methods.length)
      complain(["printers", i, "methods"], `${printer.name} names a method twice.`);
  });
  for (const method of Object.keys(catalog.method_notes))
    if (!methods.includes(method))
      complain(["method_notes", method], `There is a note about the unknown method "${method}".`);
});

export type Catalog = z.infer<typeof CatalogSchema>;
export type Printer = z.infer<typeof PrinterSchema>;
export type Material = z.infer<typeof MaterialSchema>;
export type Color = z.infer<typeof ColorSchema>;

/** The catalog with its version number; 0 before the lab has set one up. */
export interface CatalogInForce {
  version: number;
  data: Catalog;
}

/**
 * What is wrong with a catalog, place by place: `"materials.0.price_per_gram_cents"` → sentences.
 * The same places are the keys of a refusal's `fields`.
 */
export function catalogErrors(error: z.ZodError): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const { path, message, code } of error.issues) {
    const place = path.join(".");
    const unknown = code === "unrecognized_keys";
    (fields[place] ??= []).push(unknown ? `Remove what the catalog does not know: ${message}.` : message);
  }
  return fields;
}
