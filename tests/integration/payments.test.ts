/** Money on the real database: one receipt for a visit or nothing at all, races for one job and one number, voids and corrections. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { Refusal } from "@server/errors";
import { verifyChain } from "@server/events/verify.server";
import type { Job } from "@server/jobs/job.server";
import { CorrectPaymentSchema } from "@server/jobs/schemas";
import { takeLock } from "@server/jobs/lock.server";
import { attention } from "@server/reports/attention.server";
import { jobSheet } from "@server/reports/job-sheet.server";
import { alsoReady, paymentsToMend } from "@server/payments/counter.server";
import { readLedgerQuery } from "@server/payments/ledger";
import { freeHandOvers, ledgerOffer, ledgerPage } from "@server/payments/ledger.server";
import { mailReceipt } from "@server/payments/mail-receipt.server";
import { receiptSheet } from "@server/payments/receipt-sheet.server";
import { checkOut, type PaymentInput } from "@server/payments/take-payment.server";
import { sweepOutbox } from "@server/outbox/work.server";
import { HANDLERS } from "@workers/queues";
import { type Answer, freshLab, type Instance, type Lab, startInstance } from "../support/database";
import {
  BACK,
  drive,
  eventsOf,
  everythingAbout,
  FRONT,
  lockFor,
  outboxOf,
  STAFF,
  storageListing,
  submitCube,
  take,
  theJob,
  VERBS,
} from "../support/desk";
import { startSmtp } from "../support/smtp";

let lab: Lab;
let instances: Instance[];
beforeAll(async () => {
  lab = await freshLab();
  instances = await Promise.all([1, 2].map(() => startInstance(lab)));
});

let numbers = 0;
const number = () => `N-${process.pid}-${++numbers}`;

/** Finished prints of one student. */
async function visit(count: number): Promise<Job[]> {
  const student_email = `visit.${randomUUID()}@example.edu`;
  const jobs: Job[] = [];
  for (let n = 0; n < count; n++) jobs.push(await drive(await submitCube({ student_email }), "COMPLETED"));
  return jobs;
}

const seen = (jobs: Job[], grams = 30) => jobs.map(({ id, version }) => ({ id, version, grams }));

async function pay([first, ...others]: Job[], more: Partial<PaymentInput> = {}) {
  const guard = await lockFor(FRONT, first!.id);
  return checkOut(
    FRONT,
    first!.id,
    { staff_name: STAFF, grams: 27.3, txn_no: number(), picked_up_by: "Ada", also: seen(others), ...more },
    guard,
  );
}

const refusalOf = async (doing: Promise<unknown>): Promise<Refusal> => {
  const error: unknown = await doing.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
};
const paymentsOf = (jobs: Pick<Job, "id">[]) =>
  lab.owner<Record<string, unknown>>("SELECT * FROM payments WHERE job_id = ANY($1) ORDER BY paid_ts, id", [
    jobs.map(({ id }) => id),
  ]);
const everything = (jobs: Job[]) => Promise.all(jobs.map((job) => everythingAbout(job)));
const atOnce = (count: number, what: (instance: Instance, n: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, n) => what(instances[n % instances.length]!, n)));

describe("one visit, one receipt", () => {
  test("three prints: one number, one receipt, a payment and an event each, every folder moved", async () => {
    const jobs = await visit(3);
    const txn_no = number();
    const taken = await pay(jobs, { txn_no });
    expect(taken.jobs.map(({ id, status }) => [id, status])).toEqual(
      jobs.map(({ id }) => [id, "PAIDPICKEDUP"]),
    );
    const rows = await paymentsOf(jobs);
    expect(rows).toHaveLength(3);
    expect(new Set(rows.map((row) => row.receipt_id))).toEqual(new Set([taken.receipt_id]));
    expect(rows.map((row) => [row.txn_no, row.paid_by_staff, row.picked_up_by])).toEqual(
      rows.map(() => [txn_no, STAFF, "Ada"]),
    );
    for (const job of jobs) {
      expect(Object.keys(storageListing()).filter((f) => f.endsWith(job.stem))).toEqual([
        `PaidPickedUp/${job.stem}`,
      ]);
      const told = (await eventsOf(job.id)).filter((e) => e.event_type === "PaymentRecorded");
      expect(told.map((e) => [e.details.receipt, (e.details.together_with as number[]).length])).toEqual([
        [taken.receipt_number, 2],
      ]);
    }
    const sheet = await receiptSheet(taken.receipt_number!);
    expect(sheet.lines.map(({ short_id, grams }) => [short_id, grams])).toEqual(
      jobs.map(({ short_id }, n) => [short_id, n === 0 ? 27.3 : 30]).sort((a, b) => a[0]! - b[0]!),
    );
    expect(sheet.total_cents).toBe(rows.reduce((sum, row) => sum + Number(row.price_cents), 0));
  });

  test("what else is ready: the same student's finished prints, whatever the capitals, and nobody else's", async () => {
    const [first, second] = await visit(2);
    await lab.owner("UPDATE jobs SET student_email = upper(student_email) WHERE id = $1", [second!.id]);
    await drive(await submitCube({ student_email: first!.student_email }), "PRINTING");
    await visit(1);
    expect((await alsoReady(first!.id)).map(({ id }) => id)).toEqual([second!.id]);
  });

  test.each([
    "held by somebody else",
    "changed since",
    "paid already",
    "another student's",
    "not there",
  ] as const)("R11: one of three is %s: nothing is taken, and it says which", async (what) => {
    const jobs = await visit(3);
    const [first, second, third] = jobs as [Job, Job, Job];
    let also = seen([second, third]);
    if (what === "held by somebody else") await takeLock(BACK, third.id, { staff_name: "Sam Rivera" });
    if (what === "changed since") await take("notes", third.id);
    if (what === "paid already") {
      await take("payment", third.id);
      also = seen([second, await theJob(third.id)]);
    }
    if (what === "another student's") also = seen([second, (await visit(1))[0]!]);
    if (what === "not there") also = [...seen([second]), { id: randomUUID(), version: 1, grams: 3 }];
    const guard = await lockFor(FRONT, first.id);
    const before = await everything(jobs);
    const receipts = await lab.owner("SELECT FROM receipts");
    const no = await refusalOf(
      checkOut(
        FRONT,
        first.id,
        { staff_name: STAFF, grams: 20, txn_no: number(), picked_up_by: "Ada", also },
        guard,
      ),
    );
    expect(no.details.fields).toEqual({ also_grams: [no.message] });
    expect(no.code).toBe(what === "another student's" ? "invalid" : "conflict");
    if (what !== "another student's" && what !== "not there")
      expect(no.message).toContain(`job ${third.short_id}`);
    expect(await everything(jobs)).toEqual(before);
    expect(await lab.owner("SELECT FROM receipts")).toHaveLength(receipts.length);
  });

  test("R12: the same form again takes nothing more; with other prints it is refused", async () => {
    const jobs = await visit(3);
    const guard = await lockFor(FRONT, jobs[0]!.id);
    const input = {
      staff_name: STAFF,
      grams: 20,
      txn_no: number(),
      picked_up_by: "Ada",
      also: seen(jobs.slice(1)),
    };
    const taken = await checkOut(FRONT, jobs[0]!.id, input, guard);
    const again = await checkOut(FRONT, jobs[0]!.id, input, guard);
    expect(again.jobs.map(({ id, version }) => [id, version])).toEqual(
      taken.jobs.map(({ id, version }) => [id, version]),
    );
    expect(again.receipt_number).toBe(taken.receipt_number);
    expect(await paymentsOf(jobs)).toHaveLength(3);
    const other = await refusalOf(checkOut(FRONT, jobs[0]!.id, { ...input, also: seen([jobs[1]!]) }, guard));
    expect(other.details.reason).toBe("form_reused");
  });

  test("a folder that cannot be moved takes nothing, from nobody", async () => {
    const jobs = await visit(2);
    const { rmSync } = await import("node:fs");
    rmSync(`${lab.storage}/Completed/${jobs[1]!.stem}`, { recursive: true });
    const guard = await lockFor(FRONT, jobs[0]!.id);
    await refusalOf(
      checkOut(
        FRONT,
        jobs[0]!.id,
        { staff_name: STAFF, grams: 20, txn_no: number(), picked_up_by: "Ada", also: seen([jobs[1]!]) },
        guard,
      ),
    );
    expect(await paymentsOf(jobs)).toEqual([]);
    expect(Object.keys(storageListing()).filter((f) => f.endsWith(jobs[0]!.stem))).toEqual([
      `Completed/${jobs[0]!.stem}`,
    ]);
    expect((await theJob(jobs[0]!.id)).status).toBe("COMPLETED");
  });
});

describe("races", () => {
  const form = (more: object = {}) => ({ txn_no: number(), ...more });

  test("R11: many pay one job at once: one payment, one receipt", async () => {
    for (let round = 0; round < 3; round++) {
      const [job] = await visit(1);
      const { version, lock_key } = await lockFor(FRONT, job!.id);
      const answers = await atOnce(6, ({ ask }) =>
        ask("step", "payment", FRONT, job!.id, { version, lock_key }, form()),
      );
      expect(answers.filter((a) => a.ok)).toHaveLength(1);
      for (const no of answers) if (!no.ok) expect(no.name).toBe("Refusal");
      expect(await paymentsOf([job!])).toHaveLength(1);
    }
  });

  test("two visits that share prints, in opposite order, and single payments beside them: no deadlock, no job paid twice", async () => {
    for (let round = 0; round < 4; round++) {
      const jobs = await visit(4);
      const [a, b, c, d] = jobs as [Job, Job, Job, Job];
      const holds = new Map(
        await Promise.all([a, c].map(async ({ id }) => [id, (await lockFor(FRONT, id)).lock_key] as const)),
      );
      const visits = [[a, b, d], [c, d, b], [a, d, b], [c, b, d], [a], [c]] as Job[][]; // prettier-ignore
      const answers = await atOnce(visits.length, ({ ask }, n) => {
        const [first, ...others] = visits[n]!;
        const guard = { version: first!.version, lock_key: holds.get(first!.id) };
        return ask("step", "payment", FRONT, first!.id, guard, form({ also: seen(others) }));
      });
      for (const no of answers) if (!no.ok) expect(no).toMatchObject({ name: "Refusal" });
      const rows = await paymentsOf(jobs);
      expect(new Set(rows.map((row) => row.job_id)).size).toBe(rows.length);
      const won = visits.filter((_, n) => answers[n]!.ok);
      expect(rows).toHaveLength(won.flat().length);
      expect(won.length).toBeGreaterThan(0);
      // What is not paid is as it was; what is, has its folder where it belongs.
      for (const job of jobs) {
        const paid = rows.some((row) => row.job_id === job.id);
        expect((await theJob(job.id)).status).toBe(paid ? "PAIDPICKEDUP" : "COMPLETED");
        expect(Object.keys(storageListing()).filter((f) => f.endsWith(job.stem))).toEqual([
          `${paid ? "PaidPickedUp" : "Completed"}/${job.stem}`,
        ]);
      }
    }
  });

  test("one number for two visits is taken once, in capitals or not; a voided one is free again", async () => {
    const visits = [await visit(2), await visit(2)];
    const txn_no = number();
    const guards = await Promise.all(visits.map((jobs) => lockFor(FRONT, jobs[0]!.id)));
    const answers = await atOnce(2, ({ ask }, n) =>
      ask("step", "payment", FRONT, visits[n]![0]!.id, guards[n], {
        txn_no: n ? txn_no.toLowerCase() : txn_no,
        also: seen(visits[n]!.slice(1)),
      }),
    );
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    const won = visits[answers.findIndex((a) => a.ok)]!;
    const lost = visits.find((jobs) => jobs !== won)!;
    // Half of it voided: the number still stands for the other half.
    await take("void-payment", won[0]!.id);
    await freed(lost[0]!);
    expect((await refusalOf(pay(lost, { txn_no }))).details.fields).toHaveProperty("txn_no");
    await freed(lost[0]!);
    await take("revert-pickup", won[1]!.id);
    expect((await pay(lost, { txn_no })).receipt_number).toBeGreaterThan(0);
  });

  test("a number written another way is the same number: spaces, capitals, wide forms", async () => {
    const [first, second] = await visit(2);
    const parsed = (text: string) => CorrectPaymentSchema.shape.txn_no.parse(text);
    await pay([first!], { txn_no: parsed("Tc 77 ＡＢ 9") });
    expect((await paymentsOf([first!]))[0]!.txn_no).toBe("Tc 77 AB 9");
    for (const again of ["TC77AB9", "tc 77ab 9", "ＴＣ７７ab９", "TC\u00a077  AB9"]) {
      const no = await refusalOf(pay([await freed(second!)], { txn_no: parsed(again) }));
      expect(no.details.fields?.txn_no?.[0], again).toContain("already used");
    }
    // Written another way at a correction, it stays where it was.
    await take("correct-payment", first!.id, { txn_no: "TC77 ab9", grams: 40 });
    const rows = await paymentsOf([first!]);
    expect(rows.map((row) => [row.receipt_id, row.txn_no])).toEqual([
      [rows[0]!.receipt_id, "Tc 77 AB 9"],
      [rows[0]!.receipt_id, "Tc 77 AB 9"],
    ]);
    // Two desks at once, each with its own way to write it.
    const visits = await Promise.all([visit(1), visit(1)]);
    const guards = await Promise.all(visits.map((jobs) => lockFor(FRONT, jobs[0]!.id)));
    const answers = await atOnce(2, ({ ask }, n) =>
      ask("step", "payment", FRONT, visits[n]![0]!.id, guards[n], { txn_no: n ? "Race 1" : "RACE1" }),
    );
    expect(answers.filter((a) => a.ok)).toHaveLength(1);
    for (const no of answers) if (!no.ok) expect(no.name).toBe("Refusal");
  });

  test("both halves of a receipt voided at once release its number", async () => {
    const jobs = await visit(2);
    const { receipt_id } = await pay(jobs);
    const guards = await Promise.all(jobs.map((job) => lockFor(FRONT, job.id)));
    const answers = await atOnce(2, ({ ask }, n) =>
      ask("step", "void-payment", FRONT, jobs[n]!.id, guards[n]),
    );
    expect(answers.every((a) => a.ok)).toBe(true);
    expect(
      await lab.owner("SELECT released_at IS NOT NULL AS free FROM receipts WHERE id = $1", [receipt_id]),
    ).toEqual([{ free: true }]);
  });
});

describe("the price at the counter", () => {
  test("is worked out with the prices of the approval, whatever the catalog says since", async () => {
    const [job] = await visit(1);
    await lab.owner("UPDATE jobs SET price_snapshot = price_snapshot || '{\"price_per_gram_cents\": 50}', cost_cents = 1300 WHERE id = $1", [job!.id]); // prettier-ignore
    await pay([await theJob(job!.id)], { grams: 27.3 });
    expect((await paymentsOf([job!]))[0]).toMatchObject({
      price_cents: 1365,
      estimated_cents: 1300,
      deviation_reason: null,
    });
  });

  test("a sum that no row can hold is refused at the weight, before anything is taken", async () => {
    const [job] = await visit(1);
    await lab.owner("UPDATE jobs SET price_snapshot = price_snapshot || '{\"price_per_gram_cents\": 100000}' WHERE id = $1", [job!.id]); // prettier-ignore
    const no = await refusalOf(
      pay([await theJob(job!.id)], { grams: 50_000, deviation_reason: "one very heavy print" }),
    );
    expect(no.details.fields).toHaveProperty("grams");
    expect(await paymentsOf([job!])).toEqual([]);
  });

  test("far from the estimate it needs a reason, which is kept with the payment and in the log", async () => {
    const jobs = await visit(2);
    const guard = await lockFor(FRONT, jobs[0]!.id);
    const input = {
      staff_name: STAFF,
      grams: 27.3,
      txn_no: number(),
      picked_up_by: "Ada",
      also: seen([jobs[1]!], 80),
    };
    const no = await refusalOf(checkOut(FRONT, jobs[0]!.id, input, guard));
    expect(no.details.fields?.deviation_reason?.[0]).toMatch(
      new RegExp(`job ${jobs[1]!.short_id} costs \\d+ % more`),
    );
    expect(await paymentsOf(jobs)).toEqual([]);
    await checkOut(FRONT, jobs[0]!.id, { ...input, deviation_reason: "printed twice as thick" }, guard);
    const reasons = Object.fromEntries(
      (await paymentsOf(jobs)).map((row) => [row.job_id, row.deviation_reason]),
    );
    expect(reasons).toEqual({ [jobs[0]!.id]: null, [jobs[1]!.id]: "printed twice as thick" });
    expect((await eventsOf(jobs[1]!.id)).at(-1)!.details.deviation_reason).toBe("printed twice as thick");
  });

  test("a used number and a missing reason are named together, and neither is taken", async () => {
    const [paid, job] = await visit(2);
    const used = number();
    await pay([paid!], { txn_no: used });
    const guard = await lockFor(FRONT, job!.id);
    const input = { staff_name: STAFF, grams: 80, txn_no: used, picked_up_by: "Ada" };
    const no = await refusalOf(checkOut(FRONT, job!.id, input, guard));
    expect(no.code).toBe("invalid");
    expect(no.details.fields).toEqual({
      txn_no: [expect.stringContaining("already used")],
      deviation_reason: [expect.stringContaining(`job ${job!.short_id} costs`)],
    });
    // With one mended the other is still said, alone.
    const rest = await refusalOf(
      checkOut(FRONT, job!.id, { ...input, deviation_reason: "printed twice as thick" }, guard),
    );
    expect(Object.keys(rest.details.fields ?? {})).toEqual(["txn_no"]);
    expect(await paymentsOf([job!])).toEqual([]);
  });

  test("numbers look as the setting says; kinds are the lab's own", async () => {
    await lab.set({ payment_number_pattern: "TC######", payment_kinds: ["Check: ####", "Card"] });
    try {
      const [first, second] = await visit(2);
      const wrong = await refusalOf(pay([first!], { txn_no: "123456" }));
      expect(wrong.details.fields?.txn_no?.[0]).toContain("TC123456");
      const kind = await refusalOf(pay([await freed(first!)], { payment_system: "Shells", txn_no: "1" }));
      expect(kind.details.fields).toHaveProperty("payment_system");
      await pay([await freed(first!)], { payment_system: "check", txn_no: "4711" });
      // The same number of another kind is another number.
      await pay([await freed(second!)], { payment_system: "Card", txn_no: "4711" });
      expect((await paymentsOf([first!, second!])).map((row) => row.payment_system).sort()).toEqual([
        "Card",
        "Check",
      ]);
    } finally {
      await lab.set({ payment_number_pattern: "", payment_kinds: [] });
    }
  });
});

/** The job when whoever was refused has gone away. */
async function freed(job: Job): Promise<Job> {
  await lab.owner(
    "UPDATE jobs SET lock_key = NULL, lock_session = NULL, locked_by = NULL, locked_until = NULL WHERE id = $1",
    [job.id],
  );
  return theJob(job.id);
}

describe("what was wrong stays, and something stands for it", () => {
  test("a void leaves the print handed over and says that it is owed, until a new payment stands for it", async () => {
    const [job] = await visit(1);
    await pay([job!]);
    expect((await attention()).owed.first.map(({ id }) => id)).not.toContain(job!.id);
    await take("void-payment", job!.id, { reason: "the card was refused" });
    expect((await theJob(job!.id)).status).toBe("PAIDPICKEDUP");
    expect((await attention()).owed.first.map(({ id }) => id)).toContain(job!.id);
    const [row] = await paymentsOf([job!]);
    expect(row).toMatchObject({ voided_by: STAFF, void_reason: "the card was refused" });
    expect((await jobSheet(job!.id)).steps).not.toContain("void-payment");
    // Voided it cannot be again.
    const twice = await refusalOf(take("void-payment", job!.id));
    expect(twice.details.fields).toHaveProperty("payment_id");
    await freed(job!);

    await take("correct-payment", job!.id, { txn_no: String(row!.txn_no), grams: 27.3, reason: "paid now" });
    const rows = await paymentsOf([job!]);
    expect(rows.map((one) => [one.voided_at !== null, one.corrects])).toEqual([
      [true, null],
      [false, row!.id],
    ]);
    expect(rows[1]!.receipt_id).not.toBe(row!.receipt_id);
    expect((await attention()).owed.first.map(({ id }) => id)).not.toContain(job!.id);
  });

  test("wrong grams: the old row is voided, the new one says which it corrects, on the same receipt", async () => {
    const [job] = await visit(1);
    const taken = await pay([job!], { grams: 27.3, txn_no: "Keep-1" });
    await take("correct-payment", job!.id, {
      txn_no: "keep-1",
      grams: 45,
      reason: "weighed without the base",
    });
    const [before, after] = await paymentsOf([job!]);
    expect(before).toMatchObject({ grams: 27.3, void_reason: "Corrected: weighed without the base" });
    expect(after).toMatchObject({ grams: 45, price_cents: 450, corrects: before!.id, receipt_id: taken.receipt_id, txn_no: "Keep-1", voided_at: null }); // prettier-ignore
    const sheet = await receiptSheet(taken.receipt_number!);
    expect([sheet.lines.length, sheet.total_cents]).toEqual([2, 450]);
    // Only what stands now can be corrected.
    const old = await refusalOf(take("correct-payment", job!.id, { payment_id: before!.id }));
    expect(old.details.fields).toHaveProperty("payment_id");
    expect((await paymentsToMend(job!.id)).map(({ id }) => id)).toEqual([after!.id]);
  });

  test("a wrong number: a new receipt, and the old number is free", async () => {
    const [job, other] = await visit(2);
    const wrong = number();
    const { receipt_id } = await pay([job!], { txn_no: wrong });
    await take("correct-payment", job!.id, { txn_no: number() });
    expect((await paymentsOf([job!]))[1]!.receipt_id).not.toBe(receipt_id);
    await pay([other!], { txn_no: wrong });
  });

  test("another job's payment is none of this job's", async () => {
    const [mine, theirs] = await visit(2);
    await pay([mine!]);
    await pay([theirs!]);
    const [row] = await paymentsOf([theirs!]);
    for (const verb of ["void-payment", "correct-payment"] as const) {
      const no = await refusalOf(
        VERBS[verb](FRONT, mine!, await lockFor(FRONT, mine!.id), { payment_id: row!.id }),
      );
      expect(no.details.fields).toHaveProperty("payment_id");
      await freed(mine!);
    }
    expect((await paymentsOf([theirs!]))[0]!.voided_at).toBeNull();
  });

  test("the database lets nobody change a receipt or a payment, nor put one on a released receipt", async () => {
    const [job] = await visit(1);
    const { receipt_id } = await pay([job!]);
    const [row] = await paymentsOf([job!]);
    for (const change of [
      "UPDATE receipts SET txn_no = 'other' WHERE id = $1",
      "UPDATE receipts SET number = 7 WHERE id = $1",
      "UPDATE receipts SET released_at = now() WHERE id = $1",
      "DELETE FROM receipts WHERE id = $1",
    ])
      await expect(lab.owner(change, [receipt_id]), change).rejects.toThrow(/receipt/);
    for (const set of [
      "price_cents = 1",
      "receipt_id = gen_random_uuid()",
      "corrects = NULL, grams = 1",
      "deviation_reason = 'x'",
    ])
      await expect(lab.owner(`UPDATE payments SET ${set} WHERE id = $1`, [row!.id]), set).rejects.toThrow(
        "can only be voided",
      );
    await take("void-payment", job!.id);
    await expect(
      lab.owner(
        `INSERT INTO payments (job_id, receipt_id, payment_system, grams, price_cents, txn_no, picked_up_by, paid_by_staff, workstation_id)
         SELECT job_id, receipt_id, payment_system, grams, price_cents, txn_no, picked_up_by, paid_by_staff, workstation_id FROM payments WHERE id = $1`,
        [row!.id],
      ),
    ).rejects.toThrow("released");
  });
});

describe("the ledger", () => {
  const read = (text: string) => readLedgerQuery(new URLSearchParams(text), "2026-11-24");

  test("totals are the sums of the database, by every filter", async () => {
    const whole = await ledgerPage(read("from=&to="));
    const [sums] = await lab.owner<Record<string, number>>(
      `SELECT count(*) FILTER (WHERE voided_at IS NULL)::int AS count, sum(price_cents) FILTER (WHERE voided_at IS NULL)::int AS cents,
         count(*) FILTER (WHERE voided_at IS NOT NULL)::int AS voided, sum(price_cents) FILTER (WHERE voided_at IS NOT NULL)::int AS voided_cents FROM payments`,
    );
    const { by_kind, ...totals } = whole.totals;
    expect(totals).toEqual(sums);
    expect(totals.count).toBeGreaterThan(10);
    expect(totals.voided).toBeGreaterThan(3);
    expect(by_kind.reduce((sum, { cents }) => sum + cents, 0)).toBe(totals.cents);
    const card = await ledgerPage(read("from=&kind=Card"));
    expect([card.totals.count, card.rows.length, card.rows[0]!.payment_system]).toEqual([1, 1, "Card"]);
    expect((await ledgerPage(read("from=&staff=Nobody"))).rows).toEqual([]);
    const offer = await ledgerOffer();
    expect(offer.staff).toEqual([STAFF]);
    expect([...offer.kinds].sort()).toEqual(["Card", "Check", "Tiger-Cash"]);
  });

  test("found by the beginning of a number, by job and by receipt", async () => {
    const [job] = await visit(1);
    const taken = await pay([job!], { txn_no: "Ünique_%-77" });
    for (const search of [
      "ünique_%",
      "ÜNIQUE_%-77",
      `#${job!.short_id}`,
      String(job!.short_id),
      String(taken.receipt_number),
    ]) {
      const { rows } = await ledgerPage(read(`search=${encodeURIComponent(search)}`));
      expect(
        rows.map((row) => row.txn_no),
        search,
      ).toContain("Ünique_%-77");
    }
    expect((await ledgerPage(read("search=nique"))).rows).toEqual([]);
    expect((await ledgerPage(read("search=%25"))).rows).toEqual([]);
  });

  test("pages: each row once, from both ends", async () => {
    const [job] = await visit(1);
    await lab.owner(
      `INSERT INTO payments (job_id, payment_system, grams, price_cents, txn_no, picked_up_by, paid_ts, paid_by_staff, workstation_id)
       SELECT $1, 'Old', 1, 300 + n, 'old-' || n, 'Ada', '2020-01-01'::timestamptz + interval '1 minute' * (n / 3), 'Paging', 'front' FROM generate_series(1, 232) n`,
      [job!.id],
    );
    const all: string[] = [];
    for (let page = 1; page <= 5; page++) {
      const got = await ledgerPage(read(`from=&staff=Paging&page=${page}`));
      expect([got.page, got.pages]).toEqual([page, 5]);
      all.push(...got.rows.map((row) => row.id));
    }
    const rows = await lab.owner<{ id: string }>("SELECT id FROM payments WHERE paid_by_staff = 'Paging' ORDER BY paid_ts DESC, id DESC"); // prettier-ignore
    expect(all).toEqual(rows.map(({ id }) => id));
    expect((await ledgerPage(read("from=&staff=Paging&page=99"))).page).toBe(5);
  });

  test("a day is the lab's, on the days when the clocks change too", async () => {
    const [job] = await visit(1);
    const at = ["2026-03-08T05:59:59Z", "2026-03-08T06:00:00Z", "2026-03-09T04:59:59Z", "2026-03-09T05:00:00Z", "2026-11-01T04:59:59Z", "2026-11-01T05:00:00Z", "2026-11-02T05:59:59Z", "2026-11-02T06:00:00Z"]; // prettier-ignore
    for (const [n, when] of at.entries())
      await lab.owner(
        `INSERT INTO payments (job_id, payment_system, grams, price_cents, txn_no, picked_up_by, paid_ts, paid_by_staff, workstation_id)
         VALUES ($1, 'Clock', 1, 300, $2, 'Ada', $3, 'Clock', 'front')`,
        [job!.id, `clock-${n}`, when],
      );
    const on = async (day: string) =>
      (await ledgerPage(read(`from=${day}&to=${day}&staff=Clock`))).rows
        .map((row) => Number(row.txn_no.slice(6)))
        .sort();
    expect(await on("2026-03-07")).toEqual([0]);
    expect(await on("2026-03-08")).toEqual([1, 2]);
    expect(await on("2026-03-09")).toEqual([3]);
    expect(await on("2026-10-31")).toEqual([4]);
    expect(await on("2026-11-01")).toEqual([5, 6]);
    expect(await on("2026-11-02")).toEqual([7]);
  });

  test("what was handed over for nothing is listed with its reason, unless it was taken back", async () => {
    const [kept, reverted] = await visit(2);
    await take("mark-picked-up", kept!.id);
    await take("mark-picked-up", reverted!.id);
    await take("revert-pickup", reverted!.id);
    const { total, first } = await freeHandOvers({ from: "", to: "" });
    expect([total, first.map(({ job_id, reason }) => [job_id, reason])]).toEqual([
      1,
      [[kept!.id, "reprint"]],
    ]);
    expect((await freeHandOvers({ from: "", to: "2020-01-01" })).total).toBe(0);
  });
});

describe("the receipt by mail", () => {
  test("on request: once a form, to the student, with the sum; none when all is voided", async () => {
    const smtp = await startSmtp();
    lab.configure({ MAIL_SERVER: "127.0.0.1", MAIL_PORT: String(smtp.port) });
    try {
      const jobs = await visit(2);
      const { receipt_number } = await pay(jobs);
      const input = { staff_name: STAFF, form_key: randomUUID() };
      await lab.owner("UPDATE outbox SET state = 'cancelled' WHERE state = 'due'");
      await mailReceipt(FRONT, receipt_number!, input);
      await mailReceipt(FRONT, receipt_number!, input);
      await sweepOutbox(HANDLERS, async () => []);
      const letters = smtp.messages.filter((mail) => /^Receipt/.test(mail.subject ?? ""));
      expect(letters).toHaveLength(1);
      expect(JSON.stringify(letters[0]!.to)).toContain(jobs[0]!.student_email);
      expect(letters[0]!.subject).toBe(`Receipt ${receipt_number}: $6.00 for your 3D prints`);
      for (const job of jobs) expect(letters[0]!.text).toContain(`Request ${job.short_id},`);
      const told = (await eventsOf(jobs[0]!.id)).concat(await eventsOf(jobs[1]!.id));
      expect(told.filter((e) => e.event_type === "ReceiptMailed")).toHaveLength(1);
      expect((await receiptSheet(receipt_number!)).mails.map(({ state }) => state)).toEqual(["done"]);

      for (const job of jobs) await take("void-payment", job.id);
      const no = await refusalOf(
        mailReceipt(FRONT, receipt_number!, { staff_name: STAFF, form_key: randomUUID() }),
      );
      expect(no.details.reason).toBe("voided");
      expect((await refusalOf(mailReceipt(FRONT, 999_999_999, { staff_name: STAFF }))).code).toBe(
        "not_found",
      );
    } finally {
      lab.configure();
      await smtp.close();
    }
  });

  test("by itself when the lab wants it, a few minutes later; reverted in time, none goes out", async () => {
    await lab.set({ receipt_mail: true, completion_mail_delay_minutes: 5 });
    try {
      const [job] = await visit(1);
      await pay([job!]);
      const of = async () =>
        (await outboxOf(job!.id)).filter((row) => row.payload.letter === "payment_receipt");
      expect((await of()).map(({ state }) => state)).toEqual(["due"]);
      await take("revert-pickup", job!.id);
      await lab.owner("UPDATE outbox SET next_at = now() WHERE job_id = $1", [job!.id]);
      await sweepOutbox(HANDLERS, async () => []);
      expect((await of()).map(({ state }) => state)).toEqual(["cancelled"]);
    } finally {
      await lab.set({ receipt_mail: false });
    }
  });
});

test("R15: after all of this the log's chain holds", async () => {
  expect((await verifyChain()).gap).toBeNull();
});
