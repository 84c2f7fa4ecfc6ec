import { describe, expect, it } from "vitest";

import type { Result } from "#lib/model/errors.ts";
import { START_MS } from "#lib/testing/builders.ts";

import { valueOf } from "./testing/rig.ts";
import { meshOf, sourceOver, type StoreOf } from "./testing/store-of.ts";

/** Hangs where a question matches. */
const hangingAt =
  (pattern: RegExp): StoreOf =>
  (question) =>
    pattern.test(`${question.path} ${question.query}`) ? "hangs" : meshOf(2)(question);

const RANGES = /query_range/;
const COUNTS = /increase/;
const window = { fromMs: START_MS - 600_000, toMs: START_MS };

/** Lets fake time pass until the answer is there, and says how long that took. */
async function timed<T>(rig: ReturnType<typeof sourceOver>, asking: Promise<Result<T>>): Promise<{ answer: Result<T>; tookMs: number }> {
  const beganMs = rig.time.clock.monotonicMs();
  const state = { isOver: false };
  void asking.finally(() => (state.isOver = true));
  await rig.time.settle();
  while (!state.isOver) await rig.time.advance(100);
  return { answer: await asking, tookMs: rig.time.clock.monotonicMs() - beganMs };
}

describe("a store that hangs", () => {
  it.each([
    ["at its first question", /./, 10_000],
    ["where it is asked how far back it reaches, and for counts", new RegExp(`${RANGES.source}|${COUNTS.source}`), 11_000],
    ["at its counts", COUNTS, 10_000],
  ])("keeps a reader waiting for one answer's time %s, and says so", async (_, pattern, waitMs) => {
    const rig = sourceOver(hangingAt(pattern));
    const { answer, tookMs } = await timed(rig, rig.traffic());
    expect(tookMs).toBe(waitMs);
    expect(answer).toMatchObject({
      ok: false,
      error: {
        code: "TIMEOUT",
        sourceId: "metrics",
        message: expect.stringMatching(/^metrics.* within /),
        mend: expect.stringContaining("timeout"),
      },
    });
  });

  it("is not waited for again by the rest of the same map", async () => {
    const rig = sourceOver(hangingAt(/./));
    await timed(rig, rig.traffic());
    const again = await timed(rig, rig.source.traffic({ ...window, fromMs: START_MS - 60_000 }));
    expect([again.tookMs, again.answer]).toMatchObject([1_000, { ok: false, error: { message: expect.stringContaining("10000 ms") } }]);
    const sparks = await timed(rig, rig.source.countSteps(window, 10));
    expect([sparks.tookMs, sparks.answer]).toMatchObject([
      0,
      { ok: true, value: { coverage: "partial", notices: [{ code: "steps-pending" }] } },
    ]);
  });

  it("has its whole time again for the next map, and is there as soon as it answers", async () => {
    const rig = sourceOver(hangingAt(/./));
    await timed(rig, rig.traffic());
    await rig.time.advance(5_000);
    expect((await timed(rig, rig.source.traffic(window))).tookMs).toBe(10_000);
    rig.become(meshOf(2));
    await rig.time.advance(1_000);
    expect(valueOf((await timed(rig, rig.traffic())).answer).value.rows).toHaveLength(2);
  });

  it("is not waited for by the services that are known, however old they are", async () => {
    const rig = sourceOver(meshOf(2));
    valueOf(await rig.traffic());
    rig.become(hangingAt(/./));
    await rig.time.advance(30_000);
    await timed(rig, rig.traffic());
    await rig.time.advance(60_000);
    const { answer, tookMs } = await timed(rig, rig.source.topology());
    expect([tookMs, answer]).toMatchObject([0, { ok: true, value: { coverage: "stale", value: { services: [{}, {}, {}] } } }]);
  });

  it("leaves the last answer, stamped stale, for as long as one answer takes", async () => {
    const rig = sourceOver(meshOf(2));
    valueOf(await rig.traffic());
    rig.become(hangingAt(/./));
    await rig.time.advance(30_000);
    const { answer, tookMs } = await timed(rig, rig.traffic());
    expect([tookMs, answer]).toMatchObject([10_000, { ok: true, value: { coverage: "stale", value: { rows: [{}, {}] } } }]);
  });
});
