import { describe, expect, test } from "vitest";

import type { ServiceDetail } from "#lib/model/inventory.ts";
import type { Red } from "#lib/model/red.ts";
import type { Verdict } from "#lib/model/verdict.ts";
import { proxyOf, statusOf } from "#lib/testing/builders.ts";

import { sourcesSentence, sourceWord } from "../sources/source-words.ts";
import { difference, verdictWords, versionRows } from "./version-rows.ts";
import { healthSentence, transportWord } from "./words.ts";

function red(count: number, errorRatio: number | null, p95Ms: number | null): Red {
  return { rate: count / 60, errorRatio, p50Ms: null, p95Ms, p99Ms: null, meanMs: null, count, errorCount: 0, source: "s" };
}

const VERDICT: Verdict = {
  candidate: "v2",
  baseline: "v1",
  word: "very-likely",
  direction: "worse",
  sentence: "",
  errors: { candidate: { n: 1, errors: 1, ratio: 1 }, baseline: { n: 1, errors: 0, ratio: 0 }, difference: null, p: null },
  latency: { candidateP95Ms: null, baselineP95Ms: null, slowerShare: null, p: null, word: "too-few" },
  from: "2026-01-01T00:00:00.000Z",
  to: "2026-01-01T00:01:00.000Z",
};

const HEALTHY = { status: "healthy", reasons: [] } as const;

function detail(): ServiceDetail {
  return {
    id: "reviews/reviews",
    kind: "service",
    namespace: "reviews",
    service: "reviews",
    versions: [
      { version: "v2", red: red(100, 0.04, 284), share: 0.1, health: { status: "failing", reasons: [] } },
      { version: "v1", red: red(900, 0.002, null), share: 0.9, health: { ...HEALTHY, reasons: [] } },
    ],
    red: red(1_000, 0.006, 162),
    health: { status: "degraded", reasons: [] },
    proxies: { n: 1, of: 2 },
    demand: "strict",
    inbound: [],
    outbound: [],
    verdicts: [VERDICT],
    routes: [],
    proxyList: [proxyOf("reviews/reviews", { version: "v1" }), proxyOf("reviews/reviews", { version: "v2", state: "unreachable" })],
    changes: [],
  };
}

const tls = (observed: "mutual" | "plaintext" | "unknown", client: "mutual" | "unknown") => ({
  declared: { client, server: "strict" as const },
  observed,
  mutualShare: null,
  refused: null,
});

describe("versions of a service", () => {
  test("stand in the order of their colours, with their part of the verdict", () => {
    const rows = versionRows(detail());
    expect(rows.map((row) => `${row.version} ${row.role} ${row.proxies?.n}/${row.proxies?.of}`)).toEqual([
      "v1 baseline 1/1",
      "v2 candidate 0/1",
    ]);
    expect(rows.map((row) => row.observed.share)).toEqual([0.9, 0.1]);
    expect(rows.map((row) => row.asked)).toEqual([null, null]);
  });

  test("have no count of proxies where nobody tells of any", () => {
    expect(versionRows({ ...detail(), proxies: null, proxyList: [] }).map(({ proxies }) => proxies)).toEqual([null, null]);
  });

  test("differ only where both are known", () => {
    const [v1, v2] = versionRows(detail());
    if (v1 === undefined || v2 === undefined) throw new Error("two versions were given");
    expect(difference(v2.red, v1.red, "errorRatio")).toBeCloseTo(0.038);
    expect(difference(v2.red, v1.red, "p95Ms")).toBeNull();
  });

  test("a verdict is said with its direction, or without one", () => {
    expect(verdictWords(VERDICT)).toBe("very likely worse");
    expect(verdictWords({ ...VERDICT, word: "too-few", direction: "none" })).toBe("too few calls to tell");
  });
});

describe("sentences", () => {
  test("of health lead with the worst", () => {
    expect(healthSentence([])).toBe("No service has been seen yet");
    expect(healthSentence(["healthy", "healthy"])).toBe("All 2 services are healthy");
    expect(healthSentence(["degraded", "unknown", "degraded", "healthy"])).toBe("2 services are degraded, 1 is unknown");
    expect(healthSentence(["failing", "healthy"])).toBe("1 service is failing");
  });

  test("of sources name the one that is missing", () => {
    const good = statusOf({ id: "a", state: "healthy" });
    const down = statusOf({ id: "b", state: "down", since: new Date(2026, 0, 1, 14, 5, 12).toISOString() });
    expect(sourcesSentence([])).toBe("No source is configured");
    expect(sourcesSentence([good])).toBe("The one source answers in full");
    expect(sourcesSentence([good, down])).toBe("b does not answer since 14:05:12");
    expect(sourceWord(down)).toBe("down since 14:05:12");
    expect(sourceWord(statusOf({ id: "c", state: "degraded", coverage: { n: 24, of: 26 } }))).toBe("degraded: 2 of 26 silent");
  });

  test("of transport never take a declaration for an observation", () => {
    expect(transportWord(tls("mutual", "unknown"))).toBe("mTLS");
    expect(transportWord(tls("unknown", "mutual"))).toBe("mTLS, declared");
    expect(transportWord(tls("unknown", "unknown"))).toBe("not known");
    expect(transportWord(tls("plaintext", "mutual"))).toBe("plaintext");
    expect(transportWord({ ...tls("mutual", "mutual"), refused: 15 })).toBe("mTLS, 15 refused");
    expect(transportWord({ ...tls("unknown", "mutual"), refused: 43 })).toBe("43 refused");
  });
});
