import { readFileSync } from "node:fs";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { refusalOf } from "./refusal.ts";
import { readNumber } from "./sample-value.ts";
import { readAnswer } from "./wire.ts";

const LIMITS = { isCut: false, maxSeries: 1_000 };

function recorded(name: string): string {
  return readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8");
}

function read(text: string, kind: "vector" | "matrix", limits: Partial<typeof LIMITS> = {}) {
  const answer = readAnswer(text, kind, { ...LIMITS, ...limits });
  if (!answer.ok) throw answer.error;
  return answer.value;
}

function vector(...values: string[]): string {
  const result = values.map((value, index) => ({ metric: { i: String(index) }, value: [1, value] }));
  return JSON.stringify({ status: "success", data: { resultType: "vector", result } });
}

describe.each(["prometheus-2.42", "victoria-metrics-1.79"])("answers recorded from %s", (server) => {
  it("are read whole at one instant", () => {
    const { series, missing, warnings, infos } = read(recorded(`${server}-query`), "vector");
    expect([missing, warnings, infos]).toEqual([null, [], []]);
    expect(series).toHaveLength(5);
    expect(series.find(({ labels }) => labels["src"] === "ops/cron")).toEqual({
      labels: { code: "200", dst: "shop/db", src: "ops/cron" },
      points: [{ atMs: 1_767_268_800_000, value: 1_200 }],
    });
    expect(series.map(({ labels }) => labels["dst"])).toContain('shop/"quoted"');
  });

  it("are read whole over a range", () => {
    const { series } = read(recorded(`${server}-query-range`), "matrix");
    expect(series).toHaveLength(5);
    for (const { points } of series) expect(points.map(({ atMs }) => atMs - 1_767_268_800_000)).toEqual([-180_000, -120_000, -60_000, 0]);
    expect(read(recorded(`${server}-raw`), "matrix").series[0]?.points.length).toBeGreaterThanOrEqual(4);
  });

  it("lose what is no number", () => {
    const { series } = read(recorded(`${server}-not-finite`), "vector");
    expect(Object.fromEntries(series.map(({ labels, points }) => [labels["a"], points.length]))).toMatchObject({ inf: 0, one: 1 });
  });

  it("name what was refused", () => {
    const syntax = refusalOf("store", "/api/v1/query", server.startsWith("p") ? 400 : 422, recorded(`${server}-syntax-error`));
    expect(syntax?.code).toBe("SOURCE_REFUSED");
    expect(syntax?.message).toMatch(/^store (refused a question \(bad_data, 400\)|could not work out a question): .+\.$/);
    const fine = refusalOf("store", "/api/v1/query_range", server.startsWith("p") ? 400 : 422, recorded(`${server}-too-many-points`));
    expect(fine?.mend).toContain("shorter window");
  });
});

const histogram = (part: object): string =>
  JSON.stringify({
    status: "success",
    data: { resultType: "vector", result: [{ metric: {}, histogram: [1, { count: "4", sum: "2", buckets: [], ...part }] }] },
  });

describe("native histograms", () => {
  it("are read with what lies between their buckets", () => {
    const [one] = read(recorded("prometheus-2.42-native-histogram"), "vector").series;
    const histogram = { bounds: [1, 2, 4, 8], counts: [0, 100, 0, 50, 0], sum: 500, count: 150 };
    expect(one?.points).toEqual([{ atMs: expect.any(Number), value: 150, histogram }]);
    const [range] = read(recorded("prometheus-2.42-native-histogram-range"), "matrix").series;
    expect(range?.points.map(({ value }) => value)).toEqual([75, 75]);
  });

  it("may be empty, reach below zero, or above every bound", () => {
    expect(read(histogram({}), "vector").series[0]?.points[0]?.histogram).toEqual({ bounds: [], counts: [0], sum: 2, count: 4 });
    const buckets = [
      [3, "-0.001", "0.001", "1"],
      [0, "0.5", "1", "2"],
      [0, "1", "+Inf", "3"],
    ];
    expect(read(histogram({ buckets }), "vector").series[0]?.points[0]?.histogram).toMatchObject({
      bounds: [0.001, 0.5, 1],
      counts: [1, 0, 2, 3],
    });
  });

  it("are gaps where their values are no numbers", () => {
    expect(read(histogram({ sum: "NaN" }), "vector").series[0]?.points).toEqual([]);
    expect(read(histogram({ buckets: [[0, "1", "2", "NaN"]] }), "vector").series[0]?.points).toEqual([]);
  });

  it.each([{ count: 4 }, { buckets: [[0, "1", "2"]] }, { buckets: [[0, 1, 2, 3]] }, { buckets: {} }, { sum: "much" }])(
    "are refused as %j",
    (part) => {
      expect(readAnswer(histogram(part), "vector", LIMITS)).toMatchObject({ ok: false, error: { code: "SOURCE_MALFORMED" } });
    },
  );
});

describe("an answer", () => {
  it("carries what the server says of it, without repeats of control characters, and bounded", () => {
    const body = { ...(JSON.parse(vector("1")) as object), warnings: ["a\u202eb", ...Array.from({ length: 50 }, () => "w")], infos: null };
    const { warnings, infos } = read(JSON.stringify(body), "vector");
    expect(warnings[0]).toBe("a\\u{202e}b");
    expect(warnings).toHaveLength(20);
    expect(infos).toEqual([]);
  });

  it("is cut after a number of series", () => {
    const { series, missing } = read(vector("1", "2", "3", "4"), "vector", { maxSeries: 3 });
    expect([series.map(({ points }) => points[0]?.value), missing]).toEqual([[1, 2, 3], "too-many-series"]);
    expect(read(vector("1", "2", "3"), "vector", { maxSeries: 3 }).missing).toBeNull();
  });

  it("that was cut anywhere keeps its whole series, and no half of one", () => {
    const labels = fc.dictionary(
      fc.constantFrom("a", "b", "metric"),
      fc.oneof(fc.string({ unit: "binary" }), fc.constant(',{"metric":'), fc.constant('"},{"metric":{')),
    );
    fc.assert(
      fc.property(fc.array(labels, { minLength: 1, maxLength: 6 }), fc.nat(), (all, at) => {
        const result = all.map((metric, index) => ({ metric, value: [1, String(index)] }));
        const text = JSON.stringify({ status: "success", data: { resultType: "vector", result } });
        const answer = readAnswer(text.slice(0, at % text.length), "vector", { isCut: true, maxSeries: 1_000 });
        if (answer.ok) {
          const { series, missing } = answer.value;
          expect(missing).toBe("too-long");
          expect(series.length).toBeLessThan(all.length);
          expect(series.map(({ labels }) => labels)).toEqual(all.slice(0, series.length));
        } else expect(answer.error.code).toBe("SOURCE_MALFORMED");
      }),
      { numRuns: 500 },
    );
  });

  it("of a cluster may say that it is not whole", () => {
    expect(read(vector("1").replace("{", '{"isPartial":true,'), "vector").missing).toBe("server-says-partial");
  });

  it("never makes anything but a gap or a refusal of any value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("value", "metric", "result", "data"), (value, place) => {
        const body = JSON.parse(vector("1")) as { data: unknown };
        const data = body.data as { result: Record<string, unknown>[] };
        if (place === "data") body.data = value;
        else if (place === "result") Object.assign(data, { result: value });
        else Object.assign(data.result[0] ?? {}, { [place]: value });
        const answer = readAnswer(JSON.stringify(body), "vector", LIMITS);
        if (answer.ok)
          for (const { points } of answer.value.series) expect(points.every((point) => Number.isFinite(point.value))).toBe(true);
        else expect(answer.error.code).toBe("SOURCE_MALFORMED");
      }),
    );
  });
});

describe("a number", () => {
  it.each<[string, number | null]>([
    ["1e+06", 1_000_000],
    ["-0.5", -0.5],
    ["+Inf", Number.POSITIVE_INFINITY],
    ["-Inf", Number.NEGATIVE_INFINITY],
    ["", null],
    [" ", null],
    ["1,5", null],
    ["many", null],
  ])("%j is %s", (text, value) => {
    expect(readNumber(text)).toBe(value);
  });
});
