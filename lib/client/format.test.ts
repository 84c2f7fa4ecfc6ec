import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  formatAge,
  formatAxisPercent,
  formatBytes,
  formatClock,
  formatClockMs,
  formatCount,
  formatDuration,
  formatMoment,
  formatNames,
  formatNumber,
  formatPercent,
  formatPlusMinus,
  formatQuantity,
  formatRate,
  formatSigned,
  formatSpan,
  MISSING,
} from "./format.ts";

/** Non-breaking spaces read like spaces. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("numbers", () => {
  test.each([
    [128.4, "128"],
    [82.64, "82.6"],
    [6.13, "6.1"],
    [0.84, "0.84"],
    [0.0041, "0.0041"],
    [0, "0"],
    [99.96, "100"],
    [0.999, "1.0"],
    [12_345.6, "12,346"],
  ])("%s is %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  test("counts are exact and grouped", () => {
    expect(formatCount(16_546)).toBe("16,546");
    expect(formatRate(61.3)).toBe("61.3/s");
    expect([0, 512, 999.6, 12_345, 4_000_000_000].map(formatBytes)).toEqual([
      "0\u00a0B",
      "512\u00a0B",
      "1.0\u00a0kB",
      "12.3\u00a0kB",
      "4.0\u00a0GB",
    ]);
  });

  test("what is not known is a dash in every format, never 0 and never NaN", () => {
    for (const format of [formatBytes, formatNumber, formatCount, formatRate, formatPercent, formatDuration, formatAge, formatSpan]) {
      for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) expect(format(value)).toBe(MISSING);
    }
  });

  test("never shows more than three digits that matter below 1000", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 999, noNaN: true }), (value) => {
        const digits = formatNumber(value).replace(/^0\.0*|[.,]/g, "").length;
        expect(digits).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe("shares", () => {
  test.each([
    [0.0059, "0.59 %"],
    [0.041, "4.1 %"],
    [0.9, "90.0 %"],
    [1, "100 %"],
    [0, "0 %"],
    [0.00001, "<0.01 %"],
  ])("%s is %s", (ratio, text) => {
    expect(plain(formatPercent(ratio))).toBe(text);
  });

  test("something is never shown as nothing", () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true }), (ratio) => !/^0(\.0+)? %$/.test(plain(formatPercent(ratio)))),
    );
  });

  test("an interval is half its width in points", () => {
    expect(plain(formatPlusMinus(0.096, 0.104))).toBe("± 0.4");
    expect(plain(formatPlusMinus(0, 0.0004))).toBe("± <0.1");
    expect(formatPlusMinus(null, 0.1)).toBe("");
  });

  test("an axis is as round as its ticks", () => {
    expect(plain(formatAxisPercent(0.2))).toBe("20 %");
    expect(plain(formatAxisPercent(0.025))).toBe("2.5 %");
  });

  test("a difference carries its sign", () => {
    expect(formatSigned(3.88, String)).toBe("+3.88");
    expect(formatSigned(-0.2, String)).toBe("\u22120.2");
    expect(formatSigned(0, String)).toBe("0");
    expect(formatSigned(null, String)).toBe(MISSING);
  });
});

describe("time", () => {
  test.each([
    [0, "0 ms"],
    [0.000_4, "0.4 µs"],
    [0.0066, "6.6 µs"],
    [0.025, "25 µs"],
    [0.099_6, "100 µs"],
    [0.1, "0.1 ms"],
    [0.84, "0.8 ms"],
    [284.4, "284 ms"],
    [999.6, "1 s"],
    [1_020, "1.02 s"],
    [5_000, "5 s"],
    [12_340, "12.3 s"],
    [125_000, "2 min 5 s"],
    [11_040_000, "3 h 4 min"],
  ])("%s ms is %s", (ms, text) => {
    expect(plain(formatDuration(ms))).toBe(text);
  });

  test.each([
    [-50, "0 s"],
    [2_900, "2 s"],
    [99_000, "99 s"],
    [100_000, "1 min"],
    [3 * 3_600_000, "3 h"],
    [72 * 3_600_000, "3 d"],
  ])("an age of %s ms is %s", (ms, text) => {
    expect(plain(formatAge(ms))).toBe(text);
  });

  test("a span has two units and leaves out an empty one", () => {
    expect(plain(formatSpan(1_616_000))).toBe("26 min 56 s");
    expect(plain(formatSpan(3_600_000))).toBe("1 h");
    expect(plain(formatSpan(0))).toBe("0 s");
  });

  test("a time is the reader's own, with seconds; another day is named", () => {
    const at = new Date(2026, 10, 12, 14, 32, 20, 412).getTime();
    expect(formatClock(at)).toBe("14:32:20");
    expect(formatClockMs(at)).toBe("14:32:20.412");
    expect(formatMoment(at, at + 1_000)).toBe("14:32:20");
    expect(formatMoment(at, at + 86_400_000)).toBe("12 Nov 14:32:20");
    expect(formatMoment(at, at + 366 * 86_400_000)).toBe("12 Nov 2026 14:32:20");
    expect(formatClock("not a time")).toBe(MISSING);
  });
});

test("names and quantities read as a person would say them", () => {
  expect(formatQuantity(1, "proxy", "proxies")).toBe("1 proxy");
  expect(formatQuantity(6, "proxy", "proxies")).toBe("6 proxies");
  expect(formatNames(["a", "b", "c"])).toBe("a, b and c");
  expect(formatNames(["a"])).toBe("a");
  expect(formatNames([])).toBe("");
});
