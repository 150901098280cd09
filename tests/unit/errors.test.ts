/** What is told as "come back in a moment", and what is a fault of ours. */
import { expect, test } from "vitest";
import { isDatabaseAway } from "@server/errors";

const said = (message: string, code?: string) => Object.assign(new Error(message), code ? { code } : {});

test("R9: a database that is away, starting, too slow or cut off is no fault of what was asked", () => {
  for (const error of [
    said("connect ECONNREFUSED 127.0.0.1:5432", "ECONNREFUSED"),
    said("the database system is starting up", "57P03"),
    said("canceling statement due to statement timeout", "57014"),
    said("Connection terminated unexpectedly"),
    Object.assign(new Error("insert into …"), { nativeError: said("terminating connection", "57P01") }),
    new Error("It failed.", { cause: said("socket", "ECONNRESET") }),
  ])
    expect(isDatabaseAway(error), error.message).toBe(true);
});

test("a row that may not be, a missing file and a thing that is no error are others", () => {
  for (const error of [said("duplicate key", "23505"), said("no such file", "ENOENT"), "57014", null])
    expect(isDatabaseAway(error)).toBe(false);
});
