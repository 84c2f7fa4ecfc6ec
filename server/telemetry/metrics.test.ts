import { afterEach, describe, expect, it } from "vitest";

import { COMMIT_BOUNDS_MS, countCommit, emptyCounts } from "../ingest/counts.ts";
import type { IngestStats } from "../ingest/stats.ts";
import { openConsole, type TestConsole } from "../testing/console.ts";

let weft: TestConsole;

afterEach(() => weft.close());

function statsOf(counts: Partial<IngestStats["counts"]> = {}): IngestStats {
  return {
    counts: { ...emptyCounts(), ...counts },
    reasons: [],
    lastSpanAtMs: null,
    lastTroubleAtMs: null,
    storeError: null,
    queueBytes: 12,
    readingBytes: 0,
    services: 0,
    overflowSpans: 0,
    isRetaining: false,
    store: { bytes: 4_096, spans: 7, oldestMs: null, isDurable: true, removed: 3, damage: null },
  };
}

/** Every sample of the page by its name and labels. */
async function samples(): Promise<Map<string, string>> {
  const { body } = await weft.get("/metrics");
  const lines = body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)]));
}

async function expectAll(expected: Record<string, number>): Promise<void> {
  const page = await samples();
  for (const [name, value] of Object.entries(expected)) expect([name, page.get(name)]).toEqual([name, String(value)]);
}

describe("/metrics of a console that takes spans in", () => {
  it("tells what became of them, as the intake counts it", async () => {
    let stats = statsOf({ received: 10, kept: 6, duplicate: 3, rejected: 1, bytes: 900, refused: { ...emptyCounts().refused, busy: 2 } });
    weft = await openConsole({ ingestStats: () => stats });
    await expectAll({
      weft_spans_received_total: 10,
      weft_spans_kept_total: 6,
      weft_spans_duplicate_total: 3,
      weft_spans_rejected_total: 1,
      weft_ingest_bytes_total: 900,
      'weft_ingest_refused_total{cause="busy"}': 2,
      'weft_ingest_refused_total{cause="malformed"}': 0,
      weft_ingest_queue_bytes: 12,
      weft_span_store_bytes: 4_096,
      weft_span_store_spans: 7,
      weft_span_store_removed_total: 3,
    });
    // Asked twice, nothing is counted twice.
    await expectAll({ weft_spans_received_total: 10, 'weft_ingest_refused_total{cause="busy"}': 2 });
    stats = statsOf({ received: 11 });
    await expectAll({ weft_spans_received_total: 11 });
  });

  it("tells the durations of commits as a histogram", async () => {
    const counts = emptyCounts();
    for (const ms of [0.5, 4, 5, 2_000]) countCommit(counts, ms);
    weft = await openConsole({ ingestStats: () => statsOf(counts) });
    const { body } = await weft.get("/metrics");
    expect(body).toContain("# TYPE weft_ingest_commit_duration_seconds histogram\n");
    const page = await samples();
    const buckets = [...COMMIT_BOUNDS_MS.map((bound) => String(bound / 1_000)), "+Inf"];
    expect(buckets.map((le) => page.get(`weft_ingest_commit_duration_seconds_bucket{le="${le}"}`))).toEqual([
      "1",
      "1",
      "3",
      "3",
      "3",
      "3",
      "3",
      "3",
      "3",
      "4",
    ]);
    expect(page.get("weft_ingest_commit_duration_seconds_count")).toBe("4");
    expect(Number(page.get("weft_ingest_commit_duration_seconds_sum"))).toBeCloseTo(2.0095, 9);
  });

  it("says each name once, and nothing but numbers", async () => {
    weft = await openConsole({ ingestStats: () => statsOf() });
    // The second page comes when nothing was measured since the first.
    const bodies = await Promise.all([weft.get("/metrics"), weft.get("/metrics")]);
    for (const { body } of bodies) {
      for (const line of body.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) {
        expect(line).toMatch(/^\w+(\{[^}]*\})? -?[\d.]+(e[+-]\d+)?$/);
      }
      const types = body.split("\n").filter((line) => line.startsWith("# TYPE "));
      expect(new Set(types).size).toBe(types.length);
    }
  });
});

describe("/metrics of a console that takes none in", () => {
  it("says nothing of spans", async () => {
    weft = await openConsole();
    expect([...(await samples()).keys()].filter((name) => /weft_(spans|ingest|span_store)/.test(name))).toEqual([]);
  });
});
