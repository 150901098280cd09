/** The links that students get: whoever cannot sign cannot make one, and one purpose is not another. */
import { randomBytes, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { readConfig, useConfig } from "@server/config.server";
import { jobIdFrom, referenceFor, tokenFor, tokenIdFrom } from "@server/jobs/sign.server";

const secret = (SECRET_KEY: string) =>
  useConfig(
    readConfig({
      SECRET_KEY,
      DATABASE_URL: "postgres://unused",
      WORKSTATIONS: '[{"id":"front","name":"Front","password":"1234"}]',
    }),
  );
beforeEach(() => secret("one".repeat(12)));

describe.each([
  ["reference", referenceFor, jobIdFrom, tokenIdFrom],
  ["confirm token", tokenFor, tokenIdFrom, jobIdFrom],
] as const)("R22: a %s", (_, seal, unseal, otherUnseal) => {
  test("leads back to its id, shows nothing of it, and is good in an address as it is", () => {
    const id = randomUUID();
    expect(unseal(seal(id))).toBe(id);
    expect(seal(id)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(seal(id)).not.toContain(id.slice(0, 8));
    expect(seal(id)).toBe(seal(id));
  });

  test("is unknown after any bit of it was changed", () => {
    const bytes = Buffer.from(seal(randomUUID()), "base64url");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, unseal(changed.toString("base64url"))]).toEqual([bit, null]);
    }
  });

  test("has one spelling only", () => {
    const text = seal(randomUUID());
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = [...alphabet].filter((char) => unseal(text.slice(0, -1) + char) !== null);
    expect(last).toEqual([text.at(-1)]);
    for (const other of ["", `${text}=`, `${text}A`, ` ${text}`, `${text}\n`, text.slice(1), `${text}\0`])
      expect(unseal(other)).toBeNull();
  });

  test("is no link of the other kind, and none under another secret", () => {
    const text = seal(randomUUID());
    expect(otherUnseal(text)).toBeNull();
    secret("two".repeat(12));
    expect(unseal(text)).toBeNull();
  });

  test("cannot be guessed, nor put together from two", () => {
    for (let n = 0; n < 500; n++) expect(unseal(randomBytes(32).toString("base64url"))).toBeNull();
    const [one, two] = [seal(randomUUID()), seal(randomUUID())].map((t) => Buffer.from(t, "base64url"));
    const mixed = Buffer.concat([one!.subarray(0, 16), two!.subarray(16)]).toString("base64url");
    expect(unseal(mixed)).toBeNull();
  });
});
