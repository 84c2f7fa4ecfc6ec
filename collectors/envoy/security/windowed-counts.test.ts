import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { coveredBy, WindowedCounts } from "./windowed-counts.ts";

const SINCE = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;

interface Event {
  key: string;
  by: number;
  atMs: number;
}

const events = (spanMs: number): fc.Arbitrary<Event[]> =>
  fc.array(
    fc.record({ key: fc.constantFrom("a", "b", "c"), by: fc.integer({ min: 1, max: 50 }), atMs: fc.integer({ min: 0, max: spanMs }) }),
    { maxLength: 60 },
  );

describe("counts in steps", () => {
  it.each([
    ["an hour", HOUR - 20_000],
    ["a day", 23.9 * HOUR],
    ["three days", 72 * HOUR],
  ])("are what the window that they name holds, over %s", (_span, spanMs) => {
    fc.assert(
      fc.property(events(spanMs), fc.nat(spanMs), fc.nat(spanMs), fc.boolean(), (made, from, length, isOpen) => {
        const counts = new WindowedCounts<string>(10);
        const told = made.map((event) => ({ ...event, atMs: SINCE + event.atMs })).toSorted((a, b) => a.atMs - b.atMs);
        for (const { key, by, atMs } of told) counts.add(key, key, by, atMs);
        const asked = { fromMs: isOpen ? null : SINCE + from, toMs: Math.min(SINCE + from + length, SINCE + spanMs) };
        const covered = coveredBy(asked, SINCE - 1, SINCE + spanMs);
        const { fromMs, toMs } = covered.window;
        // Nothing that is asked for and remembered is left out, and no more than a step is added at either end.
        expect(fromMs).toBeLessThanOrEqual(Math.max(asked.fromMs ?? fromMs, fromMs));
        expect(toMs).toBeGreaterThanOrEqual(Math.min(asked.toMs, toMs));
        expect(toMs - Math.max(asked.toMs, fromMs)).toBeLessThanOrEqual(60_000);
        const naive = new Map<string, number>();
        for (const { key, by, atMs } of told) if (atMs > fromMs && atMs <= toMs) naive.set(key, (naive.get(key) ?? 0) + by);
        expect(new Map(counts.within(covered).map(({ fields, count }) => [fields, count]))).toEqual(naive);
      }),
    );
  });

  it.each([1_000, 15_000, 60_000, 300_000])(
    "are exactly those of a window of whole seconds of %d ms, also while the answer is made",
    (lengthMs) => {
      fc.assert(
        fc.property(events(HOUR), fc.nat(20_000), (made, lateMs) => {
          const counts = new WindowedCounts<string>(10);
          const told = made.map((event) => ({ ...event, atMs: SINCE + event.atMs })).toSorted((a, b) => a.atMs - b.atMs);
          for (const { key, by, atMs } of told) counts.add(key, key, by, atMs);
          const nowMs = SINCE + HOUR + lateMs;
          const asked = { fromMs: SINCE + HOUR - lengthMs, toMs: SINCE + HOUR };
          const covered = coveredBy(asked, SINCE - 1, nowMs);
          expect(covered.window).toEqual(asked);
          const inside = told.filter(({ atMs }) => atMs > asked.fromMs && atMs <= asked.toMs);
          expect(counts.within(covered).reduce((total, { count }) => total + count, 0)).toBe(
            inside.reduce((total, { by }) => total + by, 0),
          );
        }),
      );
    },
  );

  it("say that they cover more where only coarser steps are kept", () => {
    const now = SINCE + 2 * HOUR + 7_000;
    const widthOf = (lengthMs: number): number => {
      const { fromMs, toMs } = coveredBy({ fromMs: now - lengthMs, toMs: now }, SINCE, now).window;
      return toMs - fromMs - lengthMs;
    };
    expect([300_000, 900_000, HOUR, 1.5 * HOUR].map(widthOf)).toEqual([0, 7_000, 7_000, 7_000]);
  });

  it("know when a key was first and last met", () => {
    const counts = new WindowedCounts<string>(10);
    for (const atMs of [SINCE + 5, SINCE + 90_000, SINCE + 40]) counts.add("a", "a", 1, atMs);
    const covered = coveredBy({ fromMs: SINCE + 80_000, toMs: SINCE + 90_000 }, SINCE, SINCE + 90_000);
    expect(counts.within(covered)).toEqual([{ fields: "a", count: 1, firstSeenMs: SINCE + 5, lastSeenMs: SINCE + 90_000 }]);
  });

  it("begin no earlier than the memory", () => {
    const now = SINCE + 30 * HOUR;
    expect(coveredBy({ fromMs: 0, toMs: now }, SINCE, now).window).toEqual({ fromMs: now - 24 * HOUR, toMs: now });
    expect(coveredBy({ fromMs: null, toMs: now }, now - 5_000, now).window).toEqual({ fromMs: now - 5_000, toMs: now });
  });

  it("say what found no room, and make room for what is silent for a day", () => {
    const counts = new WindowedCounts<string>(2);
    for (const key of ["a", "b", "c", "c"]) counts.add(key, key, 3, SINCE);
    expect(counts.dropped).toBe(6);
    counts.add("a", "a", 1, SINCE + 25 * HOUR);
    counts.add("d", "d", 1, SINCE + 25 * HOUR);
    const covered = coveredBy({ fromMs: null, toMs: SINCE + 25 * HOUR }, SINCE, SINCE + 25 * HOUR);
    expect(counts.within(covered).map(({ fields, count }) => [fields, count])).toEqual([
      ["a", 1],
      ["d", 1],
    ]);
    expect(counts.dropped).toBe(6);
  });

  it("never wrap around", () => {
    const counts = new WindowedCounts<string>(1);
    counts.add("a", "a", 1e300, SINCE);
    counts.add("a", "a", 5, SINCE);
    const [only] = counts.within(coveredBy({ fromMs: null, toMs: SINCE }, SINCE - 1, SINCE));
    expect(only?.count).toBe(0xff_ff_ff_ff);
  });
});
