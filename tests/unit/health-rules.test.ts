/** R35: what counts as trouble, for how long it must last, and when it is over. */
import { describe, expect, test } from "vitest";
import { formatSize } from "@server/format";
import { backupCard, cardsOf, worstOf } from "@server/health/cards";
import { judge, levelOf, NOTHING_MINUTES, ruleOf, RULES } from "@server/health/rules";
import { SettingsSchema } from "@server/settings/schema";

const settings = SettingsSchema.parse({});
const disk = ruleOf("disk_full")!;
const many = (value: number | undefined, times = NOTHING_MINUTES) => Array(times).fill(value) as number[];

describe("an alert", () => {
  test("is raised only when the value stays beyond its limit for the rule's minutes", () => {
    expect(disk.minutes).toBe(2);
    expect(judge(disk, [90], null, settings)).toBeNull();
    expect(judge(disk, [90, 84], null, settings)).toBeNull();
    expect(judge(disk, [90, undefined, 90], null, settings)).toBeNull();
    expect(judge(disk, [85, 90], null, settings)).toBe("warning");
    expect(judge(disk, [96, 95], null, settings)).toBe("critical");
    // Only as bad as it has been all the time.
    expect(judge(disk, [96, 90], null, settings)).toBe("warning");
  });

  test("becomes critical once, and never less than it was", () => {
    expect(judge(disk, [90, 90], "warning", settings)).toBeNull();
    expect(judge(disk, [96, 96], "warning", settings)).toBe("critical");
    expect(judge(disk, [96, 96], "critical", settings)).toBeNull();
    expect(judge(disk, [90, 90], "critical", settings)).toBeNull();
  });

  test("ends only clearly below its limit, and when nothing is measured any more", () => {
    expect(judge(disk, [84, 84], "warning", settings)).toBeNull();
    expect(judge(disk, [77, 76, 76], "warning", settings)).toBeNull();
    expect(judge(disk, [76, 76], "warning", settings)).toBe("clear");
    expect(judge(disk, many(undefined), "warning", settings)).toBe("clear");
    expect(judge(disk, many(undefined), null, settings)).toBeNull();
    expect(judge(disk, [76, ...many(undefined, 14)], "warning", settings)).toBeNull();
  });

  test("that dances around its limit is told once", () => {
    let open: "warning" | "critical" | null = null;
    let told = 0;
    for (let minute = 0; minute < 60; minute++) {
      const values = Array.from({ length: 15 }, (_, i) => 85 + ((minute - i) % 4 < 2 ? 1 : -1));
      const verdict = judge(disk, values, open, settings);
      if (verdict) told++;
      if (verdict === "warning") open = verdict;
      if (verdict === "clear") open = null;
    }
    expect(told).toBe(1);
  });

  test("follows the lab's own limits; a quota of 0 is none", () => {
    const full = ruleOf("storage_full")!;
    const quota = { ...settings, storage_quota_gb: 10, storage_warn_percent: 50 };
    const m = { storage_bytes: 6e9 };
    expect(levelOf(full, full.value(m, quota), quota)).toBe("warning");
    expect(levelOf(full, full.value({ storage_bytes: 9.6e9 }, quota), quota)).toBe("critical");
    expect(full.value(m, settings)).toBeUndefined();
  });

  test("of each kind says what to do in a letter's length, and can end", () => {
    expect(new Set(RULES.map(({ kind }) => kind)).size).toBe(RULES.length);
    for (const rule of RULES) {
      expect(rule.warning ?? rule.critical, rule.kind).toBeDefined();
      expect(rule.say(7).length, rule.kind).toBeGreaterThan(20);
      expect(rule.say(7).length, rule.kind).toBeLessThan(400);
      expect(rule.minutes).toBeLessThanOrEqual(NOTHING_MINUTES);
      expect(judge(rule, many(0), "warning", settings), rule.kind).toBe("clear");
    }
  });

  test("about pages is not raised by a handful of requests", () => {
    const failing = ruleOf("requests_failing")!;
    expect(failing.value({ requests: 3, failed: 3 }, settings)).toBeUndefined();
    expect(failing.value({ requests: 100, failed: 50 }, settings)).toBe(50);
  });
});

describe("the cards", () => {
  const now = new Date("2026-11-24T12:00:00Z");
  test("say in words what is well, what is not, and what nobody knows", () => {
    const cards = cardsOf({ database_ms: 2.34, database_connections: 5, database_connections_max: 100, workers: 0, disk_percent: 96, disk_free_bytes: 1e9 }, settings, now); // prettier-ignore
    const of = (key: string) => cards.find((card) => card.key === key)!;
    expect(of("database")).toMatchObject({ state: "ok", words: "Answers." });
    expect(of("database").facts).toContainEqual({ label: "Answers within", value: "2.3 ms" });
    expect(of("worker")).toMatchObject({
      state: "critical",
      words: expect.stringContaining("Start it again"),
    });
    expect(of("disk").state).toBe("critical");
    expect(of("queue")).toMatchObject({ state: "unknown", words: "Not measured yet.", facts: [] });
    expect(worstOf(cards)).toBe("critical");
  });

  test("call the processors busy only while that lasts", () => {
    const cpu = (open: string[]) =>
      cardsOf({ cpu_percent: 99 }, settings, now, open).find(({ key }) => key === "cpu")!;
    expect(cpu([]).state).toBe("ok");
    expect(cpu(["cpu_high"])).toMatchObject({ state: "warning", words: expect.stringContaining("99 %") });
  });

  test("never invent a letter or a backup", () => {
    const mail = cardsOf({ mail_retrying: 0, mail_last_seconds: -1 }, settings, now).find(({ key }) => key === "mail")!; // prettier-ignore
    expect(mail.facts).toContainEqual({ label: "Last letter taken", value: "never" });
    expect(backupCard(null, null, now)).toMatchObject({
      state: "warning",
      facts: [
        { label: "Last backup", value: "never" },
        { label: "Last restore test", value: "never" },
      ],
    });
    const done = (at: string) => ({ state: "done", at, result: "" });
    const fresh = done("2026-11-24T03:00:00Z");
    expect(backupCard(fresh, fresh, now)).toMatchObject({ state: "ok", words: "Made, and tried out." });
    expect(backupCard(done("2026-11-22T03:00:00Z"), fresh, now).state).toBe("warning");
    expect(backupCard(fresh, done("2026-07-01T03:00:00Z"), now).words).toContain("three months");
    expect(backupCard({ ...fresh, state: "failed" }, fresh, now).state).toBe("critical");
  });

  test("tell sizes as disks are sold", () => {
    expect([0, 999, 1000, 12_340_000, 999_960_000, 3.2e12].map(formatSize)).toEqual([
      "0 bytes", "999 bytes", "1 KB", "12.3 MB", "1 GB", "3.2 TB",
    ]); // prettier-ignore
  });
});
