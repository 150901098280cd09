/** What every page knows about the lab. The root loader fills it; a test or a broken start sees the fallback. */
import { createContext, useContext } from "react";
import type { Settings } from "@server/settings/schema";

export type Lab = Pick<
  Settings,
  | "lab_name"
  | "university_name"
  | "payment_system"
  | "guide_name"
  | "guide_url"
  | "contact_email"
  | "time_zone"
  | "environment_banner"
  | "logo"
>;

const UNKNOWN: Lab = {
  lab_name: "3D Print Lab",
  university_name: "",
  payment_system: "",
  guide_name: "printing guide",
  guide_url: "",
  contact_email: "",
  time_zone: "UTC",
  environment_banner: "",
  logo: "",
};

/** The public part of the settings. */
export function publicFacts(settings: Settings): Lab {
  const facts = Object.keys(UNKNOWN) as (keyof Lab)[];
  return Object.fromEntries(facts.map((key) => [key, settings[key]])) as Lab;
}

export const LabContext = createContext<Lab>(UNKNOWN);
export const useLab = () => useContext(LabContext);

/** How far the server is with drawing a page. */
export interface Drawing {
  /** The guarded piece (`Guarded`) that was begun last. */
  at: string | null;
  /** Those that cannot be drawn. */
  broken: Set<string>;
}

/** What the server knows about this very request; in the browser it is empty. */
export const RequestContext = createContext<{
  nonce?: string;
  requestId?: string;
  unavailable?: boolean;
  drawing?: Drawing;
}>({});
