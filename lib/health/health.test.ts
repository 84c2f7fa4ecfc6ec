import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Health, HealthStatus } from "#lib/model/graph.ts";

import { type HealthFacts, judgeHealth, worseStatus } from "./health.ts";

const FACTS: HealthFacts = { name: "reviews", count: 1000, errorCount: 0, endpoints: null, proxies: null, versions: [] };

function judge(part: Partial<HealthFacts>): Health {
  return judgeHealth({ ...FACTS, ...part });
}

function version(name: string, status: HealthStatus, ...reasons: string[]): HealthFacts["versions"][number] {
  return { version: name, health: { status, reasons } };
}

describe("judgeHealth by error share", () => {
  it.each([
    [1000, 0, "healthy"],
    [1000, 4, "healthy"],
    [1000, 5, "degraded"],
    [1000, 19, "degraded"],
    [1000, 20, "failing"],
    [1000, 1000, "failing"],
  ] as const)("of %i calls with %i errors is %s", (count, errorCount, status) => {
    expect(judge({ count, errorCount }).status).toBe(status);
  });

  it("says the share, the numbers and the limit", () => {
    expect(judge({ count: 1840, errorCount: 75 }).reasons).toEqual(["reviews fails 4.1 % of calls (75 of 1840), limit 2.0 %"]);
    expect(judge({ count: 10_000, errorCount: 60 }).reasons).toEqual(["reviews fails 0.60 % of calls (60 of 10000), limit 0.50 %"]);
    expect(judge({}).reasons).toEqual([]);
  });

  it("takes other limits", () => {
    const limits = { degradedRatio: 0.1, failingRatio: 0.5 };
    expect(judgeHealth({ ...FACTS, errorCount: 99 }, limits).status).toBe("healthy");
    expect(judgeHealth({ ...FACTS, errorCount: 100 }, limits).status).toBe("degraded");
    expect(judgeHealth({ ...FACTS, errorCount: 500 }, limits)).toMatchObject({
      status: "failing",
      reasons: [expect.stringContaining("limit 50 %")],
    });
  });

  it.each([
    [10, 1, "healthy"],
    [10, 2, "healthy"],
    [10, 3, "failing"],
    [2, 1, "failing"],
    [1, 1, "failing"],
    [3, 1, "healthy"],
  ] as const)(
    "lets %i calls with %i errors be %s: one or two stray errors are not judged, unless they are half",
    (count, errorCount, status) => {
      expect(judge({ count, errorCount }).status).toBe(status);
    },
  );
});

describe("judgeHealth by its parts", () => {
  it("calls a service degraded for a failing version, with that version's reasons", () => {
    const failing = version("v2", "failing", "v2 fails 30 % of calls (30 of 100), limit 2.0 %");
    expect(judge({ versions: [version("v1", "healthy"), failing] })).toEqual({ status: "degraded", reasons: failing.health.reasons });
    expect(judge({ versions: [version("v1", "healthy"), version("v2", "degraded")] })).toEqual({
      status: "degraded",
      reasons: ["v2 is degraded"],
    });
  });

  it("stays failing where the whole fails, and says each reason once", () => {
    const health = judge({
      name: "v2",
      errorCount: 100,
      versions: [version("v2", "failing", "v2 fails 10 % of calls (100 of 1000), limit 2.0 %")],
    });
    expect(health).toEqual({ status: "failing", reasons: ["v2 fails 10 % of calls (100 of 1000), limit 2.0 %"] });
  });

  it("does not let an unknown version drag its service down", () => {
    expect(
      judge({ versions: [version("v1", "healthy"), version("v2", "unknown", "No calls to v2 were seen in this window")] }).status,
    ).toBe("healthy");
  });

  it("calls a service without a ready endpoint failing, with or without calls", () => {
    const endpoints = { healthy: 0, total: 3 };
    expect(judge({ endpoints })).toEqual({ status: "failing", reasons: ["reviews has no endpoint that takes calls"] });
    expect(judge({ endpoints, count: null, errorCount: null }).status).toBe("failing");
    expect(judge({ endpoints: { healthy: 1, total: 3 } }).status).toBe("healthy");
    expect(judge({ endpoints: { healthy: 0, total: 0 } }).status).toBe("healthy");
  });
});

describe("judgeHealth without data", () => {
  it.each([
    [null, null],
    [0, 0],
    [null, 0],
    [5, null],
  ])("is unknown for count %s and errors %s", (count, errorCount) => {
    expect(judge({ count, errorCount })).toEqual({ status: "unknown", reasons: ["No calls to reviews were seen in this window"] });
  });

  it("is unknown when no proxy answers for it, whatever its callers say", () => {
    expect(judge({ proxies: { n: 0, of: 3 } })).toEqual({ status: "unknown", reasons: ["reviews: its 3 proxies do not answer"] });
    expect(judge({ proxies: { n: 0, of: 1 } }).reasons).toEqual(["reviews: its proxy does not answer"]);
    expect(judge({ proxies: { n: 1, of: 3 } }).status).toBe("healthy");
    expect(judge({ proxies: { n: 0, of: 1 }, errorCount: 500 })).toMatchObject({ status: "failing", reasons: { length: 2 } });
  });

  it("is never healthy without a call, and never without a reason otherwise", () => {
    const count = fc.option(fc.nat({ max: 1_000 }), { nil: null });
    const status = fc.constantFrom<HealthStatus>("healthy", "degraded", "failing", "unknown");
    const part = fc.option(fc.record({ n: fc.nat({ max: 3 }), of: fc.nat({ max: 3 }) }), { nil: null });
    const versions = fc.array(
      fc.record({ version: fc.constantFrom("v1", "v2"), health: fc.record({ status, reasons: fc.constant<string[]>([]) }) }),
      { maxLength: 2 },
    );
    fc.assert(
      fc.property(count, count, part, versions, (calls, errors, ready, parts) => {
        const endpoints = ready && { healthy: Math.min(ready.n, ready.of), total: ready.of };
        const proxies = ready && { n: Math.min(ready.n, ready.of), of: ready.of };
        const errorCount = errors === null ? null : Math.min(errors, calls ?? errors);
        const health = judge({ count: calls, errorCount, endpoints, proxies, versions: parts });
        if (calls === null || calls === 0 || errorCount === null || (proxies?.n === 0 && proxies.of > 0))
          expect(health.status).not.toBe("healthy");
        expect(health.reasons.length === 0).toBe(health.status === "healthy");
      }),
    );
  });
});

describe("worseStatus", () => {
  it("ranks healthy, unknown, degraded, failing", () => {
    const order = ["healthy", "unknown", "degraded", "failing"] as const;
    for (const [i, a] of order.entries()) {
      for (const [j, b] of order.entries()) expect(worseStatus(a, b)).toBe(order[Math.max(i, j)]);
    }
  });
});
