import { describe, expect, it } from "vitest";

import { SourceStatus } from "#lib/model/source.ts";
import { createFakeTime } from "#lib/testing/fake-time.ts";

import { emptyCounts, type IngestCounts } from "./counts.ts";
import { createIngestStatus } from "./status.ts";
import { followStats, type IngestStats } from "./stats.ts";

const ADDRESSES = { http: "http://127.0.0.1:4318", grpc: "127.0.0.1:4317", zipkin: null };

function stats(changes: Partial<Omit<IngestStats, "counts">> = {}, counts: Partial<IngestCounts> = {}): IngestStats {
  return {
    counts: { ...emptyCounts(), ...counts },
    reasons: [],
    lastSpanAtMs: null,
    lastTroubleAtMs: null,
    storeError: null,
    queueBytes: 0,
    readingBytes: 0,
    services: 0,
    overflowSpans: 0,
    isRetaining: false,
    store: { bytes: 0, spans: 0, oldestMs: null, isDurable: true, removed: 0, damage: null },
    ...changes,
  };
}

function open() {
  const time = createFakeTime(Date.parse("2026-01-01T00:00:00Z"));
  const status = createIngestStatus(ADDRESSES, time.clock, 10_000);
  return {
    time,
    nowMs: () => time.clock.nowMs(),
    status: (of: IngestStats, down: string | null = null) => SourceStatus.parse(status(of, down)),
  };
}

describe("the status of the intake", () => {
  it("is healthy before anything was sent, and says what to point at it", () => {
    const { state, findings, coverage, address, newestData, mend } = open().status(stats());
    expect({ state, coverage, newestData, mend }).toEqual({ state: "healthy", coverage: { n: 2, of: 2 }, newestData: null, mend: null });
    expect(address).toBe("OTLP/HTTP http://127.0.0.1:4318, OTLP/gRPC 127.0.0.1:4317");
    expect(findings).toEqual([
      {
        subject: "senders",
        text: "Nothing was sent yet.",
        mend: "Point exporters at OTLP/HTTP http://127.0.0.1:4318, OTLP/gRPC 127.0.0.1:4317",
      },
    ]);
  });

  it("has nothing to say while spans come", () => {
    const { nowMs, status } = open();
    expect(status(stats({ lastSpanAtMs: nowMs() }, { requests: 1, received: 5, kept: 5 }))).toMatchObject({
      state: "healthy",
      newestData: "2026-01-01T00:00:00.000Z",
      lastError: null,
      dims: [],
      findings: [],
    });
  });

  it("is down with the reason when the thread died, since then", async () => {
    const { time, status } = open();
    status(stats());
    await time.advance(5_000);
    expect(status(stats(), "The thread ended (out of memory)")).toMatchObject({
      state: "down",
      since: "2026-01-01T00:00:05.000Z",
      lastError: "The thread ended (out of memory)",
      coverage: { n: 0, of: 2 },
    });
    await time.advance(5_000);
    expect(status(stats(), "The thread ended (out of memory)")).toMatchObject({ since: "2026-01-01T00:00:05.000Z" });
    expect(status(stats())).toMatchObject({ state: "healthy", since: "2026-01-01T00:00:10.000Z" });
  });

  it("is degraded while the store cannot write", () => {
    const { state, lastError, mend, dims } = open().status(stats({ storeError: "The disk is full" }, { requests: 1 }));
    expect({ state, lastError }).toEqual({ state: "degraded", lastError: "The disk is full" });
    expect(mend).toMatch(/^Free room/);
    expect(dims).not.toEqual([]);
  });

  it("is degraded for a minute after spans were rejected or refused, and goes on to say so after it", async () => {
    const { time, nowMs, status } = open();
    const troubled = stats({ lastTroubleAtMs: nowMs(), reasons: ["An id is short."] }, { requests: 1, rejected: 1_234 });
    expect(status(troubled).state).toBe("degraded");
    await time.advance(60_000);
    expect(status(troubled)).toMatchObject({
      state: "healthy",
      findings: [
        { subject: "spans", text: "1,234 spans were rejected, and their senders were told why. An id is short.", mend: expect.any(String) },
      ],
    });
  });

  it.each([
    { name: "memory mode", of: stats({ store: { ...stats().store, isDurable: false } }, { requests: 1 }), text: /^Spans are not durable/ },
    {
      name: "damage",
      of: stats({ store: { ...stats().store, damage: "The old file lies aside." } }, { requests: 1 }),
      text: /^The old file lies aside\.$/,
    },
    {
      name: "refused requests by cause",
      of: stats({}, { requests: 1, refused: { ...emptyCounts().refused, large: 1 } }),
      text: /^1 request was refused: too large\.$/,
    },
    {
      name: "what came from a page",
      of: stats({}, { requests: 1, refused: { ...emptyCounts().refused, browser: 1 } }),
      text: /^1 request was refused: from a web page\.$/,
    },
    {
      name: "metrics and logs",
      isFact: true,
      of: stats({}, { requests: 1, metricPoints: 1, logRecords: 2 }),
      text: /^1 metric data point and 2 log records were accepted and counted; Weft keeps traces only\.$/,
    },
    {
      name: "too many services",
      of: stats({ overflowSpans: 7 }, { requests: 1 }),
      text: /^Senders named more than 10,000 services; 7 spans are counted under __overflow__/,
    },
    {
      name: "retention",
      isFact: true,
      of: stats({ store: { ...stats().store, removed: 2_000, oldestMs: 0 } }, { requests: 1 }),
      text: /^2,000 spans were removed to stay within the bounds; the oldest that is kept started at 1970-01-01T00:00:00\.000Z\.$/,
    },
  ])("says $name, with what mends it unless it is a plain fact", ({ of, text, isFact = false }) => {
    const { findings } = open().status(of);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.text).toMatch(text);
    expect(findings[0]?.mend).toEqual(isFact ? null : expect.any(String));
  });
});

describe("stats over a restart", () => {
  it("go on", () => {
    const before = stats(
      { lastSpanAtMs: 5, reasons: ["a", "b"], overflowSpans: 1 },
      { requests: 3, kept: 2, refused: { ...emptyCounts().refused, busy: 2 }, commits: 1, commitBuckets: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0] },
    );
    const after = stats(
      { reasons: ["b", "c"], storeError: "full", overflowSpans: 2 },
      { requests: 1, kept: 1, refused: { ...emptyCounts().refused, busy: 1 }, commits: 1, commitBuckets: [0, 2, 0, 0, 0, 0, 0, 0, 0, 0] },
    );
    const both = followStats(before, after);
    expect(both).toMatchObject({ lastSpanAtMs: 5, reasons: ["a", "b", "c"], storeError: "full", overflowSpans: 3 });
    expect(both.counts).toMatchObject({ requests: 4, kept: 3, commits: 2, refused: { busy: 3 } });
    expect(both.counts.commitBuckets[1]).toBe(3);
  });
});
