/** pg-copy-streams brings no types: a query to submit that is a stream of the COPY's text. */
declare module "pg-copy-streams" {
  import type { Submittable, Connection } from "pg";
  import type { Readable, Writable } from "node:stream";
  interface Copy extends Submittable {
    submit(connection: Connection): void;
    rowCount: number;
  }
  export function to(sql: string): Readable & Copy;
  export function from(sql: string): Writable & Copy;
}
