/** Logging in, staying in and getting out; and the limits that count in the database. */
import { randomUUID } from "node:crypto";
import { hash } from "@node-rs/argon2";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeDb } from "@server/db.server";
import { Refusal } from "@server/errors";
import { limitLogins, limitSubmissions as countSubmission } from "@server/limits.server";
import { settings } from "@server/settings/settings.server";
import { findSession, logIn, logOut, workstationChoices } from "@server/sessions/session.server";
import { passTime } from "../support/clock";
import { freshLab, type Lab, WORKSTATIONS } from "../support/database";
import { handIn, lockFor, newCube, submitCube, theJob } from "../support/desk";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
});
beforeEach(async () => {
  lab.configure();
  await lab.owner("TRUNCATE rate_limits");
  await lab.owner("TRUNCATE settings");
});

const enter = (workstation_id = "front", password = `${workstation_id}-pass`, ip: string = randomUUID()) =>
  logIn({ workstation_id, password }, ip);
/** A submission, counted with the limits in force. */
const limitSubmissions = async (ip: string, email: string) => {
  const lab = await settings();
  await countSubmission(ip, email, {
    perStudent: lab.submissions_per_hour_per_student,
    perAddress: lab.submissions_per_hour_per_address,
  });
};
const refusalOf = async (doing: Promise<unknown>): Promise<Refusal> => {
  const error: unknown = await doing.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
};

describe("R23: sessions", () => {
  test("the right password opens one for twelve hours, and the log knows", async () => {
    const { token, expires_at } = await enter();
    const session = await findSession(token);
    expect(session).toMatchObject({
      workstation_id: "front",
      workstation_name: "Front computer",
      admin: true,
      expires_at: expires_at.toISOString(),
    });
    expect(Math.abs(expires_at.getTime() - Date.now() - 12 * 3_600_000)).toBeLessThan(60_000);
    const [event] = await lab.owner("SELECT * FROM events ORDER BY id DESC LIMIT 1");
    expect(event).toMatchObject({ event_type: "WorkstationLogin", workstation_id: "front" });
    expect(JSON.stringify(event)).not.toContain(token);
    const [row] = await lab.owner("SELECT * FROM workstation_sessions WHERE id = $1", [session!.session_id]);
    expect(JSON.stringify(row)).not.toContain(token);
  });

  test("a wrong password and an unknown workstation get the same answer, and no session", async () => {
    const before = await lab.owner("SELECT id FROM workstation_sessions");
    const said = await Promise.all(
      [enter("front", "wrong-pass"), enter("front", ""), enter("nowhere", "front-pass"), enter("", "")].map(
        refusalOf,
      ),
    );
    for (const no of said)
      expect([no.code, no.message]).toEqual(["unauthenticated", "Invalid workstation ID or password"]);
    expect(await lab.owner("SELECT id FROM workstation_sessions")).toEqual(before);
  });

  test("capitals and blanks around the id do not matter; they do in the password", async () => {
    await expect(enter(" FRONT ", "front-pass")).resolves.toHaveProperty("token");
    expect((await refusalOf(enter("front", "Front-pass"))).code).toBe("unauthenticated");
    expect((await refusalOf(enter("front", " front-pass"))).code).toBe("unauthenticated");
  });

  test("a hashed password works the same; its hash is no password", async () => {
    const password_hash = await hash("Correct horse");
    lab.configure({ WORKSTATIONS: JSON.stringify([{ id: "front", name: "Front", password_hash }]) });
    await expect(enter("front", "Correct horse")).resolves.toHaveProperty("token");
    for (const wrong of ["correct horse", password_hash, "", "front-pass"])
      expect((await refusalOf(enter("front", wrong))).code).toBe("unauthenticated");
  });

  test("every log-in has a token of its own; none that was altered is taken", async () => {
    const [one, two] = [await enter(), await enter()];
    expect(one.token).not.toBe(two.token);
    const { token } = one;
    const altered = Array.from(
      token,
      (char, i) => token.slice(0, i) + (char === "A" ? "B" : "A") + token.slice(i + 1),
    );
    for (const other of [...altered, "", token.slice(1), `${token}=`, token.toLowerCase(), "' OR true --"])
      expect([other, await findSession(other)]).toEqual([other, null]); // prettier-ignore
    expect(await findSession(token)).not.toBeNull();
  });

  test("log-out ends it at once, everywhere, and gives its locks back; others stay", async () => {
    const [mine, other] = [await enter(), await enter("back")];
    const session = (await findSession(mine.token))!;
    const job = await submitCube();
    await lockFor(session, job.id);
    await logOut(session.session_id);
    expect(await findSession(mine.token)).toBeNull();
    expect(await findSession(other.token)).not.toBeNull();
    expect((await theJob(job.id)).lock_key).toBeNull();
  });

  test("a changed password and a removed workstation end it; another one's do not", async () => {
    const { token } = await enter();
    const change = (stations: object[]) => lab.configure({ WORKSTATIONS: JSON.stringify(stations) });
    change(WORKSTATIONS.map((w) => (w.id === "back" ? { ...w, password: "other-pass" } : w)));
    expect(await findSession(token)).not.toBeNull();
    change(WORKSTATIONS.map((w) => (w.id === "front" ? { ...w, password: "other-pass" } : w)));
    expect(await findSession(token)).toBeNull();
    change(WORKSTATIONS.filter((w) => w.id !== "front"));
    expect(await findSession(token)).toBeNull();
    expect(workstationChoices().map((w) => w.id)).toEqual(["back", "office"]);
  });

  test("it ends after twelve hours by the database's clock", async () => {
    const { token } = await enter();
    await passTime(lab, { hours: 11, minutes: 59 });
    expect(await findSession(token)).not.toBeNull();
    await passTime(lab, { minutes: 2 });
    expect(await findSession(token)).toBeNull();
  });

  test("a workstation without the right to administer says so", async () => {
    expect((await findSession((await enter("back")).token))!.admin).toBe(false);
  });
});

describe("R24: guessing passwords", () => {
  test("ten tries an hour from an address, whatever the workstation; then it says when, and means it", async () => {
    const ip = "198.51.100.7";
    for (let n = 0; n < 10; n++)
      expect((await refusalOf(enter(`ghost${n}`, "guess", ip))).code).toBe("unauthenticated");
    const no = await refusalOf(enter("front", "front-pass", ip));
    expect(no.code).toBe("too_many");
    expect(no.details.retryAfterSeconds).toBeGreaterThan(3_500);
    expect(no.details.retryAfterSeconds).toBeLessThanOrEqual(3_600);
    expect(no.message).toMatch(/in 60 minutes\.$/);
    await passTime(lab, { seconds: no.details.retryAfterSeconds! });
    await expect(enter("front", "front-pass", ip)).resolves.toHaveProperty("token");
  });

  test("however a workstation's name is written, it is one workstation", async () => {
    for (let n = 0; n < 10; n++)
      await refusalOf(enter([" front", "FRONT", "front\t"][n % 3]!, "guess", `198.51.102.${n}`));
    expect((await refusalOf(enter("front  ", "guess", "198.51.102.99"))).code).toBe("too_many");
    await passTime(lab, { seconds: 3_601 });
  });

  test("ten tries an hour at a workstation, from however many addresses", async () => {
    for (let n = 0; n < 10; n++)
      expect((await refusalOf(enter(n % 2 ? "front" : "FRONT", "guess"))).code).toBe("unauthenticated");
    expect((await refusalOf(enter("front", "front-pass"))).code).toBe("too_many");
    await expect(enter("back")).resolves.toHaveProperty("token");
  });

  test("tries at the same moment are all counted", async () => {
    const said = await Promise.all(Array.from({ length: 30 }, () => refusalOf(enter("front", "x", "same"))));
    expect(said.filter((no) => no.code === "unauthenticated")).toHaveLength(10);
    expect(said.filter((no) => no.code === "too_many")).toHaveLength(20);
  });

  test("the count survives a restart", async () => {
    for (let n = 0; n < 10; n++) await limitLogins("a", "w", 10);
    await closeDb();
    expect((await refusalOf(limitLogins("a", "w", 10))).code).toBe("too_many");
  });

  test("the table tells nobody who was here", async () => {
    await limitLogins("198.51.100.9", "front", 10);
    await limitSubmissions("198.51.100.9", "Ada@Example.edu");
    const text = JSON.stringify(await lab.owner("SELECT * FROM rate_limits"));
    expect(text).not.toMatch(/198\.51|ada|front/i);
  });
});

describe("R25: submissions", () => {
  test("five an hour for a student at an address, in any spelling of the e-mail; a campus shares thirty", async () => {
    const ip = "203.0.113.5";
    for (let n = 0; n < 5; n++) await limitSubmissions(ip, n % 2 ? "ada@example.edu" : "ADA@example.edu");
    const no = await refusalOf(limitSubmissions(ip, "Ada@Example.edu"));
    expect([no.code, no.message]).toEqual(["too_many", expect.stringContaining("Submission limit exceeded")]);
    expect(no.details.retryAfterSeconds).toBeGreaterThan(3_500);
    // The refused one cost the address nothing: 25 are left for the others, 1 each.
    for (let n = 0; n < 25; n++) await limitSubmissions(ip, `student${n}@example.edu`);
    expect((await refusalOf(limitSubmissions(ip, "late@example.edu"))).code).toBe("too_many");
    // Elsewhere the same student starts afresh.
    await limitSubmissions("203.0.113.6", "ada@example.edu");
    await passTime(lab, { hours: 1 });
    await limitSubmissions(ip, "ada@example.edu");
  });

  test("a lab behind one address raises the limit: 200 students with 3 models each are all let in", async () => {
    await lab.set({ submissions_per_hour_per_address: 600 });
    const tries = Array.from({ length: 600 }, (_, n) => limitSubmissions("nat", `s${n % 200}@example.edu`));
    await expect(Promise.all(tries)).resolves.toHaveLength(600);
    expect((await refusalOf(limitSubmissions("nat", "s1@example.edu"))).code).toBe("too_many");
  });

  test("the form itself is held to it, and pressing twice costs nothing", async () => {
    const same = { student_email: "eve@example.edu", ip: "203.0.113.9" };
    const form_key = randomUUID();
    const first = { ...same, form_key, content: Buffer.from((await submitCube()).id.repeat(30)) };
    await expect(handIn(first)).rejects.toMatchObject({ code: "invalid" }); // no model: not even counted
    const good = { ...first, content: newCube() };
    for (let n = 0; n < 20; n++) await handIn(good);
    for (let n = 0; n < 4; n++) await handIn(same);
    const no = await refusalOf(handIn(same));
    expect([no.code, typeof no.details.retryAfterSeconds]).toEqual(["too_many", "number"]);
  });
});
