/** What Express hands to every loader and action. */
import type { ReceivedForm } from "@server/files/receive.server";
import type { Timing } from "@server/timing";

declare module "@remix-run/node" {
  interface AppLoadContext {
    /** For inline scripts of this answer. */
    nonce: string;
    requestId: string;
    /** The caller's address, as far as the trusted proxies tell. */
    ip: string;
    /** The form with a file that Express has already received, on the paths that take one. */
    received?: ReceivedForm;
    /** How long that took; the page adds its own steps. */
    timing?: Timing;
    /** Resolves when the answer's socket takes more, or is gone. */
    drained?: () => Promise<void>;
    /** Set when this request failed because the database is away. */
    unavailable?: boolean;
  }
}

export {};
