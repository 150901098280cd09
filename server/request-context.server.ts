/**
 * What is known of the request that is being answered, for every line that is logged meanwhile. Express opens it, pages and
 * endpoints add to it; the two are module graphs of their own, so the store is the process's.
 */
import { AsyncLocalStorage } from "node:async_hooks";

export interface RequestFacts {
  /** The request's id, as `X-Request-Id` gives it. */
  request: string;
  /** The workstation that proved itself. */
  workstation?: string;
  /** The route as a pattern, when somebody knows better than the address tells. */
  route?: string;
  /** What a request that changes nothing has read already; undefined for one that may change something. */
  read?: Map<string, Promise<unknown>>;
}

const STORE = Symbol.for("printdesk.request");
const here = globalThis as { [STORE]?: AsyncLocalStorage<RequestFacts> };
const store = (here[STORE] ??= new AsyncLocalStorage<RequestFacts>());

/** Does the work with these facts at hand. */
export function withRequest<T>(facts: RequestFacts, work: () => T): T {
  return store.run(facts, work);
}

/** The facts of the request that is being answered; undefined outside of one. */
export function requestFacts(): RequestFacts | undefined {
  return store.getStore();
}

/** Adds to them; nothing happens outside of a request. */
export function noteRequest(more: Partial<Pick<RequestFacts, "workstation" | "route">>): void {
  Object.assign(store.getStore() ?? {}, more);
}

/** Reads it once for the whole of a request that changes nothing; for any other, and outside of one, each time. */
export function oncePerRequest<T>(what: string, read: () => Promise<T>): Promise<T> {
  const known = store.getStore()?.read;
  if (!known) return read();
  const before = known.get(what) as Promise<T> | undefined;
  const now = before ?? read();
  if (!before) known.set(what, now);
  return now;
}
