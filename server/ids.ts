/** Ids as they come in from outside. Pure: no I/O. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** May this text be asked for as a UUID? PostgreSQL answers anything else with an error. */
export function isUuid(text: unknown): text is string {
  return typeof text === "string" && UUID.test(text);
}
