import { expect, it } from "vitest";

import { START_MS } from "#lib/testing/builders.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { isPast, liveWindow } from "./window.ts";

it("a window ends with the last whole second, or at the instant that is asked for", async () => {
  const time = createFakeTime();
  await time.advance(60_900);
  const { clock } = time;
  const now = { fromMs: START_MS + 50_000, toMs: START_MS + 60_000 };
  expect(liveWindow(clock, 10_000)).toEqual(now);
  expect(liveWindow(clock, 10_000, START_MS + 30_500)).toEqual({ fromMs: START_MS + 20_500, toMs: START_MS + 30_500 });
  expect([isPast(clock, undefined), isPast(clock, START_MS + 60_000), isPast(clock, START_MS + 59_999)]).toEqual([false, false, true]);
});

it("a window never reaches beyond now: the seconds to come would read as seconds without traffic", async () => {
  const time = createFakeTime();
  await time.advance(60_900);
  const { clock } = time;
  expect(liveWindow(clock, 10_000, START_MS + 3_600_000)).toEqual(liveWindow(clock, 10_000));
});
