import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { CountSteps, SeriesStore, TrafficRow, TrafficSample, TrafficSteps } from "#lib/ports/series-store.ts";
import { selectsKey } from "#lib/red/select-traffic.ts";
import { addTraffic } from "#lib/red/traffic.ts";
import { keyText } from "#lib/red/key-text.ts";

/** A `SeriesStore` that keeps every sample as it came, for tests of what is written into one. */
export interface FakeSeriesStore extends SeriesStore {
  readonly samples: readonly TrafficSample[];
  /** Instants at which a reporter answered. */
  readonly reportedAtMs: readonly number[];
  /** Sums per key over everything that was ever recorded. */
  total(): TrafficRow[];
}

const ALWAYS: TimeWindow = { fromMs: -Infinity, toMs: Infinity };

/** Exact and without bounds: no step is widened and nothing is dropped. */
export function createFakeSeriesStore(): FakeSeriesStore {
  const samples: TrafficSample[] = [];
  const reportedAtMs: number[] = [];

  function rows({ fromMs, toMs }: TimeWindow, select?: TrafficSelect): TrafficRow[] {
    const byKey = new Map<string, TrafficRow>();
    for (const { key, traffic, atMs } of samples) {
      if (atMs <= fromMs || atMs > toMs || !selectsKey(select, key)) continue;
      const text = keyText(key);
      const known = byKey.get(text);
      byKey.set(text, { key, traffic: known === undefined ? traffic : addTraffic(known.traffic, traffic) });
    }
    return [...byKey.values()];
  }

  const isReported = ({ fromMs, toMs }: TimeWindow): boolean => reportedAtMs.some((atMs) => atMs > fromMs && atMs <= toMs);

  function steps(window: TimeWindow, stepMs: number, select?: TrafficSelect): TrafficSteps {
    return {
      window,
      stepMs,
      steps: cut(window, stepMs).map((step) => ({ ...step, isReported: isReported(step), rows: rows(step, select) })),
    };
  }

  function counts(window: TimeWindow, points: number): CountSteps {
    const stepMs = (window.toMs - window.fromMs) / points;
    const parts = cut(window, stepMs);
    const targets = new Set(rows(window).map((row) => row.key.target));
    const sumOf = (target: string, field: "count" | "errorCount" | "callerCount"): number[] =>
      parts.map((step) => rows(step, { targets: [target] }).reduce((sum, row) => sum + row.traffic[field], 0));
    return {
      window,
      stepMs,
      isReported: parts.map(isReported),
      rows: [...targets].map((target) => ({
        target,
        counts: sumOf(target, "count"),
        errors: sumOf(target, "errorCount"),
        callers: sumOf(target, "callerCount"),
      })),
    };
  }

  return {
    samples,
    reportedAtMs,
    total: () => rows(ALWAYS),
    record: (more) => void samples.push(...more),
    markReported: (atMs) => void reportedAtMs.push(atMs),
    sum: (window, select) => ({ window, rows: rows(window, select) }),
    steps,
    counts,
    stats: () => ({
      bytes: 0,
      series: rows(ALWAYS).length,
      oldestMs: { fine: null, coarse: null },
      keptFromMs: null,
      dropped: { late: 0, overflow: 0 },
    }),
  };
}

function cut({ fromMs, toMs }: TimeWindow, stepMs: number): TimeWindow[] {
  const count = Math.ceil((toMs - fromMs) / stepMs);
  return Array.from({ length: count }, (_, index) => ({
    fromMs: toMs - (count - index) * stepMs,
    toMs: toMs - (count - index - 1) * stepMs,
  }));
}
