import { beforeEach, describe, expect, it } from "vitest";

import { WeftError } from "#lib/model/errors.ts";
import { RedChart, type RedSeries } from "#lib/model/red-chart.ts";
import { sampleAt, START_MS } from "#lib/testing/builders.ts";
import { FRONTEND, type MeshDesk, openDesk, REVIEWS } from "#lib/testing/mesh-desk.ts";

import { getRed, type GetRedInput } from "./get-red.ts";

const EDGE = `${FRONTEND}|${REVIEWS}|http`;

let desk: MeshDesk;

beforeEach(async () => {
  desk = openDesk();
  await desk.time.advance(20_000);
  const latency = { boundsMs: [100, 200], counts: [0, 10, 0] };
  desk.metrics.record(
    sampleAt(2, { source: FRONTEND, target: REVIEWS, version: "v1" }, { count: 10, latency }),
    sampleAt(12, { source: FRONTEND, target: REVIEWS, version: "v10" }, { count: 20, errorCount: 5 }),
    sampleAt(12, { source: FRONTEND, target: REVIEWS, version: "v2" }, { count: 4 }),
    sampleAt(12, { source: FRONTEND, target: "shop/catalog", version: null }, { count: 6 }),
  );
});

async function ask(input: Partial<GetRedInput>): Promise<RedChart> {
  const answer = await getRed(desk.context, { subject: "mesh", windowMs: 20_000, stepMs: 5_000, ...input });
  if (!answer.ok) throw answer.error;
  return answer.value.value;
}

async function refusal(input: Partial<GetRedInput>): Promise<WeftError> {
  const answer = await getRed(desk.context, { subject: "mesh", windowMs: 20_000, stepMs: 5_000, ...input });
  if (answer.ok) throw new Error("it answered");
  return answer.error;
}

function countsOf({ series }: RedChart): Record<string, RedSeries["count"]> {
  return Object.fromEntries(series.map(({ group, count }) => [group, count]));
}

describe("getRed", () => {
  it("gives one line over time, with gaps where nobody reported", async () => {
    const chart = await ask({ subject: `service:${REVIEWS}` });
    expect(RedChart.parse(chart)).toEqual(chart);
    expect(chart).toMatchObject({
      subject: `service:${REVIEWS}`,
      stepMs: 5_000,
      window: { from: "2026-01-01T12:00:00.000Z", to: "2026-01-01T12:00:20.000Z" },
    });
    expect(chart.series).toEqual([
      {
        group: "all",
        t: [5, 10, 15, 20].map((second) => START_MS + second * 1_000),
        rate: [2, null, 4.8, null],
        errorRatio: [0, null, 5 / 24, null],
        errorCount: [0, null, 5, null],
        count: [10, null, 24, null],
        p50Ms: [150, null, null, null],
        p95Ms: [195, null, null, null],
        p99Ms: [199, null, null, null],
      },
    ]);
  });

  it("is given up with the one who asked", async () => {
    const { signal } = new AbortController();
    await getRed({ ...desk.context, signal }, { subject: "mesh", windowMs: 20_000, stepMs: 5_000 });
    expect(desk.metrics.signals).toEqual([signal]);
  });

  it("tells of bytes and messages per second where a source does", async () => {
    const volume = { sentBytes: 1_000, receivedBytes: 5, sentMessages: null, receivedMessages: null };
    desk.metrics.record(sampleAt(17, { source: FRONTEND, target: REVIEWS, version: "v3" }, { count: 1, volume }));
    const { series } = await ask({ subject: `edge:${EDGE}`, by: "version" });
    const told = series.find(({ group }) => group === "v3")?.volume;
    expect(told).toEqual({
      sentBytes: [null, null, null, 200],
      receivedBytes: [null, null, null, 1],
      sentMessages: [null, null, null, null],
      receivedMessages: [null, null, null, null],
    });
    expect(series.filter(({ group }) => group !== "v3").some((line) => "volume" in line)).toBe(false);
  });

  it("gives a line per version, in the order that people count, 0 where others reported", async () => {
    expect(countsOf(await ask({ subject: `service:${REVIEWS}`, by: "version" }))).toEqual({
      v1: [10, null, 0, null],
      v2: [0, null, 4, null],
      v10: [0, null, 20, null],
    });
    expect(countsOf(await ask({ subject: "service:shop/catalog", by: "version" }))).toEqual({ unknown: [0, null, 6, null] });
  });

  it("speaks of the mesh, a service or an edge", async () => {
    expect(countsOf(await ask({}))).toEqual({ all: [10, null, 30, null] });
    expect(countsOf(await ask({ subject: `edge:${EDGE}` }))).toEqual({ all: [10, null, 24, null] });
    expect(countsOf(await ask({ subject: "edge:shop/nobody|shop/web|http" }))).toEqual({ all: [0, null, 0, null] });
  });

  it.each(["edge:nobody's", "edge:a|b|smtp", "service:", "pod:1"])("refuses the subject %s", async (subject) => {
    const answer = await getRed(desk.context, { subject, windowMs: 20_000, stepMs: 5_000 });
    expect(answer).toMatchObject({ ok: false, error: { code: "INVALID", field: "subject" } });
  });

  it("takes a start, an end, or both", async () => {
    expect((await ask({ fromMs: START_MS + 10_000 })).window).toEqual({ from: "2026-01-01T12:00:10.000Z", to: "2026-01-01T12:00:20.000Z" });
    expect((await ask({ toMs: START_MS + 10_000, windowMs: 5_000 })).window).toEqual({
      from: "2026-01-01T12:00:05.000Z",
      to: "2026-01-01T12:00:10.000Z",
    });
    expect((await ask({ fromMs: START_MS, toMs: START_MS + 5_000 })).series[0]?.t).toHaveLength(1);
  });

  it("has no step that is longer than the window: it would be of another stretch", async () => {
    const { stepMs, window } = await ask({ windowMs: 5_000, stepMs: 9_999_000 });
    expect([stepMs, window.to]).toEqual([5_000, "2026-01-01T12:00:20.000Z"]);
  });

  it("leaves a gap where a version is called and tells nothing", async () => {
    for (let second = 1; second <= 20; second++)
      desk.metrics.record(sampleAt(second, { source: FRONTEND, target: "shop/frozen" }, { callerCount: 3, count: second <= 10 ? 3 : 0 }));
    expect(countsOf(await ask({ subject: "service:shop/frozen" }))).toEqual({ all: [15, 15, null, null] });
  });

  it("takes a report that comes a moment later than its callers' for what it is", async () => {
    desk.metrics.record(
      sampleAt(3, { source: FRONTEND, target: "shop/quiet" }, { count: 1, callerCount: 1 }),
      sampleAt(10, { source: FRONTEND, target: "shop/quiet" }, { callerCount: 1 }),
      sampleAt(11, { source: FRONTEND, target: "shop/quiet" }, { count: 1 }),
    );
    expect(countsOf(await ask({ subject: "service:shop/quiet" }))).toEqual({ all: [1, 0, 1, null] });
  });
});

describe("what getRed refuses", () => {
  it("is a window that ends before it starts", async () => {
    const expected = {
      code: "INVALID",
      field: "from",
      message: "The window ends before it starts",
      mend: "Give a from that is earlier than to",
    };
    expect(await refusal({ fromMs: START_MS + 5_000, toMs: START_MS + 5_000 })).toMatchObject(expected);
    expect(await refusal({ fromMs: START_MS + 30_000 })).toMatchObject(expected);
  });

  it("is more steps than anybody draws, or steps of no length", async () => {
    expect(await refusal({ windowMs: 2_001_000, stepMs: 1_000 })).toMatchObject({
      code: "INVALID",
      field: "step",
      message: "More than 2000 steps",
    });
    expect(await refusal({ stepMs: 0 })).toMatchObject({ code: "INVALID", field: "step" });
    expect((await ask({ windowMs: 2_000_000, stepMs: 1_000 })).series[0]?.t).toHaveLength(2_000);
  });

  it("is anything without a source, or with one that fails", async () => {
    desk.metrics.failWith(new WeftError("SOURCE_UNREACHABLE", "no"));
    expect((await refusal({})).code).toBe("SOURCE_UNREACHABLE");
    desk = openDesk(desk, undefined, { hasMetrics: false });
    expect(await refusal({})).toMatchObject({
      code: "UNSUPPORTED",
      mend: expect.stringContaining("--config weft.yaml"),
    });
  });
});
