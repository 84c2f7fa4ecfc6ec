import type { FoldedTraffic, PromSample } from "#collectors/shared/promql/dialect.ts";
import { Spread } from "#collectors/shared/promql/spreads.ts";
import { edgeOf } from "#collectors/shared/service-graph/edge-labels.ts";
import type { LatencyHistogram } from "#lib/model/red.ts";
import type { TrafficKey, TrafficRow } from "#lib/ports/series-store.ts";
import { NO_TRAFFIC } from "#lib/red/traffic.ts";

import { TIMES } from "./queries.ts";

type Answers = ReadonlyMap<string, readonly PromSample[]>;

interface Line {
  key: TrafficKey;
  count: number;
  failed: number;
  sumSeconds: number;
  durations: number;
  spread: Spread | null;
}

/** One row for each edge and version. A request is in the graph once both of its spans were seen, or once one was given up for lost. */
export function foldMetrics(answers: Answers): FoldedTraffic {
  const lines = new Map<string, Line>();
  for (const sample of answers.get("requests") ?? []) {
    const edge = edgeOf(sample.labels);
    if (edge === null) continue;
    const name = JSON.stringify(edge.key);
    const line = lines.get(name) ?? { key: edge.key, count: 0, failed: 0, sumSeconds: 0, durations: 0, spread: null };
    line.count += sample.value;
    lines.set(name, line);
  }
  /** Of an edge without requests there is nothing else to tell. */
  const each = (name: string, side: "client" | "server" | null, add: (line: Line, sample: PromSample) => void): void => {
    for (const sample of answers.get(name) ?? []) {
      const edge = edgeOf(sample.labels);
      const line = edge === null ? undefined : lines.get(JSON.stringify(edge.key));
      if (line !== undefined && (side === null || edge?.timedBy === side)) add(line, sample);
    }
  };
  each("failed", null, (line, { value }) => (line.failed += value));
  for (const { side } of TIMES) {
    each(`${side}-sum`, side, (line, { value }) => (line.sumSeconds += value));
    each(`${side}-count`, side, (line, { value }) => (line.durations += value));
    each(`${side}-spread`, side, (line, sample) => (line.spread ??= new Spread()).add(sample));
    each(`${side}-layout`, side, (line, sample) => (line.spread ??= new Spread()).addLayout(sample));
  }
  return { rows: [...lines.values()].filter(({ count }) => count > 0).map(rowOf), notices: [] };
}

const MS = 1_000;

function rowOf({ key, count: grown, failed, sumSeconds, durations, spread }: Line): TrafficRow {
  const count = Math.round(grown);
  return {
    key,
    traffic: {
      ...NO_TRAFFIC,
      countsAttempts: true,
      count,
      errorCount: Math.min(Math.round(failed), count),
      latency: inMs(spread?.histogram() ?? null),
      ...(durations > 0 ? { durations: { sumMs: sumSeconds * MS, count: durations } } : {}),
    },
  };
}

function inMs(seconds: LatencyHistogram | null): LatencyHistogram | null {
  // Times a thousand, 0.001 and its like are no whole numbers any more; a bound is shown and compared.
  return seconds === null ? null : { ...seconds, boundsMs: seconds.boundsMs.map((bound) => Number((bound * MS).toPrecision(12))) };
}
