import { expect, it } from "vitest";

import { nextPollIn } from "./pace.ts";

it.each([
  ["keeps the interval, whatever the poll itself took", 1_000, { sinceStartMs: 30, answeredInMs: 8, failures: 0 }, 970],
  ["asks a slow proxy half as often", 1_000, { sinceStartMs: 150, answeredInMs: 101, failures: 0 }, 1_850],
  ["does not call 100 ms slow", 1_000, { sinceStartMs: 100, answeredInMs: 100, failures: 0 }, 900],
  ["never asks before now", 100, { sinceStartMs: 950, answeredInMs: 90, failures: 0 }, 0],
  ["asks again soon after one failure", 1_000, { sinceStartMs: 5, answeredInMs: null, failures: 1 }, 995],
  ["doubles from there", 1_000, { sinceStartMs: 0, answeredInMs: null, failures: 3 }, 4_000],
  ["asks a dead proxy every five seconds", 1_000, { sinceStartMs: 0, answeredInMs: null, failures: 50 }, 5_000],
  ["but not more often than the interval", 30_000, { sinceStartMs: 0, answeredInMs: null, failures: 50 }, 30_000],
])("%s", (_case, intervalMs, asked, expected) => {
  expect(nextPollIn(intervalMs, asked)).toBe(expected);
});
