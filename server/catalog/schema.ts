/** What the lab can print with: the catalog's shape and its rules. Pure: the browser may have it. */
import { z } from "zod";

const id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "use small letters, digits, - and _");
const name = z.string().trim().min(1).max(64);
const text = z.string().trim().max(300).default("");

export const PrinterSchema = z.strictObject({
  id,
  name,
  methods: z.array(name).min(1),
  /** Width, depth, height in millimetres. */
  build_volume_mm: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]),
  /** The same in inches, as the lab words it for students. */
  dimensions_text: text,
  active: z.boolean().default(true),
  note: text,
});

export const ColorSchema = z.strictObject({
  id,
  name,
  hex: z.string().regex(/^#[0-9a-f]{6}$/i, "use #rrggbb"),
  active: z.boolean().default(true),
});

export const MaterialSchema = z.strictObject({
  id,
  name,
  method: name,
  /** Cents per gram; up to two decimals of a cent. */
  price_per_gram_cents: z.number().min(0).max(100_000).multipleOf(0.01),
  density_g_cm3: z.number().positive().max(25),
  colors: z.array(ColorSchema).min(1),
  active: z.boolean().default(true),
});

export const CatalogSchema = z
  .strictObject({
    methods: z.array(name).min(1),
    /** Method → what students read about it. */
    method_notes: z.record(z.string(), z.string().max(400)).default({}),
    minimum_charge_cents: z.number().int().min(0).max(100_000).default(300),
    printers: z.array(PrinterSchema).min(1),
    materials: z.array(MaterialSchema).min(1),
  })
  .superRefine((catalog, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    const unique = (values: string[], path: string, what: string) => {
      const seen = new Set<string>();
      for (const value of values) {
        if (seen.has(value)) complain([path], `${what} "${value}" appears twice.`);
        seen.add(value);
      }
    };
    unique(catalog.methods, "methods", "The method");
    unique(catalog.printers.map((p) => p.id), "printers", "The printer id"); // prettier-ignore
    unique(catalog.materials.map((m) => m.id), "materials", "The material id"); // prettier-ignore
    unique(catalog.materials.flatMap((m) => m.colors.map((c) => c.id)), "materials", "The colour id"); // prettier-ignore
    catalog.printers.forEach((printer, i) => {
      for (const method of printer.methods)
        if (!catalog.methods.includes(method))
          complain(["printers", i, "methods"], `${printer.name} names the unknown method "${method}".`);
    });
    catalog.materials.forEach((material, i) => {
      if (!catalog.methods.includes(material.method))
        complain(
          ["materials", i, "method"],
          `${material.name} names the unknown method "${material.method}".`,
        );
    });
  });

export type Catalog = z.infer<typeof CatalogSchema>;
export type Printer = z.infer<typeof PrinterSchema>;
export type Material = z.infer<typeof MaterialSchema>;
export type Color = z.infer<typeof ColorSchema>;

/** The catalog with its version number. */
export interface CatalogInForce {
  version: number;
  data: Catalog;
}
