import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { arbitraryVoluminous as arbitraryTraffic } from "#lib/testing/arbitraries.ts";
import { secondsWindow, trafficOf } from "#lib/testing/builders.ts";

import { addTraffic, NO_TRAFFIC, sumTraffic, toCallerRed, toRed } from "./traffic.ts";

describe("addTraffic", () => {
  it("adds every field", () => {
    const a = trafficOf({
      count: 1,
      errorCount: 2,
      retries: 3,
      neverArrived: 4,
      callerCount: 5,
      callerErrorCount: 6,
      transport: { mutual: 7, oneWay: 8, plaintext: 9 },
      flags: { UH: 1, UF: 2 },
    });
    const b = trafficOf({
      count: 10,
      errorCount: 20,
      retries: 30,
      neverArrived: 40,
      callerCount: 50,
      callerErrorCount: 60,
      transport: { mutual: 70, oneWay: 80, plaintext: 90 },
      flags: { UF: 20, NC: 30 },
    });
    expect(addTraffic(a, b)).toEqual({
      count: 11,
      errorCount: 22,
      retries: 33,
      neverArrived: 44,
      callerCount: 55,
      callerErrorCount: 66,
      transport: { mutual: 77, oneWay: 88, plaintext: 99 },
      flags: { UH: 1, UF: 22, NC: 30 },
      latency: null,
    });
  });

  it("adds what is told of bytes and messages, and leaves the rest untold", () => {
    const volume = { sentBytes: 1, receivedBytes: null, sentMessages: 3, receivedMessages: null };
    const other = { sentBytes: 10, receivedBytes: 20, sentMessages: null, receivedMessages: null };
    const sum = { sentBytes: 11, receivedBytes: 20, sentMessages: 3, receivedMessages: null };
    expect(addTraffic(trafficOf({ volume }), trafficOf({ volume: other })).volume).toEqual(sum);
    expect(addTraffic(trafficOf({ volume }), trafficOf({})).volume).toEqual(volume);
    expect(addTraffic(trafficOf({}), trafficOf({}))).not.toHaveProperty("volume");
  });

  it("does not care about order or grouping", () => {
    fc.assert(
      fc.property(arbitraryTraffic, arbitraryTraffic, arbitraryTraffic, (a, b, c) => {
        expect(addTraffic(a, b)).toEqual(addTraffic(b, a));
        expect(addTraffic(addTraffic(a, b), c)).toEqual(addTraffic(a, addTraffic(b, c)));
      }),
    );
  });

  it("has a neutral element, and the sum of nothing is it", () => {
    fc.assert(
      fc.property(arbitraryTraffic, (a) => {
        expect(addTraffic(a, NO_TRAFFIC)).toEqual(a);
        expect(sumTraffic([NO_TRAFFIC, a])).toEqual(a);
      }),
    );
    expect(sumTraffic([])).toEqual(NO_TRAFFIC);
  });

  it("is what the sum of many does at once", () => {
    fc.assert(
      fc.property(fc.array(arbitraryTraffic, { maxLength: 6 }), (parts) => {
        expect(sumTraffic(parts)).toEqual(parts.reduce(addTraffic, NO_TRAFFIC));
      }),
    );
  });

  it("counts a flag that bears the name of something every object has", () => {
    expect(addTraffic(trafficOf({ flags: { constructor: 1 } }), trafficOf({ flags: { constructor: 2, toString: 3 } })).flags).toEqual({
      constructor: 3,
      toString: 3,
    });
  });

  it("leaves its arguments alone", () => {
    const a = trafficOf({ flags: { UH: 1 } });
    addTraffic(a, trafficOf({ flags: { UH: 2 } }));
    expect(a.flags).toEqual({ UH: 1 });
    expect(NO_TRAFFIC.flags).toEqual({});
  });
});

describe("toRed", () => {
  it("gives rates per second, ratios and quantiles of the window", () => {
    const traffic = trafficOf({ count: 120, errorCount: 6, latency: { boundsMs: [100, 200], counts: [60, 60, 0] } });
    expect(toRed(traffic, secondsWindow(0, 60), "proxies")).toEqual({
      rate: 2,
      errorRatio: 0.05,
      p50Ms: 100,
      p95Ms: 190,
      p99Ms: 198,
      meanMs: null,
      count: 120,
      errorCount: 6,
      source: "proxies",
    });
  });

  it("has a mean where sums of durations are counted, and adds them up before it divides", () => {
    const some = trafficOf({ count: 2, durations: { sumMs: 10, count: 2 } });
    const more = trafficOf({ count: 1, durations: { sumMs: 50, count: 1 } });
    expect(toRed(sumTraffic([some, more, trafficOf({ count: 5 })]), secondsWindow(0, 60), "s").meanMs).toBe(20);
    expect(toRed(addTraffic(some, more), secondsWindow(0, 60), "s").meanMs).toBe(20);
  });

  it("says null, not NaN, for an empty window and for no calls", () => {
    expect(toRed(trafficOf({ count: 3 }), secondsWindow(5, 5), "s")).toMatchObject({ rate: null, errorRatio: 0, count: 3 });
    expect(toRed(NO_TRAFFIC, secondsWindow(0, 10), "s")).toEqual({
      rate: 0,
      errorRatio: null,
      p50Ms: null,
      p95Ms: null,
      p99Ms: null,
      meanMs: null,
      count: 0,
      errorCount: 0,
      source: "s",
    });
    expect(toRed(trafficOf({ latency: { boundsMs: [1], counts: [0, 0] } }), secondsWindow(0, 10), "s").p95Ms).toBeNull();
  });

  it("never holds a number that JSON cannot say", () => {
    fc.assert(
      fc.property(arbitraryTraffic, fc.nat({ max: 3 }), (traffic, seconds) => {
        const red = toRed(traffic, secondsWindow(0, seconds), "s");
        expect(JSON.parse(JSON.stringify(red))).toEqual(red);
        for (const value of Object.values(red)) if (typeof value === "number") expect(value).toSatisfy(Number.isFinite);
      }),
    );
  });
});

describe("toCallerRed", () => {
  it("is the caller's own view, without durations", () => {
    const traffic = trafficOf({
      count: 100,
      errorCount: 10,
      callerCount: 90,
      callerErrorCount: 9,
      latency: { boundsMs: [1], counts: [100, 0] },
    });
    expect(toCallerRed(traffic, secondsWindow(0, 10), "s")).toMatchObject({
      rate: 9,
      errorRatio: 0.1,
      count: 90,
      errorCount: 9,
      p50Ms: null,
    });
  });

  it("is null where no caller reported", () => {
    expect(toCallerRed(trafficOf({ count: 100 }), secondsWindow(0, 10), "s")).toBeNull();
  });
});
