/** What holds for the API as a whole: tokens, bodies, lists, caches, keys, the job object, and what is written down. */
import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { log } from "@server/log.server";
import { Job } from "@server/jobs/job.server";
import { referenceFor } from "@server/jobs/sign.server";
import { type Answer, answerTo, ask, type Ask, tokenFor } from "../support/api";
import { GOOD, openWorld, submission, type World } from "../support/api-good";
import { passTime } from "../support/clock";
import { freshLab, type Lab, WORKSTATIONS } from "../support/database";
import { BACK, drive, everythingAbout, lockFor, newCube, STAFF, submitCube, tokenOf } from "../support/desk";

let lab: Lab;
let world: World;
beforeAll(async () => {
  lab = await freshLab();
  await lab.set({
    submissions_per_hour_per_student: 1000,
    submissions_per_hour_per_address: 1000,
    logins_per_hour: 1000,
  });
});
beforeEach(async () => {
  lab.configure();
  await lab.owner("DELETE FROM rate_limits");
  world = await openWorld(lab);
});

const by = { staff_name: STAFF };
const get = (path: string, more: Partial<Ask> = {}) =>
  ask({ method: "GET", path, token: world.token, ...more });
const post = (path: string, body: unknown, more: Partial<Ask> = {}) =>
  ask({ method: "POST", path, token: world.token, body, ...more });

describe("R23: tokens", () => {
  test("a cookie opens nothing; a forged, foreign, ended or too old token neither", async () => {
    const [head, claims, sign] = world.token.split(".") as [string, string, string];
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const wrong = [
      "",
      "x.y.z",
      `${head}.${claims}.${sign.slice(0, -2)}AA`,
      `${part({ alg: "none" })}.${claims}.`,
      `${part({ alg: "none" })}.${claims}.${sign}`,
      `${head}.${part({ sid: randomUUID(), aud: "printdesk-api" })}.${sign}`,
    ];
    for (const token of wrong) expect([token, (await get("jobs", { token })).status]).toEqual([token, 401]);
    const { token: cookie } = await (await import("@server/sessions/session.server")).logIn({ workstation_id: "front", password: "front-pass" }, randomUUID()); // prettier-ignore
    for (const headers of [
      { Cookie: `printdesk=${cookie}` },
      { Authorization: `Bearer ${cookie}` },
      { Authorization: `Basic ${world.token}` },
    ])
      // prettier-ignore
      expect((await get("jobs", { token: undefined, headers: headers as never })).status).toBe(401);

    // The scheme's name has no capitals of its own (RFC 9110).
    const lower = { Authorization: `bearer ${world.token}` };
    expect((await get("jobs", { token: undefined, headers: lower })).status).toBe(200);

    const other = await tokenFor("front");
    expect((await ask({ method: "POST", path: "auth/logout", token: other })).status).toBe(204);
    expect((await get("jobs", { token: other })).status).toBe(401);
    expect((await get("jobs")).status).toBe(200);
    lab.configure({ WORKSTATIONS: JSON.stringify(WORKSTATIONS.map((w) => ({ ...w, password: "changed" }))) });
    expect((await get("jobs")).status).toBe(401);
    lab.configure();
    expect((await get("jobs")).status).toBe(200);
    await passTime(lab, { hours: 12, minutes: 1 });
    expect((await get("jobs")).status).toBe(401);
  });
});

describe("R16: bodies that are none", () => {
  const odd: [
    what: string,
    body: string | Uint8Array,
    code: string,
    status?: number,
    headers?: Record<string, string>,
  ][] = [
    ["cut off", '{"staff_name":', "malformed_json"],
    ["no JSON", "staff_name=Jane", "malformed_json"],
    ["two values", '{"staff_name":"Jane Doe"}{}', "malformed_json"],
    ["a key twice", '{"staff_name":"Jane Doe","staff_name":"Sam Rivera"}', "malformed_json"],
    [
      "a key twice, in another spelling",
      '{"staff_name":"Jane Doe","staff\\u005fname":"Sam Rivera"}',
      "malformed_json",
    ],
    ["deep", `${"[".repeat(40_000)}${"]".repeat(40_000)}`, "malformed_json"],
    ["deep objects", `${'{"a":'.repeat(15_000)}1${"}".repeat(15_000)}`, "malformed_json"],
    ["no UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), "malformed_json"],
    ["UTF-16", Buffer.from('{"staff_name":"Jane Doe"}', "utf16le"), "malformed_json"],
    ["a list", "[]", "invalid"],
    ["null", "null", "invalid"],
    ["a number", "1e999", "invalid"],
    ["a text", '"Jane Doe"', "invalid"],
    ["NUL", '{"staff_name":"Jane\\u0000Doe"}', "invalid"],
    ["half a character", '{"staff_name":"Jane \\ud800 Doe"}', "invalid"],
    ["a huge number", '{"staff_name":"Jane Doe","version":1e400}', "invalid"],
    ["a number for a name", '{"staff_name":99999999999999999999999}', "invalid"],
    ["__proto__", '{"staff_name":"Jane Doe","__proto__":{"admin":true}}', "invalid"],
    ["constructor", '{"staff_name":"Jane Doe","constructor":1}', "invalid"],
    [
      "another charset",
      '{"staff_name":"Jane Doe"}',
      "media_type",
      415,
      { "Content-Type": "application/json; charset=utf-16" },
    ],
    ["a compressed body", '{"staff_name":"Jane Doe"}', "media_type", 415, { "Content-Encoding": "gzip" }],
    [
      "nearly JSON's type",
      '{"staff_name":"Jane Doe"}',
      "media_type",
      415,
      { "Content-Type": "application/jsonx" },
    ],
    ["a form", "staff_name=Jane", "media_type", 415, { "Content-Type": "application/x-www-form-urlencoded" }],
  ];
  test.each(odd)(
    "%s is refused, and nothing has changed",
    async (_, body, code, status = 400, headers = {}) => {
      const { ask: one, job } = await GOOD["POST jobs/{job_id}/review"]!(world);
      const before = await everythingAbout(job!);
      const answer = await ask({ ...one, body, headers: { "Content-Type": "application/json", ...headers } });
      expect([answer.status, answer.code]).toEqual([status, code]);
      expect(await everythingAbout(job!)).toEqual(before);
    },
  );

  test("a charset of UTF-8, in any spelling, and a mark at the start are taken", async () => {
    for (const type of [
      "application/json;charset=UTF-8",
      'Application/JSON; charset="utf-8"',
      "application/json",
    ]) {
      const { ask: one } = await GOOD["POST jobs/{job_id}/review"]!(world);
      const body = `\ufeff${JSON.stringify(one.body)}`;
      expect((await ask({ ...one, body, headers: { "Content-Type": type } })).status).toBe(200);
    }
  });

  test("100 kB are taken and one byte more is not, however it arrives and whatever is announced", async () => {
    const { ask: one } = await GOOD["POST jobs/{job_id}/unlock"]!(world);
    const body = (size: number) => {
      const text = JSON.stringify(one.body);
      return text + " ".repeat(size - text.length);
    };
    const inPieces = (text: string) =>
      new ReadableStream({
        async start(controller) {
          for (let at = 0; at < text.length; at += 9_000)
            controller.enqueue(Buffer.from(text.slice(at, at + 9_000)));
          controller.close();
        },
      });
    const most = 100 * 1024;
    expect((await ask({ ...one, body: inPieces(body(most)) })).status).toBe(200);
    expect((await ask({ ...one, body: inPieces(body(most + 1)) })).code).toBe("too_large");
    expect((await ask({ ...one, body: body(most + 1) })).code).toBe("too_large");
    expect((await ask({ ...one, body: "{}", headers: { "Content-Length": "999999999" } })).code).toBe(
      "too_large",
    );
    // What never ends is not read on for ever.
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(50_000).fill(32)),
    });
    const answer = await ask({ ...one, body: endless });
    expect([answer.status, answer.headers.get("Connection")]).toEqual([413, "close"]);
  });

  test("an endpoint that takes no body takes {} or nothing", async () => {
    for (const body of [undefined, "", {}, { surprise: 1 }, []]) {
      const { ask: one } = await GOOD["POST confirm/{token}"]!(world);
      const taken = body === undefined || body === "" || JSON.stringify(body) === "{}";
      expect([body, (await ask({ ...one, body })).status]).toEqual([body, taken ? 200 : 400]);
    }
  });
});

describe("addresses", () => {
  test("unknown ones, odd ones and ids in another spelling", async () => {
    const job = await submitCube();
    for (const path of ["", "nothing", "jobs/", `jobs/${job.id}/nothing`, "jobs//events", "openapi.json/x"])
      expect([path, (await get(path)).status]).toEqual([path, path === "jobs/" ? 200 : 404]);
    for (const id of ["x", "..", "%00", "%2e%2e%2fetc", "1042", `${job.id}x`, "%E0%A4%A"])
      expect([id, (await get(`jobs/${id}`)).status]).toEqual([id, 404]);
    for (const name of ["..%2f..%2fetc%2fpasswd", "%00", "metadata.json%00", "a%5cb", "nothing.stl"])
      expect([name, (await get(`jobs/${job.id}/files/${name}`)).status]).toEqual([name, 404]);
    const shouted = job.id.toUpperCase();
    expect((await get(`jobs/${shouted}`)).body).toMatchObject({ id: job.id });
    expect((await post(`jobs/${shouted}/lock`, by)).status).toBe(200);
    const noted = await ask({ method: "PATCH", path: `jobs/${shouted}/notes`, token: world.token, body: { ...by, notes: "x" } }); // prettier-ignore
    expect(noted.body).toMatchObject({
      id: job.id,
      notes: [{ body: "x", staff_name: STAFF, workstation_id: "front" }],
    });
  });

  test("parameters are refused by name when they are unknown, come twice or make no sense", async () => {
    const fields = async (query: string) =>
      Object.keys(
        ((await get(`jobs?${query}`)).body as { details: { fields: object } }).details?.fields ?? {},
      );
    for (const [query, ...names] of [
      ["statuss=UPLOADED&x=1", "statuss", "x"],
      ["page=1&page=2", "page"],
      ["page=0", "page"],
      ["page=1e9", "page"],
      ["limit=101&status=uploaded", "limit", "status"],
      ["confirmation_expired=perhaps", "confirmation_expired"],
      ["from=2026-02-30", "from"],
      // The year 0 is a day to JavaScript and an error to PostgreSQL.
      ["from=0000-01-01&to=0000-12-31", "from", "to"],
      ["sort=name", "sort"],
      ["search=%00", "search"],
      ["__proto__=1", "__proto__"],
      ["printer=a%0ab", "printer"],
    ] as const)
      expect([query, (await fields(query)).sort()]).toEqual([query, [...names].sort()]);
  });

  test("HEAD says what GET would, without a body; a download is not looked at that way", async () => {
    const job = await submitCube();
    const head = await answerTo(new Request("http://here/api/v1/catalog", { method: "HEAD" }));
    expect([head.status, head.headers.get("ETag")]).toEqual([200, expect.stringMatching(/^W\/"/)]);
    const file = await ask({
      method: "HEAD",
      path: `jobs/${job.id}/files/${job.display_name}`,
      token: world.token,
    });
    expect([file.status, file.headers.get("Allow")]).toEqual([405, "GET, OPTIONS"]);
  });
});

describe("lists", () => {
  test("pages have totals and links, and end; every status can be listed at once", async () => {
    const found = `Zed${randomUUID().slice(0, 8)}`;
    for (let n = 0; n < 5; n++) await submitCube({ student_name: `${found} Number` });
    await drive(await submitCube({ student_name: `${found} Number` }), "PENDING");
    const page = async (n: number, more = "") => (await get(`jobs?search=${found}&limit=2&page=${n}${more}`)) as Answer & { body: { jobs: { status: string; id: string }[]; total: number; filtered: number; pages: number } }; // prettier-ignore
    const first = await page(1);
    expect(first.body).toMatchObject({ filtered: 6, pages: 3, page: 1, limit: 2, filtered_capped: false });
    expect((first.body as { total: number }).total).toBe(await Job.query().resultSize());
    const link = first.headers.get("Link")!;
    expect(link).toContain(`</api/v1/jobs?search=${found}&limit=2&page=2>; rel="next"`);
    expect(link).not.toContain('rel="prev"');
    const last = await page(3);
    expect(last.headers.get("Link")).not.toContain('rel="next"');
    const jobs = [first, await page(2), last].flatMap(({ body }) => (body as { jobs: { id: string; status: string }[] }).jobs); // prettier-ignore
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(6);
    expect(jobs[0]!.status).toBe("PENDING");
    expect((await page(4)).body).toMatchObject({ jobs: [], page: 4, pages: 3 });
    expect((await page(1, "&status=PENDING")).body).toMatchObject({ filtered: 1, pages: 1 });
    const counts = await get(`jobs/counts?search=${found}`);
    expect(counts.body).toMatchObject({ counts: { UPLOADED: 5, PENDING: 1, COMPLETED: 0 }, total: 6 });
    for (const sort of ["waiting", "name", "printer", "created"])
      for (const dir of ["asc", "desc"])
        expect((await get(`jobs?status=UPLOADED&sort=${sort}&dir=${dir}&search=${found}`)).body).toMatchObject({ filtered: 5 }); // prettier-ignore
  });

  test("a list and the catalog answer 304 until something changes", async () => {
    const job = await submitCube();
    for (const path of [
      "jobs?status=UPLOADED",
      `jobs/${job.id}`,
      `jobs/${job.id}/events`,
      "jobs/counts",
      "staff",
      "catalog",
      "catalog/version",
      "openapi.json",
    ]) {
      const first = await get(path);
      const etag = first.headers.get("ETag")!;
      const again = await get(path, { headers: { "If-None-Match": `"other", ${etag}` } });
      expect([path, again.status, again.headers.get("ETag")]).toEqual([path, 304, etag]);
      expect((again.body as Buffer).length).toBe(0);
      expect((await get(path, { headers: { "If-None-Match": 'W/"other"' } })).status).toBe(200);
    }
    const etag = (await get("jobs?status=UPLOADED")).headers.get("ETag")!;
    await post(`jobs/${job.id}/lock`, by);
    expect((await get("jobs?status=UPLOADED", { headers: { "If-None-Match": etag } })).status).toBe(200);
  });
});

describe("the job object", () => {
  test("is the same in a list, alone and as an answer, with everything that belongs to the job", async () => {
    const { ask: one, job } = await GOOD["POST jobs/{job_id}/payment"]!(world);
    const paid = await ask(one);
    const alone = await get(`jobs/${job!.id}`);
    expect(alone.body).toEqual(paid.body);
    const listed = await get(`jobs?status=PAIDPICKEDUP&search=${job!.short_id}`);
    expect((listed.body as { jobs: unknown[] }).jobs).toEqual([paid.body]);
    expect(paid.body).toMatchObject({
      status: "PAIDPICKEDUP",
      locked_by: null,
      cost_cents: 300,
      payments: [
        { grams: 27.3, price_cents: 300, paid_by_staff: STAFF, workstation_id: "front", voided_at: null },
      ],
      files: [{ role: "authoritative" }, { role: "original", size_bytes: 684 }],
      mesh_report: { format: "stl", triangles: 12, size_mm: [10, 10, 10], watertight: true },
      reference: referenceFor(job!.id),
      next_steps: expect.arrayContaining(["revert-pickup"]),
    });
    const { history, history_total } = paid.body as {
      history: { event_type: string }[];
      history_total: number;
    };
    expect(history[0]!.event_type).toBe("PaymentRecorded");
    expect(history).toHaveLength(history_total);
  });

  test("names the holder while it is held", async () => {
    const job = await submitCube();
    const lock = (await post(`jobs/${job.id}/lock`, by)).body as { locked_until: string };
    expect((await get(`jobs/${job.id}`)).body).toMatchObject({ locked_by: "Jane Doe (Front computer)", locked_until: lock.locked_until }); // prettier-ignore
    await passTime(lab, { minutes: 6 });
  });

  test("its public form shows no ids of ours, no staff and no notes", async () => {
    const answer = await ask({
      method: "POST",
      path: "submit",
      ...submission({ student_name: "Grace Hopper" }),
    });
    const { id, short_id } = answer.body as { id: string; short_id: number };
    const [job] = await lab.owner<{ id: string }>("SELECT id FROM jobs WHERE short_id = $1", [short_id]);
    expect(answer.body).toMatchObject({
      status: "UPLOADED",
      student_name: "Grace Hopper",
      id: referenceFor(job!.id),
    });
    await post(`jobs/${job!.id}/lock`, by);
    await ask({ method: "PATCH", path: `jobs/${job!.id}/notes`, token: world.token, body: { ...by, notes: "secret words" } }); // prettier-ignore
    const seen = JSON.stringify((await ask({ method: "GET", path: `confirm/expired?job_id=${id}` })).body);
    for (const hidden of [job!.id, "Jane Doe", "secret words", "Grace Hopper", "@example.edu", "front"])
      expect(seen, hidden).not.toContain(hidden);
    expect((await ask({ method: "GET", path: `confirm/expired?job_id=${job!.id}` })).status).toBe(404);
  });
});

describe("R11: two who decide at once", () => {
  test("a hold of a page keeps a token out, and the other way round; without a key the token's own hold counts", async () => {
    const job = await submitCube();
    const page = await lockFor(BACK, job.id);
    expect((await post(`jobs/${job.id}/lock`, by)).code).toBe("locked");
    expect((await post(`jobs/${job.id}/review`, { ...by, reviewed: true })).code).toBe("locked");
    // The key alone is worth nothing in other hands.
    expect(
      (await post(`jobs/${job.id}/review`, { ...by, reviewed: true, lock_key: page.lock_key })).code,
    ).toBe("locked");
    await lab.owner("UPDATE jobs SET locked_until = now() WHERE id = $1", [job.id]);
    const mine = (await post(`jobs/${job.id}/lock`, by)).body as { lock_key: string };
    expect((await post(`jobs/${job.id}/lock`, by)).code).toBe("locked");
    expect(
      (await post(`jobs/${job.id}/review`, { ...by, reviewed: true }, { token: world.office })).code,
    ).toBe("locked");
    expect(
      (await post(`jobs/${job.id}/review`, { ...by, reviewed: true, lock_key: randomUUID() })).code,
    ).toBe("locked");
    expect(
      (await post(`jobs/${job.id}/review`, { ...by, reviewed: true, lock_key: mine.lock_key })).status,
    ).toBe(200);
    expect((await post(`jobs/${job.id}/review`, { ...by, reviewed: true })).code).toBe("no_lock");
  });

  test("a hold survives a refused body and ends with success", async () => {
    const { ask: one, job } = await GOOD["POST jobs/{job_id}/approve"]!(world);
    expect((await ask({ ...one, body: { ...(one.body as object), weight_g: 0 } })).code).toBe("invalid");
    expect((await ask({ ...one, body: { ...(one.body as object), staff_name: "Nobody" } })).code).toBe(
      "invalid",
    );
    expect((await get(`jobs/${job!.id}`)).body).toMatchObject({ locked_by: expect.stringContaining(STAFF) });
    expect((await ask(one)).body).toMatchObject({ status: "PENDING", locked_by: null });
  });
});

describe("a visit with several prints", () => {
  const visit = async () => {
    const { ask: one, job } = await GOOD["POST jobs/{job_id}/checkout"]!(world);
    const body = one.body as { also: { job_id: string; version: number; grams: number }[] };
    return { one, job: job!, body, other: body.also[0]! };
  };

  test("is taken whole or not at all, and says which field or print is in the way", async () => {
    const { one, job, body, other } = await visit();
    const stranger = await drive(await submitCube(), "COMPLETED");
    const unfinished = await drive(await submitCube({ student_email: job.student_email }), "PRINTING");
    const also = (...more: object[]) => ({ ...body, also: [other, ...more] });
    const print = ({ id, version }: Job) => ({ job_id: id, version, grams: 30 });
    const before = [await everythingAbout(job), await everythingAbout(stranger)];
    for (const [wrong, status, code] of [
      [also(other), 400, "invalid"],
      [also({ ...other, job_id: other.job_id.toUpperCase() }), 400, "invalid"],
      [also(print(job)), 400, "invalid"],
      [also(print(stranger)), 400, "invalid"],
      [also({ ...print(stranger), surprise: 1 }), 400, "invalid"],
      [also({ ...print(stranger), grams: -1 }), 400, "invalid"],
      [also({ job_id: stranger.id, grams: 30 }), 400, "invalid"],
      [{ ...body, also: Array(101).fill(other) }, 400, "invalid"],
      [{ ...body, also: other }, 400, "invalid"],
      [also(print(unfinished)), 409, "companion"],
      [also({ ...other, job_id: randomUUID() }), 409, "companion"],
      [{ ...body, also: [{ ...other, version: 1 }] }, 409, "companion"],
    ] as const) {
      const answer = await ask({ ...one, body: wrong });
      expect([wrong, answer.status, answer.code]).toEqual([wrong, status, code]);
      expect(Object.keys((answer.body as { details: { fields: object } }).details.fields)).toEqual(["also"]);
    }
    expect([await everythingAbout(job), await everythingAbout(stranger)]).toEqual(before);
    expect((await ask(one)).status).toBe(200);
  });

  test("two tokens that take the same prints at once: one receipt, and the other is told", async () => {
    const { one, job, body, other } = await visit();
    const held = await Job.query().findById(other.job_id);
    await post(`jobs/${other.job_id}/lock`, by, { token: world.office });
    // As the other desk sees it: its own print first, ours along.
    const theirs = { ...body, txn_no: `B${randomUUID().slice(0, 8)}`, also: [{ job_id: job.id, version: job.version, grams: 30 }] }; // prettier-ignore
    const answers = await Promise.all([
      ask(one),
      ask({ ...one, path: `jobs/${other.job_id}/checkout`, token: world.office, body: theirs }),
    ]);
    // Each holds what the other wants to take along, so neither may.
    expect(answers.map(({ code }) => code)).toEqual(["companion", "companion"]);
    await post(`jobs/${other.job_id}/unlock`, by, { token: world.office });
    expect(await Job.query().findById(other.job_id)).toMatchObject({ version: held!.version });
    const again = await Promise.all([ask(one), ask({ ...one, path: one.path.replace("checkout", "payment"), body: { ...by, grams: 27.3, txn_no: theirs.txn_no, picked_up_by: "Ada" } })]); // prettier-ignore
    expect(again.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await lab.owner("SELECT id FROM payments WHERE job_id = $1", [job.id])).toHaveLength(1);
  });
});

test("a job's letters are all in the document, the receipt of a payment and reminders too", async () => {
  const { ask: one, job } = await GOOD["POST jobs/{job_id}/payment"]!(world);
  await lab.set({ receipt_mail: true });
  const paid = await ask(one).finally(() => lab.set({ receipt_mail: false }));
  await lab.owner("INSERT INTO outbox (kind, job_id, payload, dedupe_key) VALUES ('mail', $1, $2, $3)", [job!.id, { letter: "pickup-reminder" }, randomUUID()]); // prettier-ignore
  const letters = (answer: Answer) => (answer.body as { letters: { letter: string }[] }).letters.map(({ letter }) => letter); // prettier-ignore
  expect(letters(paid)).toContain("payment_receipt");
  expect(letters(await get(`jobs/${job!.id}`))).toContain("pickup-reminder");
});

describe("R12: Idempotency-Key", () => {
  test("ten at once have one effect and one answer, also for a new token of the workstation", async () => {
    const { ask: one, job } = await GOOD["POST jobs/{job_id}/payment"]!(world);
    const headers = { "Idempotency-Key": "the-receipt-of-14:05" };
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask({ ...one, headers })));
    answers.push(await ask({ ...one, headers, token: await tokenFor("front") }));
    for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]!.body]);
    expect(await lab.owner("SELECT id FROM payments WHERE job_id = $1", [job!.id])).toHaveLength(1);
    // Another workstation's key of the same name is another key.
    expect((await ask({ ...one, headers, token: world.office })).code).toBe("no_lock");
    expect((await ask({ ...one, headers, path: one.path.replace("payment", "mark-picked-up"), body: { ...by, picked_up_by: "Ada" } })).code).toBe("idempotency_key_reused"); // prettier-ignore
  });

  test("ten submissions at once are one job; the file belongs to what is compared", async () => {
    const one = {
      method: "POST",
      path: "submit",
      headers: { "Idempotency-Key": randomUUID() },
      ...submission(),
    };
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(one)));
    for (const { status, body } of answers) expect([status, body]).toEqual([201, answers[0]!.body]);
    expect((await ask({ ...one, file: { content: newCube() } })).code).toBe("idempotency_key_reused");
    for (const key of ["", " ", "\u00e4", "two words", "x".repeat(256)])
      expect([key, (await ask({ ...one, headers: { "Idempotency-Key": key } })).code]).toEqual([
        key,
        "invalid",
      ]);
  });

  test("a refused call uses no key up", async () => {
    const { ask: one } = await GOOD["POST jobs/{job_id}/approve"]!(world);
    const headers = { "Idempotency-Key": randomUUID() };
    const wrong = { ...(one.body as object), authoritative_filename: "no-such-file.stl" };
    expect((await ask({ ...one, headers, body: wrong })).code).toBe("invalid");
    expect((await ask({ ...one, headers })).status).toBe(200);
  });
});

test("every access to a protected endpoint is written down: who, what, what came of it; and no secret", async () => {
  const lines: Record<string, unknown>[] = [];
  const spies = (["info", "error"] as const).map((level) =>
    vi.spyOn(log, level).mockImplementation(((line: object) => void lines.push(line as never)) as never),
  );
  try {
    const job = await drive(await submitCube(), "PENDING");
    const token = await tokenOf(job.id);
    lines.length = 0;
    await get(`jobs/${job.id}`);
    await get(`jobs/${job.id}`, { token: "x.y.z" });
    await post(
      `jobs/${job.id}/admin/force-confirm`,
      { ...by, reason: "private words" },
      { token: world.back },
    );
    await post(`jobs/${job.id}/lock`, by);
    await ask({
      method: "POST",
      path: "auth/login",
      body: { workstation_id: "front", password: "wrong-secret" },
    });
    await ask({ method: "POST", path: `confirm/${token}` });
    expect(lines).toMatchObject([
      { endpoint: "GET jobs/{job_id}", job: job.id, workstation: "front", status: 200 },
      {
        endpoint: "GET jobs/{job_id}",
        job: job.id,
        workstation: undefined,
        status: 401,
        reason: "unauthenticated",
      },
      {
        endpoint: "POST jobs/{job_id}/admin/force-confirm",
        workstation: "back",
        status: 403,
        reason: "forbidden",
      },
      { endpoint: "POST jobs/{job_id}/lock", workstation: "front", staff: STAFF, status: 200 },
      { endpoint: "POST auth/login", status: 401 },
      { endpoint: "POST confirm/{token}", status: 200 },
    ]);
    const text = JSON.stringify(lines);
    for (const secret of [world.token, token, "wrong-secret", "private words", job.student_email])
      expect(text).not.toContain(secret);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});
