/** Exports: every row once, days of the lab, no live formula, totals that equal the ledger, and nothing read that nobody takes. */
import { parse } from "csv-parse/sync";
import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { writeReadableStreamToWritable } from "@remix-run/node";
import { db } from "@server/db.server";
import { Event } from "@server/events/event.server";
import { readLedgerQuery } from "@server/payments/ledger";
import { ledgerPage } from "@server/payments/ledger.server";
import { csvLine, csvLineOf } from "@server/reports/csv-line";
import { type Export, ExportSchema, startExport } from "@server/reports/export.server";
import { drained } from "@server/web/drained";
import { csvResponse } from "~/http/csv.server";
import { freshLab, type Lab } from "../support/database";
import { drive, FRONT, STAFF, submitCube, take } from "../support/desk";

let lab: Lab;
let jobId: string;
beforeAll(async () => {
  lab = await freshLab();
  jobId = (await drive(await submitCube(), "PAIDPICKEDUP")).id;
});

interface Columns {
  [name: string]: string;
}

const ask = (what: string, start_date: string, end_date: string) =>
  startExport(FRONT, ExportSchema.parse({ what, start_date, end_date, staff_name: STAFF }));

async function textOf({ chunks }: Export): Promise<string> {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
}

/** Rows by column, and the row of totals apart. */
async function read(what: string, from: string, to: string) {
  const text = await textOf(await ask(what, from, to));
  expect(text.startsWith("\ufeff")).toBe(true);
  const rows = parse(text, { columns: true, bom: true, record_delimiter: "\r\n" }) as Columns[];
  const total = what === "payments" ? rows.pop() : undefined;
  return { rows, total };
}

async function payments(rows: { at: string; cents?: number; by?: string; more?: string }[]): Promise<void> {
  for (const { at, cents = 300, by = "Ada", more = "" } of rows)
    await lab.owner(
      `INSERT INTO payments (job_id, payment_system, grams, price_cents, txn_no, picked_up_by, paid_ts, paid_by_staff, workstation_id)
       VALUES ($1, 'Tiger-Cash', 12.5, $2, $3, $4, $5, 'Jane Doe', 'front')`,
      [jobId, cents, `${more}${randomUUID().slice(0, 30)}`, by, at],
    );
}

describe("payments", () => {
  test("days begin at the lab's midnight on the days when the clocks change; the hour that comes twice is told apart", async () => {
    await payments(
      ["2026-03-08T05:59:59.999999Z", "2026-03-08T06:00:00Z", "2026-03-09T04:59:59.999999Z", "2026-03-09T05:00:00Z", "2026-11-01T04:59:59.999999Z", "2026-11-01T05:00:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z", "2026-11-02T05:59:59.999999Z", "2026-11-02T06:00:00Z"].map((at) => ({ at })), // prettier-ignore
    );
    const times = async (day: string) => (await read("payments", day, day)).rows.map((row) => row.paid_at);
    expect(await times("2026-03-08")).toEqual(["2026-03-08T00:00:00-06:00", "2026-03-08T23:59:59-05:00"]);
    expect(await times("2026-11-01")).toEqual([
      "2026-11-01T00:00:00-05:00",
      "2026-11-01T01:30:00-05:00",
      "2026-11-01T01:30:00-06:00",
      "2026-11-01T23:59:59-06:00",
    ]);
    expect((await read("payments", "2026-11-01", "2026-11-01")).rows.map((row) => row.date)).toEqual(
      Array.from({ length: 4 }, () => "2026-11-01"),
    );
    expect((await read("payments", "2026-03-09", "2026-03-09")).total).toMatchObject({ job: "1 payment" });
    await lab.set({ time_zone: "Asia/Kathmandu" });
    try {
      expect(await times("2026-11-02")).toEqual(["2026-11-02T11:44:59+05:45", "2026-11-02T11:45:00+05:45"]);
    } finally {
      await lab.set({ time_zone: "America/Chicago" });
    }
  });

  test("more than one piece: every row once, also where many have one time; the totals equal the ledger's", async () => {
    await lab.owner(
      `INSERT INTO payments (job_id, payment_system, grams, price_cents, txn_no, picked_up_by, paid_ts, paid_by_staff, workstation_id)
       SELECT $1, 'Tiger-Cash', 1 + n % 90, 300 + n, 'many-' || n, 'Ada', '2025-05-05T12:00:00Z'::timestamptz + interval '1 microsecond' * (n / 900), 'Jane Doe', 'front'
       FROM generate_series(1, 3456) n`,
      [jobId],
    );
    await lab.owner("UPDATE payments SET voided_at = now(), voided_by = 'Jane Doe', void_reason = 'wrong' WHERE txn_no LIKE 'many-%7'"); // prettier-ignore
    const { rows, total } = await read("payments", "2025-05-05", "2025-05-05");
    expect(rows).toHaveLength(3456);
    expect(new Set(rows.map((row) => row.payment_id)).size).toBe(3456);
    const { totals } = await ledgerPage(readLedgerQuery(new URLSearchParams("from=2025-05-05&to=2025-05-05"), "2026-11-24")); // prettier-ignore
    expect(total).toMatchObject({
      receipt: "Total",
      job: `${totals.count} payments`,
      amount_counted: (totals.cents / 100).toFixed(2),
    });
    const [sum] = await lab.owner<{ cents: number; n: number }>("SELECT sum(price_cents)::int AS cents, count(*)::int AS n FROM payments WHERE txn_no LIKE 'many-%' AND voided_at IS NULL"); // prettier-ignore
    expect(totals).toMatchObject({ cents: sum!.cents, count: sum!.n, voided: 345 });
    const counted = rows.reduce((cents, row) => cents + Math.round(Number(row.amount_counted) * 100), 0);
    expect(counted).toBe(totals.cents);
    expect(
      rows.filter((row) => row.void_reason === "wrong").every((row) => row.amount_counted === "0.00"),
    ).toBe(true);
  });

  test("R20: what a spreadsheet would run is text, and everything else comes back as it was", async () => {
    const evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠x"];
    const plain = ['say "hi"', "a,b;c", "line\r\nbreak", "Zoë Straße 東京 🙂", "'quoted", "1=1", " =1"];
    await lab.owner("ALTER TABLE payments DISABLE TRIGGER payments_keep");
    await payments(
      [...evil, ...plain].map((by, n) => ({
        at: `2024-02-29T12:00:${String(n).padStart(2, "0")}Z`,
        by,
        more: "=",
      })),
    );
    const { rows } = await read("payments", "2024-02-29", "2024-02-29");
    expect(rows.map((row) => row.picked_up_by)).toEqual([...evil.map((text) => `'${text}`), ...plain]);
    for (const row of rows) {
      expect(row.transaction_number).toMatch(/^'=/);
      for (const value of Object.values(row)) expect(value).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
    }
    expect(rows[0]).toMatchObject({
      grams: "12.50",
      amount: "3.00",
      amount_counted: "3.00",
      taken_by: "Jane Doe",
    });
  });

  test("R20: the database writes a line as the server does, to the byte", async () => {
    const first = [
      "=",
      "+",
      "-",
      "@",
      "\t",
      "\r",
      "\n",
      "＝",
      "＋",
      "－",
      "＠",
      '"',
      "'",
      ",",
      "\\",
      "a",
      "🙂",
      "\u00a0",
    ];
    for (const cells of [...first.map((sign) => [sign, `${sign}1"2`, `x${sign}`, "", null]), [null], [""]]) {
      const names = cells.map((_, n) => `c${n}`);
      const [row] = await lab.owner<{ line: string }>(
        `SELECT ${csvLineOf(names)} AS line FROM (SELECT ${names.map((name, n) => `$${n + 1}::text AS ${name}`).join(", ")}) AS row`,
        cells,
      );
      expect(row!.line).toBe(csvLine(cells));
    }
  });

  test("no payments: a heading and a total of nothing", async () => {
    const { rows, total } = await read("payments", "2001-01-01", "2001-12-31");
    expect([rows, total!.amount_counted]).toEqual([[], "0.00"]);
  });
});

test("jobs and the log beside it, with the same days", async () => {
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "America/Chicago" }).format(new Date());
  const jobs = (await read("jobs", "2020-01-01", today)).rows;
  const [row] = await lab.owner<{ short_id: number }>("SELECT short_id FROM jobs WHERE id = $1", [jobId]);
  expect(jobs.filter(({ job }) => job === String(row!.short_id))).toHaveLength(1);
  expect(jobs[0]).toMatchObject({ status: "PAIDPICKEDUP", estimated: "3.00", estimated_grams: "25.50" });
  const [{ n }] = (await lab.owner<{ n: number }>("SELECT count(*)::int AS n FROM events")) as [
    { n: number },
  ];
  const events = (await read("events", "2020-01-01", today)).rows;
  // The export's own entry is there too: it was written before the first row was read.
  expect(events).toHaveLength(n + 1);
  expect(events.at(-1)).toMatchObject({ event: "DataExported", by: STAFF, workstation: "front" });
  expect(events.map(({ number }) => Number(number))).toEqual(events.map((_, at) => at + 1));
  expect(JSON.parse(events.at(-1)!.details!)).toEqual({
    what: "events",
    start_date: "2020-01-01",
    end_date: today,
  });
});

describe("who may have it", () => {
  test("it is in the log before the first row leaves; nobody unknown gets one", async () => {
    const before = await Event.query().where("event_type", "DataExported").resultSize();
    await ask("payments", "2026-01-01", "2026-01-31");
    const told = await Event.query().where("event_type", "DataExported").orderBy("id");
    expect(told).toHaveLength(before + 1);
    expect(told.at(-1)).toMatchObject({
      triggered_by: STAFF,
      workstation_id: "front",
      details: { what: "payments", start_date: "2026-01-01", end_date: "2026-01-31" },
    });
    const input = ExportSchema.parse({
      start_date: "2026-01-01",
      end_date: "2026-01-31",
      staff_name: "Mallory",
    });
    await expect(startExport(FRONT, input)).rejects.toMatchObject({
      details: { fields: { staff_name: [expect.any(String)] } },
    });
    expect(await Event.query().where("event_type", "DataExported").resultSize()).toBe(before + 1);
  });
  test.each([
    [{ start_date: "2026-02-30", end_date: "2026-03-01" }, ["start_date"]],
    [{ start_date: "2026-03-02", end_date: "2026-03-01" }, ["end_date"]],
    [{ start_date: "", end_date: "tomorrow" }, ["start_date", "end_date"]],
  ])("%j is refused", (days, fields) => {
    const parsed = ExportSchema.safeParse({ ...days, staff_name: STAFF });
    expect(parsed.error?.issues.map(({ path }) => path[0])).toEqual(fields);
  });
});

describe("a slow or vanished reader", () => {
  /** The way an answer takes in production: Remix's writer, Express's notice of a full socket. */
  async function serve(
    exported: Export,
    controller: AbortController,
  ): Promise<{ server: Server; url: string }> {
    const server = createServer((_req, res) => {
      res.on("close", () => controller.abort());
      const answer = csvResponse(exported, new Request("http://here/", { signal: controller.signal }), {
        drained: () => drained(res),
      });
      void writeReadableStreamToWritable(answer.body!, res).catch(() => undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
  }

  test("who does not read makes us wait; who goes away ends the reading", async () => {
    await lab.owner(
      `INSERT INTO payments (job_id, payment_system, grams, price_cents, txn_no, picked_up_by, paid_ts, paid_by_staff, workstation_id)
       SELECT $1, 'Tiger-Cash', 1, 300, 'slow-' || n, repeat('x', 100), '2023-05-05T12:00:00Z'::timestamptz + interval '1 second' * n, 'Jane Doe', 'front'
       FROM generate_series(1, 60000) n`,
      [jobId],
    );
    const exported = await ask("payments", "2023-05-05", "2023-05-06");
    let given = 0;
    const counted: Export = {
      ...exported,
      chunks: (async function* () {
        for await (const chunk of exported.chunks) {
          given++;
          yield chunk;
        }
      })(),
    };
    const controller = new AbortController();
    const { server, url } = await serve(counted, controller);
    try {
      const http = await import("node:http");
      const request = http.get(url);
      const response = await new Promise<import("node:http").IncomingMessage>((resolve) => request.once("response", resolve)); // prettier-ignore
      response.pause();
      // It comes to rest: what both sockets hold is written, and no more is read.
      let before = -1;
      while (given !== before) {
        before = given;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      expect(given).toBeGreaterThan(1);
      expect(given).toBeLessThan(50);
      request.destroy();
      const closed = await counted.chunks.next().then((next) => next.done);
      // The writer may take one more before it hears of it.
      expect(closed || given <= before + 2).toBe(true);
      await expect.poll(async () => (await counted.chunks.next()).done).toBe(true);
      expect(given).toBeLessThan(before + 4);
    } finally {
      server.close();
    }
    // No connection is left behind.
    expect(db().client.pool.numUsed()).toBe(0);
  });
});

test("a payment voided by the real verb is in the file as it is in the ledger", async () => {
  const job = await drive(await submitCube(), "PAIDPICKEDUP");
  await take("void-payment", job.id, { reason: "=cmd" });
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "America/Chicago" }).format(new Date());
  const { rows } = await read("payments", today, today);
  const row = rows.find((one) => one.job === String(job.short_id))!;
  expect([row.amount_counted, row.voided_by, row.void_reason]).toEqual(["0.00", STAFF, "'=cmd"]);
});
