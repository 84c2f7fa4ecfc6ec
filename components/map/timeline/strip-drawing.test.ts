import { describe, expect, it } from "vitest";

import { demandChange, splitChange } from "#components/changes/testing/changes.ts";
import type { Change } from "#lib/model/change.ts";
import type { RedSeries } from "#lib/model/red-chart.ts";

import { nearestIndex, STRIP, stripMarks, stripPaths, stripTime, stripX } from "./strip-drawing.ts";

const scale = { from: 0, to: 900_000, width: 912 };

function series(rate: (number | null)[], errorCount: (number | null)[]): RedSeries {
  const nulls = rate.map(() => null);
  const t = rate.map((_, index) => (index + 1) * 10_000);
  return { group: "all", t, rate, errorCount, count: nulls, errorRatio: nulls, p50Ms: nulls, p95Ms: nulls, p99Ms: nulls };
}

function change(id: string, t: number): Change {
  const at = new Date(t).toISOString();
  return splitChange({
    id,
    target: "reviews/reviews",
    legs: [
      { id: "a", version: "v1", before: { weight: 95, share: 0.95 }, after: { weight: 90, share: 0.9 } },
      { id: "b", version: "v2", before: { weight: 5, share: 0.05 }, after: { weight: 10, share: 0.1 } },
    ],
    timings: { askedAt: at, acceptedAt: at, liveAt: at, observedAt: null, endedAt: null, liveAfterMs: 60 },
  });
}

describe("moments under the pointer", () => {
  it("are those that are drawn there, to the second", () => {
    for (const t of [0, 1_000, 450_000, 900_000]) expect(stripTime(stripX(t, scale), scale)).toBe(t);
    expect(stripTime(stripX(1_400, scale), scale)).toBe(1_000);
  });

  it("stay inside the strip", () => {
    expect([stripTime(-50, scale), stripTime(5_000, scale)]).toEqual([0, 900_000]);
  });

  it("belong to the step that ends nearest", () => {
    expect([nearestIndex([10, 20, 30], 26), nearestIndex([10, 20, 30], 14), nearestIndex([], 5)]).toEqual([2, 0, -1]);
  });
});

describe("paths", () => {
  it("start at a zero axis and break at gaps", () => {
    const { line, area } = stripPaths(series([10, 5, null, 10], [0, 0, null, 0]), 10_000, scale);
    expect(line.match(/M/g)).toHaveLength(2);
    expect(line).toContain(`M10.0 ${STRIP.rateTop.toFixed(1)}`);
    expect(area).toContain(`${STRIP.rateBase}Z`);
  });

  it("draw no bar for no errors and none for not known", () => {
    const { bars, mostErrors } = stripPaths(series([10, 10, 10], [0, null, 20]), 10_000, scale);
    expect(bars).toHaveLength(1);
    expect(mostErrors).toBe(2);
    expect(bars[0]?.height).toBe(STRIP.errorBase - STRIP.errorTop);
  });

  it("are empty before anything is known", () => {
    expect(stripPaths(undefined, 10_000, scale)).toEqual({ line: "", area: "", bars: [], mostErrors: 0 });
  });
});

describe("marks", () => {
  it("stand at their time, oldest first, and leave out what is outside", () => {
    const marks = stripMarks([change("2", 450_000), change("1", 90_000), change("0", -5)], scale);
    expect(marks.map((mark) => mark.id)).toEqual(["1", "2"]);
    expect(marks[1]?.x).toBe(stripX(450_000, scale));
    expect(marks[0]?.label).toBe("reviews v2 → 10 %");
  });

  it("name a demand by what becomes of plaintext", () => {
    const at = new Date(430_000).toISOString();
    const timings = { askedAt: at, acceptedAt: at, liveAt: null, observedAt: null, endedAt: null, liveAfterMs: null };
    expect(stripMarks([demandChange({ timings })], scale)[0]?.label).toBe("ledger plaintext refused");
  });

  it("have their label where there is room, and none where there is not", () => {
    const close = stripMarks([change("1", 430_000), change("2", 440_000), change("3", 450_000)], scale);
    expect(close.map((mark) => mark.side)).toEqual(["left", null, "right"]);
    expect(stripMarks([change("1", 899_000)], scale)[0]?.side).toBe("left");
  });
});
