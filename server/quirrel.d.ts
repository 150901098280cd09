/** Quirrel's CommonJS entries have no types of their own (see docs: its ESM entries do not resolve). */
declare module "quirrel/client.cjs" {
  export { QuirrelClient } from "quirrel/client";
}
