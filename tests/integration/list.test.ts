/** The staff's list: what search, filters, order and pages find, and that an index answers each of them. */
import { beforeAll, describe, expect, test } from "vitest";
import { db } from "@server/db.server";
import { type ListQuery, readListQuery, writeListQuery } from "@server/jobs/list";
import { addUpCounts, countJobs, listJobs, MOST_COUNTED } from "@server/jobs/list.server";
import { STATUSES } from "@server/jobs/states";
import { freshLab, type Lab } from "../support/database";
import { drive, submitCube } from "../support/desk";
import { addJobs } from "../support/many-jobs";

let lab: Lab;
beforeAll(async () => {
  lab = await freshLab();
  await addJobs(lab.owner, 20_000);
}, 60_000);

const at = (address: string): ListQuery => readListQuery(new URLSearchParams(address));
const list = (address: string, limit = 50) => listJobs(at(address), limit);

describe("what is found", () => {
  test("every page together is the whole list, once, in order, from either end", async () => {
    for (const sort of ["created", "waiting", "name", "printer"])
      for (const dir of ["asc", "desc"]) {
        const address = `status=UPLOADED&sort=${sort}&dir=${dir}`;
        const { pages, total } = await list(address, 20);
        const ids: string[] = [];
        for (let page = 1; page <= pages; page++)
          ids.push(...(await list(`${address}&page=${page}`, 20)).jobs.map((job) => job.id));
        expect(ids).toHaveLength(total);
        expect(new Set(ids).size).toBe(total);
        const column = { created: "created_at", waiting: "status_since", name: "lower(student_name)", printer: "printer_name" }[sort]; // prettier-ignore
        const rows = await lab.owner<{ id: string }>(
          `SELECT id FROM jobs WHERE status = 'UPLOADED' ORDER BY ${column} ${dir}, id ${dir}`,
        );
        expect(ids).toEqual(rows.map((row) => row.id));
      }
  });

  test("a search is over name, email, class, file and number, in any case, all words together", async () => {
    await lab.owner(`UPDATE jobs SET student_name = 'Zebulon Quartz', student_email = 'zq@example.edu', class_number = 'LIDAR 77',
      original_filename = 'whale_50%.stl' WHERE short_id = (SELECT min(short_id) FROM jobs WHERE status = 'ARCHIVED')`);
    const [{ short_id }] = (await lab.owner("SELECT short_id FROM jobs WHERE student_name = 'Zebulon Quartz'")) as [{ short_id: number }]; // prettier-ignore
    for (const search of [
      "zebulon",
      "QUARTZ",
      "zq@exam",
      "lidar",
      "whale_50%",
      "quartz lidar",
      String(short_id),
      `#${short_id}`,
    ]) {
      // prettier-ignore
      const found = await list(`status=ARCHIVED&search=${encodeURIComponent(search)}`);
      expect([search, found.jobs.map((job) => job.student_name)]).toEqual([
        search,
        expect.arrayContaining(["Zebulon Quartz"]),
      ]);
    }
    for (const search of ["quartz smithx", "whale_50_", "zebulonq"])
      expect((await list(`status=ARCHIVED&search=${encodeURIComponent(search)}`)).total).toBe(0);
    const counts = await countJobs(at("search=zebulon"));
    expect(counts).toMatchObject({ ARCHIVED: 1, UPLOADED: 0 });
  });

  test("filters narrow together; counts follow them", async () => {
    const address =
      "status=PAIDPICKEDUP&printer=prusa_xl&discipline=Engineering&method=Filament&from=2026-01-01&to=2099-01-01";
    const found = await list(address);
    const [{ n }] = (await lab.owner(
      "SELECT count(*)::int AS n FROM jobs WHERE status = 'PAIDPICKEDUP' AND printer = 'prusa_xl' AND discipline = 'Engineering' AND created_at >= '2026-01-01'::timestamp AT TIME ZONE 'America/Chicago'",
    )) as [{ n: number }];
    expect(found.total).toBe(n);
    expect(new Set(found.jobs.map((job) => `${job.printer_name} ${job.discipline}`))).toEqual(
      new Set(["Prusa XL Engineering"]),
    );
    expect((await countJobs(at(address))).PAIDPICKEDUP).toBe(Math.min(n, MOST_COUNTED + 1));
  });

  test("a day is the lab's day, also when the clocks change", async () => {
    await lab.set({ time_zone: "America/Chicago" });
    // 2026-11-01 has 25 hours there: from 05:00 UTC to 06:00 UTC on the next day.
    await lab.owner("UPDATE jobs SET created_at = '2026-10-01' WHERE status = 'PRINTING'");
    const moments = ["2026-11-01T04:59:59Z", "2026-11-01T05:00:00Z", "2026-11-02T05:59:59Z", "2026-11-02T06:00:00Z"]; // prettier-ignore
    for (const [i, moment] of moments.entries())
      await lab.owner(
        `UPDATE jobs SET created_at = $1 WHERE id = (SELECT id FROM jobs WHERE status = 'PRINTING' ORDER BY id OFFSET ${i} LIMIT 1)`,
        [moment],
      );
    const found = await list("status=PRINTING&from=2026-11-01&to=2026-11-01&dir=asc&sort=created");
    expect(found.jobs.map((job) => new Date(job.created_at).toISOString())).toEqual(
      moments.slice(1, 3).map((moment) => new Date(moment).toISOString()),
    );
  });

  test("what needs attention: new, expired, held, letters that failed", async () => {
    const job = await submitCube();
    const seen = await list("status=UPLOADED&needs_attention=true", 100);
    expect(seen.jobs.every((one) => one.is_new || one.locked_by !== null)).toBe(true);
    await lab.owner("UPDATE jobs SET staff_viewed_at = now() WHERE id = $1", [job.id]);
    const has = async () =>
      (await list(`status=UPLOADED&needs_attention=true&search=${job.short_id}`)).total === 1;
    expect(await has()).toBe(false);
    await lab.owner("UPDATE outbox SET state = 'failed' WHERE job_id = $1 AND kind = 'mail'", [job.id]);
    expect(await has()).toBe(true);
    const expired = await list("status=PENDING&confirmation_expired=true");
    expect(expired.total).toBeGreaterThan(0);
    expect(expired.jobs.every((one) => one.confirmation_expired)).toBe(true);
  });
});

describe("kept counts", () => {
  const counted = () =>
    lab.owner<{ status: string; n: number }>(
      "SELECT status, count(*)::int AS n FROM jobs GROUP BY status ORDER BY 1",
    );
  const kept = async () => {
    const counts = await countJobs(at(""));
    return STATUSES.filter((status) => counts[status]).map((status) => ({ status, n: counts[status] })).sort((a, b) => a.status.localeCompare(b.status)); // prettier-ignore
  };

  test("follow every change, added up or not, also side by side", async () => {
    expect(await kept()).toEqual(await counted());
    await drive(await submitCube(), "PRINTING");
    await lab.owner("DELETE FROM jobs WHERE id = (SELECT id FROM jobs WHERE status = 'REJECTED' AND NOT EXISTS (SELECT FROM payments p WHERE p.job_id = jobs.id) LIMIT 1)"); // prettier-ignore
    expect(await kept()).toEqual(await counted());
    await Promise.all([addUpCounts(), submitCube(), addUpCounts(), submitCube(), addUpCounts()]);
    expect(await kept()).toEqual(await counted());
    await addUpCounts();
    const [{ steps }] = (await lab.owner("SELECT count(*)::int AS steps FROM job_counts")) as [{ steps: number }]; // prettier-ignore
    expect(steps).toBeLessThanOrEqual(STATUSES.length);
  });
});

describe("P9: every question has its index", () => {
  const questions = [
    "status=ARCHIVED",
    "status=ARCHIVED&page=99999",
    "status=ARCHIVED&sort=name",
    "status=ARCHIVED&sort=printer&dir=desc",
    "status=ARCHIVED&sort=waiting",
    "status=ARCHIVED&search=zebulon",
    "status=ARCHIVED&search=smith",
    "status=ARCHIVED&search=example.edu",
    "status=ARCHIVED&search=zq",
    "status=ARCHIVED&search=42",
    "status=ARCHIVED&printer=prusa_xl",
    "status=ARCHIVED&method=Resin",
    "status=ARCHIVED&discipline=Art",
    "status=ARCHIVED&from=2026-11-01",
    "status=PENDING&confirmation_expired=true",
    "status=ARCHIVED&needs_attention=true",
  ];
  test.each(questions)("%s", async (address) => {
    const asked: { sql: string; bindings: readonly unknown[] }[] = [];
    const listen = (query: { sql: string; bindings: readonly unknown[] }) => asked.push(query);
    db().on("query", listen);
    await list(address);
    await countJobs(at(address));
    db().removeListener("query", listen);
    // What ran in a transaction of its own ran without the planner's sequential scans.
    const sequence = asked.flatMap(({ sql }, i) => (/SET LOCAL enable_seqscan/.test(sql) ? [asked[i + 1]!.sql] : [])); // prettier-ignore
    const reads = asked.filter(({ sql }) => /from "?jobs"?/i.test(sql));
    expect(reads.length).toBeGreaterThan(0);
    for (const { sql, bindings } of reads) {
      const { rows } = await db().transaction(async (trx) => {
        if (sequence.includes(sql)) await trx.raw("SET LOCAL enable_seqscan = off");
        return trx.raw<{ rows: { "QUERY PLAN": string }[] }>(
          `EXPLAIN ${sql.replace(/\$\d+/g, "?")}`,
          bindings as string[],
        );
      });
      const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
      expect(plan, sql).not.toMatch(/Seq Scan on jobs/);
    }
  });
});

test("the address says it all, and what makes no sense in it asks for nothing", () => {
  const query = at(
    "status=printing&search= Ada %00&sort=name&dir=desc&page=3&from=2026-02-30&to=2026-02-28&needs_attention=on&printer=x",
  );
  expect(query).toMatchObject({
    status: "PRINTING",
    sort: "name",
    dir: "desc",
    page: 3,
    from: "",
    to: "2026-02-28",
    needs_attention: true,
  });
  expect(at(writeListQuery(query).toString())).toEqual(query);
  expect(at("status=NO&sort=__proto__&dir=up&page=-4")).toMatchObject({
    status: "UPLOADED",
    sort: "created",
    dir: "desc",
    page: 1,
  });
});
