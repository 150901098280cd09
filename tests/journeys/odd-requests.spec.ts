/** R16: what no page of ours would send gets a clear refusal, at once, and the process lives. */
import { connect } from "node:net";
import { act, events, expect, logIn, submit, test } from "./lab";

test("R16: fields that form libraries take for commands are nobody's fields", async ({ lab }) => {
  for (const [name, value] of [
    ["student_name[99999999]", "x"],
    ["student_name.a.b", "x"],
    ["__intent__", "junk"],
    ["__intent__", '{"type":"insert","payload":{"name":"student_name","index":99999999}}'],
    ["__proto__", "x"],
  ] as const) {
    const form = new FormData();
    form.append(name, value);
    const answer = await fetch(`${lab.url}/submit`, {
      method: "POST",
      body: form,
      headers: { Origin: lab.url },
    });
    expect(answer.status, name).toBe(400);
    expect((await fetch(`${lab.url}/healthz`)).status).toBe(200);
  }
});

test("R16: wrong methods, types, keys and letters are refused, never a 500", async ({ page, lab }) => {
  const job = await submit(page, lab);
  await logIn(page);
  const cookie = (await page.context().cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
  const headers = { Origin: lab.url, Cookie: cookie };
  const urlencoded = { ...headers, "Content-Type": "application/x-www-form-urlencoded" };
  const ask = (path: string, init: RequestInit) => fetch(lab.url + path, { redirect: "manual", ...init });
  const approve = `/dashboard/jobs/${job.id}/approve`;
  const cases: [path: string, init: RequestInit][] = [
    ["/confirm/x", { method: "POST", headers: { ...headers, "Content-Type": "text/plain" }, body: "a=b" }],
    [
      "/confirm/expired",
      { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: "{}" },
    ],
    ["/submit", { method: "PUT", headers: urlencoded, body: "a=b" }],
    ["/submit", { method: "DELETE", headers }],
    ["/confirm/x", { method: "PATCH", headers: urlencoded, body: "a=b" }],
    [
      approve,
      { method: "POST", headers: urlencoded, body: "intent=submit&staff_name=x%00&weight_g=1&time_hours=1" },
    ],
    [
      approve,
      {
        method: "POST",
        headers: urlencoded,
        body: "intent=submit&version=99999999999999999999&staff_name=Jane+Doe",
      },
    ],
    [approve, { method: "POST", headers: urlencoded, body: `intent=start&${"a=1&".repeat(20_000)}` }],
    ...["", "x", "%00"].flatMap((lock_key): [string, RequestInit][] =>
      ["approve", "review", "notes", "force-unlock"].flatMap((action): [string, RequestInit][] => [
        [
          `/dashboard/jobs/${job.id}/${action}`,
          { method: "POST", headers: urlencoded, body: `intent=cancel&lock_key=${lock_key}` },
        ],
        [
          `/dashboard/jobs/${job.id}/${action}`,
          {
            method: "POST",
            headers: urlencoded,
            body: `intent=submit&staff_name=Jane+Doe&reason=because&version=77&lock_key=${lock_key}`,
          },
        ],
      ]),
    ),
    ["/refused?why=__proto__", {}],
    ["/refused?why=constructor", {}],
    ["/dashboard?search=%00", { headers }],
    ["/login?next=/%E6%BC%A2", { headers }],
    ["/dashboard?page=1e9&status=XYZ", { headers }],
    ["/%E0%A4%A", {}],
    [`/dashboard/jobs/${job.id}/file/..%2f..%2fetc%2fpasswd`, { headers }],
  ];
  for (const [path, init] of cases) {
    const answer = await ask(path, init);
    expect(answer.status, `${init.method ?? "GET"} ${path}`).toBeLessThan(500);
  }
  expect(await lab.sql("SELECT version, status FROM jobs WHERE id = $1", [job.id])).toEqual([
    { version: 1, status: "UPLOADED" },
  ]);
  // A log-in whose way back is written in other letters still works.
  const login = await ask("/login?next=/%E6%BC%A2", {
    method: "POST",
    headers: { Origin: lab.url, "Content-Type": "application/x-www-form-urlencoded" },
    body: "workstation_id=front-desk&password=front-desk-demo",
  });
  expect(login.status).toBe(303);
  expect(login.headers.get("location")).toBe("/%E6%BC%A2");
});

test("R16: hosts and methods that no browser sends are refused", async ({ lab }) => {
  const { port } = new URL(lab.url);
  const raw = (lines: string[]) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
      let answer = "";
      socket
        .on("data", (chunk) => (answer += chunk.toString()))
        .on("end", () => resolve(answer.slice(9, 12)));
      socket.on("error", reject);
    });
  for (const host of ["a@b", "x?y", "x#y", "x/y", ""])
    expect(await raw(["GET /submit HTTP/1.1", `Host: ${host}`, "Connection: close"]), host).toBe("400");
  expect(await raw(["TRACE /api/v1/health HTTP/1.1", "Host: x", "Connection: close"])).toBe("405");
  expect(await raw(["GET /submit HTTP/1.1", "Host: [::1]:3000", "Connection: close"])).toBe("200");
});

test("R11: a decision that is sent again does nothing, and says what became of the first", async ({
  browser,
  lab,
}) => {
  const context = await browser.newContext({ baseURL: lab.url, javaScriptEnabled: false });
  const page = await context.newPage();
  const [job, mistake] = [await submit(page, lab), await submit(page, lab)];
  await logIn(page);
  /** Does an action and gives a function that posts the same fields again, or changed ones, and follows to the page's words. */
  const twice = async (job: { id: string }, action: string, fields: Record<string, string>) => {
    const posting = page.waitForRequest((request) => /(^|&)intent=submit/.test(request.postData() ?? ""));
    await act(page, job, action, fields);
    const posted = Object.fromEntries(new URLSearchParams((await posting).postData() ?? ""));
    return async (changed: Record<string, string> = {}) => {
      const answer = await page.request.post(`/dashboard/jobs/${job.id}/${action}`, {
        form: { ...posted, ...changed },
        headers: { Origin: lab.url },
      });
      return { status: answer.status(), url: answer.url(), text: await answer.text() };
    };
  };
  const traces = async () => [await events(lab, job), await lab.sql("SELECT status, version, locked_by FROM jobs WHERE id = $1", [job.id])]; // prettier-ignore

  const approve = await twice(job, "approve", { weight_g: "20", time_hours: "2" });
  const approved = await traces();
  expect(await approve()).toMatchObject({ status: 200, url: `${lab.url}/dashboard/jobs/${job.id}` });
  const changed = await approve({ weight_g: "25" });
  expect(changed.status).toBe(400);
  expect(changed.text).toContain("This form was sent before");
  expect(changed.text).toContain('value="25"');
  expect(await traces()).toEqual(approved);

  await act(page, job, "force-confirm", { reason: "She said so at the counter." });
  const confirmed = await traces();
  expect((await approve()).text).toContain("nothing was done again. The job has changed since; it is");
  expect(await traces()).toEqual(confirmed);

  const remove = await twice(mistake, "delete", { reason: "Sent by mistake." });
  expect(await lab.sql("SELECT 1 FROM jobs WHERE id = $1", [mistake.id])).toEqual([]);
  const removed = await remove();
  expect(removed.url).toContain("/dashboard");
  expect(removed.text).toContain("This job and its files are deleted already.");
  await context.close();
});

test("R12: a submission with a junk form key, and one pressed ten times at once", async ({ lab }) => {
  const { cubeStl } = await import("../support/models");
  const send = (email: string, key: string, size: number) => {
    const form = new FormData();
    const values = {
      form_key: key,
      student_name: "Grace Hopper",
      student_email: email,
      discipline: "Engineering",
      class_number: "N/A",
      print_method: "Filament",
      color: "black",
      printer: "prusa_mk4s",
      acknowledged_minimum_charge: "yes",
    };
    for (const [name, value] of Object.entries(values)) form.append(name, value);
    form.append("file", new Blob([new Uint8Array(cubeStl(size))]), "part.stl");
    return fetch(`${lab.url}/submit`, {
      method: "POST",
      body: form,
      redirect: "manual",
      headers: { Origin: lab.url },
    });
  };
  const unique = `${process.pid}-${Date.now()}`;
  const taken = await send(`junk.${unique}@example.edu`, "no uuid", 31);
  expect(taken.status).toBe(303);
  expect(taken.headers.get("server-timing")).toMatch(
    /^receive;dur=[\d.]+, check;dur=[\d.]+, measure;dur=[\d.]+, store;dur=[\d.]+, rest;dur=[\d.]+$/,
  );

  await lab.setting("submissions_per_hour_per_student", 5);
  const key = crypto.randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => send(`ten.${unique}@example.edu`, key, 32)),
  );
  expect(answers.map((answer) => answer.status)).toEqual(Array(10).fill(303));
  expect(new Set(answers.map((answer) => answer.headers.get("location"))).size).toBe(1);
  await lab.setting("submissions_per_hour_per_student", 1000);
});

test("R36: links to confirm and to track are not in the log, however they are written", async ({ lab }) => {
  for (const path of [
    "/confirm/SECRETLINK1",
    "/Confirm/SECRETLINK2",
    "//confirm/SECRETLINK3",
    "/TRACK/SECRETLINK4",
  ])
    await fetch(lab.url + path, { redirect: "manual" });
  await expect.poll(() => lab.log()).toContain("[hidden]");
  expect(lab.log()).not.toContain("SECRETLINK");
});
