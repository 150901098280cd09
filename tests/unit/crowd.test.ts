import { expect, test } from "vitest";
import { Crowd } from "@server/crowd";

test("a few who were sent away come back between twenty and forty seconds later", () => {
  expect(new Crowd(2).comeBackIn(0, 0)).toBe(20);
  expect(new Crowd(2).comeBackIn(0, 1)).toBe(40);
});

test("a crowd comes back spread over the time that it needs, none later than ten minutes", () => {
  const crowd = new Crowd(2);
  for (let n = 0; n < 399; n++) crowd.comeBackIn(1_000);
  expect(crowd.comeBackIn(1_000, 1)).toBe(220);
  expect(crowd.comeBackIn(1_000, 0.5)).toBe(120);
  for (let n = 0; n < 4_000; n++) crowd.comeBackIn(1_000);
  expect(crowd.comeBackIn(1_000, 1)).toBe(600);
});

test("who was sent away more than a minute ago is not counted; nor is who came before the clock went back", () => {
  const crowd = new Crowd(2);
  for (let n = 0; n < 400; n++) crowd.comeBackIn(100_000);
  expect(crowd.comeBackIn(160_001, 1)).toBe(40);
  expect(crowd.comeBackIn(1_000, 1)).toBe(40);
});

test("the sentence says the same as the header", () => {
  const crowd = new Crowd(0.001);
  const refusal = crowd.sendAway("It is full.");
  const seconds = refusal.details.retryAfterSeconds!;
  const minutes = Math.ceil(seconds / 60);
  expect(refusal.status).toBe(503);
  expect(refusal.message).toBe(`It is full. Please send the form again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`); // prettier-ignore
});
