/**
 * A day of the lab by plain requests: students hand in models, three workstations take their jobs to the end.
 * What was acknowledged is written down, and only that. Whoever gets no answer asks again with the same form key.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { cubeStl } from "./models";

/** What the lab said yes to. */
export interface Acknowledged {
  submissions: { email: string; reference: string }[];
  payments: { jobId: string; txn: string }[];
  steps: { jobId: string; step: string }[];
}

/** How often no answer came, or an honest 503. */
export interface Troubles {
  noAnswer: number;
  unavailable: number;
  /** Answers of 500: there must be none. The log knows the request. */
  broken: { path: string; request: string }[];
}

export interface Day {
  acknowledged: Acknowledged;
  troubles: Troubles;
  /** Lets everybody finish what they hold in their hands, then stops them. */
  end(): Promise<void>;
}

interface Answer {
  status: number;
  location: string;
  text: string;
  cookies: string[];
}

/** Starts it. @param urls the web processes, read at each request, because they come and go */
export function beginDay(urls: () => string[], roll: () => number, students = 2): Day {
  const acknowledged: Acknowledged = { submissions: [], payments: [], steps: [] };
  const troubles: Troubles = { noAnswer: 0, unavailable: 0, broken: [] };
  let over = false;
  let count = 0;

  /** Asks until somebody answers; a web process that is gone is passed over. */
  async function ask(path: string, init: () => RequestInit, tries = 40): Promise<Answer | null> {
    for (let n = 0; n < tries; n++) {
      const list = urls();
      const url = list[Math.floor(roll() * list.length)]!;
      try {
        const { headers, ...rest } = init();
        const answer = await fetch(url + path, {
          redirect: "manual",
          signal: AbortSignal.timeout(20_000),
          ...rest,
          headers: { Origin: url, ...(headers as Record<string, string>) },
        });
        const text = await answer.text();
        if (answer.status === 500)
          troubles.broken.push({ path, request: answer.headers.get("x-request-id") ?? "" });
        if (answer.status === 503 || answer.status === 500) {
          troubles.unavailable++;
          await sleep(300 + roll() * 500);
          continue;
        }
        return {
          status: answer.status,
          location: answer.headers.get("location") ?? "",
          text,
          cookies: answer.headers.getSetCookie().map((line) => line.split(";")[0]!),
        };
      } catch {
        troubles.noAnswer++;
        await sleep(300 + roll() * 500);
      }
    }
    return null;
  }

  async function student(name: number): Promise<void> {
    while (!over) {
      const n = ++count;
      const email = `fire.${name}.${n}@example.edu`;
      const key = crypto.randomUUID();
      const model = cubeStl(10 + n / 1000);
      const sent = await ask("/submit", () => {
        const body = new FormData();
        const fields = {
          student_name: "Fire Student",
          student_email: email,
          discipline: "Engineering",
          class_number: "ME 101",
          print_method: "Filament",
          color: "blue",
          printer: "prusa_mk4s",
          acknowledged_minimum_charge: "yes",
          form_key: key,
        };
        for (const [field, value] of Object.entries(fields)) body.set(field, value);
        body.set("file", new File([new Uint8Array(model)], "part.stl"));
        return { method: "POST", body };
      });
      if (sent?.status === 303)
        acknowledged.submissions.push({ email, reference: sent.location.split("job=")[1] ?? "" });
      await sleep(roll() * 400);
    }
  }

  async function staff(workstation: string): Promise<void> {
    let cookie = "";
    const logIn = async () => {
      const answer = await ask("/login", () => ({
        method: "POST",
        body: new URLSearchParams({ workstation_id: workstation, password: `${workstation}-demo` }),
      }));
      cookie = answer?.cookies.join("; ") ?? "";
    };
    const get = (path: string) => ask(path, () => ({ headers: { Cookie: cookie } }));
    const post = (path: string, fields: Record<string, string>) =>
      ask(path, () => ({ method: "POST", headers: { Cookie: cookie }, body: new URLSearchParams(fields) }));
    await logIn();
    while (!over) {
      const [status, step, more] = MOVES[Math.floor(roll() * MOVES.length)]!;
      const list = await get(`/dashboard?status=${status}&view=table&sort=waiting`);
      if (!list || list.status !== 200) {
        await logIn();
        continue;
      }
      const ids = [...list.text.matchAll(/data-job="([0-9a-f-]{36})"/g)].map(([, id]) => id!);
      if (ids.length === 0) {
        await sleep(100);
        continue;
      }
      const id = ids[Math.floor(roll() * Math.min(ids.length, 8))]!;
      const page = `/dashboard/jobs/${id}/${step}`;
      const begun = await post(page, { intent: "start" });
      if (begun?.status !== 303) continue;
      const form = await get(begun.location);
      if (form?.status !== 200) continue;
      const hidden = (name: string) =>
        new RegExp(`name="${name}" value="([^"]*)"`).exec(form.text)?.[1] ??
        new RegExp(`value="([^"]*)"[^>]*name="${name}"`).exec(form.text)?.[1] ??
        "";
      const fields = more(++count);
      // The file that the form suggests, as whoever presses the button without looking sends it.
      const file = /<input[^>]*name="authoritative_filename"[^>]*>/.exec(form.text)?.[0];
      if (file) fields.authoritative_filename = /value="([^"]*)"/.exec(file)?.[1] ?? "";
      const done = await post(page, {
        intent: "submit",
        version: hidden("version"),
        lock_key: hidden("lock_key"),
        form_key: hidden("form_key"),
        staff_name: "Jane Doe",
        ...fields,
      });
      if (done?.status === 303) {
        acknowledged.steps.push({ jobId: id, step });
        if (step === "payment") acknowledged.payments.push({ jobId: id, txn: fields.txn_no! });
      }
    }
  }

  const everybody = [
    ...Array.from({ length: students }, (_, i) => student(i)),
    ...["front-desk", "print-room", "back-office"].map(staff),
  ];
  return {
    acknowledged,
    troubles,
    end: async () => {
      over = true;
      await Promise.all(everybody);
    },
  };
}

/** Which step is taken in which status, and what its form is filled with. */
const MOVES: [status: string, step: string, fields: (n: number) => Record<string, string>][] = [
  ["UPLOADED", "approve", () => ({ weight_g: "40", time_hours: "2" })],
  ["UPLOADED", "approve", () => ({ weight_g: "25", time_hours: "1" })],
  ["UPLOADED", "reject", () => ({ reasons: "not_watertight", custom_reason: "It cannot stand." })],
  ["PENDING", "force-confirm", () => ({ reason: "Said yes at the counter." })],
  ["READYTOPRINT", "mark-printing", () => ({})],
  ["PRINTING", "mark-complete", () => ({})],
  [
    "COMPLETED",
    "payment",
    (n) => ({
      grams: "40",
      txn_no: `TC-${n}`,
      picked_up_by: "Fire Student",
      deviation_reason: "It was printed with more infill.",
    }),
  ],
];
