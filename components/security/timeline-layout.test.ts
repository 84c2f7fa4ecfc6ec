import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { axisTicks, timeDomain, timelineLayout, timePlace, type TimelineItem } from "./timeline-layout.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function itemOf(key: string, leftMs: number, tone: TimelineItem["tone"] = "ok"): TimelineItem {
  return { key, name: key, tone, leftMs };
}

const word = (leftMs: number) => `${Math.round(leftMs / MINUTE)} min`;

describe("the axis", () => {
  test("stands around what is valid, on named times", () => {
    expect(timeDomain([47 * MINUTE, 14 * HOUR, 212 * DAY])).toEqual({ low: 10 * MINUTE, high: 365 * DAY });
    expect(timeDomain([-5, 0])).toEqual(timeDomain([]));
    expect(timeDomain([9_000 * 365 * DAY]).high).toBe(100 * 365 * DAY);
  });

  test("is an axis for any certificate, however absurd its dates", () => {
    const left = fc.oneof(fc.double({ noNaN: false }), fc.integer());
    fc.assert(
      fc.property(fc.array(left, { maxLength: 12 }), (all) => {
        const domain = timeDomain(all);
        expect(domain.low).toBeGreaterThan(0);
        expect(domain.high).toBeGreaterThan(domain.low);
        const ticks = axisTicks(domain);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect([ticks[0]?.place, ticks.at(-1)?.place]).toEqual([0, 1]);
        for (const one of all) {
          const place = timePlace(one, domain);
          expect(place >= 0 && place <= 1).toBe(true);
        }
      }),
    );
  });

  test("puts less time left further to the left", () => {
    const domain = timeDomain([MINUTE, 300 * DAY]);
    const positive = fc.integer({ min: 1, max: 400 * DAY });
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        expect(Math.sign(timePlace(a, domain) - timePlace(b, domain)) * Math.sign(a - b)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("stands still while time runs within one of its steps", () => {
    expect(timeDomain([47 * MINUTE, 20 * DAY])).toEqual(timeDomain([12 * MINUTE, 19 * DAY]));
  });
});

describe("marks and words", () => {
  const items = fc.array(
    fc.record({
      leftMs: fc.integer({ min: -DAY, max: 400 * DAY }),
      tone: fc.constantFrom("ok" as const, "warn" as const, "fail" as const),
    }),
    { maxLength: 40 },
  );

  test("every item is in one mark; words lie inside and never over one another", () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 200, max: 1_400 }), (all, width) => {
        const given = all.map(({ leftMs, tone }, index) => itemOf(`service-${index}`, leftMs, tone));
        const { marks, labels } = timelineLayout(given, timeDomain(given.map((one) => one.leftMs)), width, word);
        expect(marks.reduce((sum, mark) => sum + mark.count, 0)).toBe(given.length);
        const spans = labels.map(({ x, anchor, text, row }) => {
          const length = text.length * 6.2;
          return { row, from: anchor === "start" ? x : x - length, to: anchor === "start" ? x + length : x };
        });
        for (const [index, a] of spans.entries()) {
          expect(a.from >= -0.001 && a.to <= width + 0.001).toBe(true);
          for (const b of spans.slice(index + 1)) expect(a.row !== b.row || a.to <= b.from + 0.001 || b.to <= a.from + 0.001).toBe(true);
        }
      }),
    );
  });

  test("what is urgent has its words before what is not", () => {
    const crowd = Array.from({ length: 30 }, (_, index) => itemOf(`calm-with-a-long-name-${index}`, (index + 1) * 2 * HOUR));
    const { labels } = timelineLayout([...crowd, itemOf("reviews", 47 * MINUTE, "warn")], timeDomain([47 * MINUTE, 60 * HOUR]), 420, word);
    expect(labels.some((label) => label.text === "reviews, 47 min")).toBe(true);
  });

  test("neighbours share their words", () => {
    const near = [itemOf("a", 14 * HOUR), itemOf("b", 14 * HOUR + MINUTE), itemOf("c", 15.5 * HOUR)];
    const { labels, marks } = timelineLayout(near, { low: HOUR, high: 365 * DAY }, 900, word);
    expect(labels.map(({ text }) => text)).toEqual(["a, 840 min, and 2 more"]);
    expect(marks.map(({ count }) => count)).toEqual([2, 1]);
  });
});
