/** The specification's printers, materials, colours and prices: what a fresh lab starts with. */
import type { Catalog } from "./schema";

export const EXAMPLE_CATALOG: Catalog = {
  methods: ["Filament", "Resin"],
  method_notes: {
    Filament:
      "Good resolution, suitable for simpler models. Fast. Best For: Medium items. Cost: Least expensive.",
    Resin: "Super high resolution and detail. Slow. Best For: Small items. Cost: More expensive.",
  },
  minimum_charge_cents: 300,
  printers: [
    {
      id: "prusa_mk4s",
      name: "Prusa MK4S",
      methods: ["Filament"],
      build_volume_mm: [250, 210, 220],
      dimensions_text: '9.84" × 8.3" × 8.6" (250 × 210 × 220 mm)',
      active: true,
      note: "",
    },
    {
      id: "prusa_xl",
      name: "Prusa XL",
      methods: ["Filament"],
      build_volume_mm: [360, 360, 360],
      dimensions_text: '14.17" × 14.17" × 14.17" (360 × 360 × 360 mm)',
      active: true,
      note: "",
    },
    {
      id: "raise3d_pro2_plus",
      name: "Raise3D Pro 2 Plus",
      methods: ["Filament"],
      build_volume_mm: [305, 305, 605],
      dimensions_text: '12" × 12" × 23.8" (305 × 305 × 605 mm)',
      active: true,
      note: "",
    },
    {
      id: "formlabs_form3",
      name: "Formlabs Form 3",
      methods: ["Resin"],
      build_volume_mm: [145, 145, 175],
      dimensions_text: "5.7 × 5.7 × 7.3 inches (145 x 145 x 175 mm)",
      active: true,
      note: "",
    },
  ],
  materials: [
    {
      id: "pla",
      name: "PLA filament",
      method: "Filament",
      price_per_gram_cents: 10,
      density_g_cm3: 1.24,
      colors: [
        { id: "true-red", name: "True Red", hex: "#c8102e", active: true },
        { id: "orange", name: "Orange", hex: "#e8731a", active: true },
        { id: "yellow", name: "Yellow", hex: "#f2c516", active: true },
        { id: "green", name: "Green", hex: "#1f8a4c", active: true },
        { id: "blue", name: "Blue", hex: "#1f5fbf", active: true },
        { id: "purple", name: "Purple", hex: "#6b3fa0", active: true },
        { id: "brown", name: "Brown", hex: "#6e4a2f", active: true },
        { id: "silver", name: "Silver", hex: "#a8adb3", active: true },
        { id: "black", name: "Black", hex: "#1d1d1f", active: true },
        { id: "white", name: "White", hex: "#f7f7f5", active: true },
      ],
      active: true,
    },
    {
      id: "standard-resin",
      name: "Standard resin",
      method: "Resin",
      price_per_gram_cents: 20,
      density_g_cm3: 1.17,
      colors: [
        { id: "resin-black", name: "Black", hex: "#1d1d1f", active: true },
        { id: "resin-white", name: "White", hex: "#f3f2ee", active: true },
        { id: "resin-gray", name: "Gray", hex: "#808489", active: true },
        { id: "resin-clear", name: "Clear", hex: "#dfe9ee", active: true },
      ],
      active: true,
    },
  ],
};

/** Before anything is set up: the methods with their notes and the minimum charge, and nothing to print with. */
export const EMPTY_CATALOG: Catalog = {
  methods: EXAMPLE_CATALOG.methods,
  method_notes: EXAMPLE_CATALOG.method_notes,
  minimum_charge_cents: EXAMPLE_CATALOG.minimum_charge_cents,
  printers: [],
  materials: [],
};
