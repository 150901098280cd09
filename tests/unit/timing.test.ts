import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Timing } from "@server/timing";

test("each step takes from the end of the one before; the header is what browsers read", async () => {
  const timing = new Timing();
  await sleep(30);
  timing.ended("receive");
  timing.ended("check");
  expect(String(timing)).toMatch(/^receive;dur=\d+\.\d, check;dur=\d+\.\d$/);
  const [receive, check] = [...String(timing).matchAll(/dur=([\d.]+)/g)].map(([, ms]) => Number(ms));
  expect(receive).toBeGreaterThanOrEqual(25);
  expect(check).toBeLessThan(receive!);
});
