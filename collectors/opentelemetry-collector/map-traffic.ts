import type { Delta, Folded } from "#collectors/shared/exposition/counter-book.ts";
import { fromCumulative } from "#collectors/shared/cumulative-counts.ts";
import type { LatencyHistogram } from "#lib/model/red.ts";
import { UNTRACED_ID } from "#lib/model/ids.ts";
import type { TrafficKey, TrafficSample } from "#lib/ports/series-store.ts";
import { NO_TRAFFIC } from "#lib/red/traffic.ts";

import type { CountedSeries } from "./tracked-series.ts";

type Exposed = Pick<Folded<CountedSeries, never>, "deltas" | "counted" | "unseen">;

interface Line {
  key: TrafficKey;
  count: number;
  errorCount: number;
  /** How much each cumulative count grew, by its upper bound. */
  durations: Map<number, number>;
  bounds: ReadonlySet<number>;
}

/**
 * What one exposition adds. Edges come from the service graph; where it has no edge to a service, that service's own spans
 * stand in, called by nobody known. `isFlipping`: see `flips`.
 */
export function mapTraffic({ deltas, counted }: Exposed, isFlipping: boolean, atMs: number): TrafficSample[] {
  const reached = new Set(counted.flatMap((series) => ("edge" in series ? [nameIn(series.edge.key.target)] : [])));
  const bounds = { edge: boundsOf(counted, "duration"), service: boundsOf(counted, "call-duration") };
  const lines = new Map<string, Line>();
  const lineOf = (key: TrafficKey, own: ReadonlySet<number>): Line => {
    const name = JSON.stringify(key);
    const line = lines.get(name) ?? { key, count: 0, errorCount: 0, durations: new Map<number, number>(), bounds: own };
    lines.set(name, line);
    return line;
  };
  for (const { series, by } of deltas) {
    if ("edge" in series) {
      if (isFlipping && series.failed === "true") continue;
      const line = lineOf(series.edge.key, bounds.edge);
      if (series.kind === "requests") line.count += by;
      else if (series.kind === "failures") line.errorCount += by;
      else add(line.durations, series.boundMs, by);
      continue;
    }
    if (reached.has(nameIn(series.target))) continue;
    const { target, version, protocol } = series;
    const line = lineOf({ source: UNTRACED_ID, target, protocol, version, reporter: "destination" }, bounds.service);
    if (series.kind === "call-duration") add(line.durations, series.boundMs, by);
    else {
      line.count += by;
      if (series.isFailed) line.errorCount += by;
    }
  }
  return [...lines.values()].filter(({ count }) => count > 0).map((line) => ({ key: line.key, atMs, traffic: trafficOf(line) }));
}

/**
 * Whether these counters are of an older connector, which writes one and the same counter now with `failed="true"`, now with
 * `"false"`, by its last request. Then only those with `false` may be followed: they catch up at the next request that is
 * answered. It shows where failures are counted under `false`, and where all requests of an edge turn up as its failures.
 */
export function flips({ deltas, counted, unseen }: Exposed): boolean {
  if (counted.some((series) => series.kind === "failures" && series.failed === "false")) return true;
  const isNew = new Set(unseen);
  const newUnderTrue = (kind: CountedSeries["kind"]): Map<string, number> => {
    const ofKind = ({ series }: Delta<CountedSeries>): boolean => series.kind === kind && "edge" in series && series.failed === "true";
    const sums = new Map<string, number>();
    for (const delta of deltas) {
      if (!ofKind(delta) || !isNew.has(delta.series) || !("edge" in delta.series)) continue;
      const name = JSON.stringify(delta.series.edge.key);
      sums.set(name, (sums.get(name) ?? 0) + delta.by);
    }
    return sums;
  };
  const failures = newUnderTrue("failures");
  return [...newUnderTrue("requests")].some(([edge, count]) => failures.has(edge) && failures.get(edge) !== count);
}

/** An edge may know its end by name alone where the service's own spans tell a namespace. */
function nameIn(nodeId: string): string {
  return nodeId.slice(nodeId.indexOf("/") + 1);
}

function boundsOf(counted: readonly CountedSeries[], kind: "duration" | "call-duration"): ReadonlySet<number> {
  return new Set(counted.flatMap((series) => (series.kind === kind ? [series.boundMs] : [])));
}

function add(durations: Map<number, number>, boundMs: number, by: number): void {
  durations.set(boundMs, (durations.get(boundMs) ?? 0) + by);
}

function trafficOf({ count, errorCount, durations, bounds }: Line): TrafficSample["traffic"] {
  return {
    ...NO_TRAFFIC,
    // Its connectors count spans, of which each attempt has its own.
    countsAttempts: true,
    count,
    // Both counters are read at one instant, but a series that turned up late may have missed some of its past.
    errorCount: Math.min(errorCount, count),
    latency: durations.size === 0 ? null : histogram(durations, bounds),
  };
}

/** From cumulative counts to counts per bucket, in the layout of the exposition. */
function histogram(cumulative: ReadonlyMap<number, number>, bounds: ReadonlySet<number>): LatencyHistogram {
  return fromCumulative(
    cumulative,
    [...bounds].filter(Number.isFinite).toSorted((a, b) => a - b),
  );
}
