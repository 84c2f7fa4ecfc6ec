import type { DialectAsk, DialectQuery, FoldedTraffic, MetricsDialect, PromSample } from "#collectors/shared/promql/dialect.ts";
import { oneOf, type Matcher, type PromExpression } from "#collectors/shared/promql/expression.ts";
import type { LatencyHistogram } from "#lib/model/red.ts";
import type { TrafficRow } from "#lib/ports/series-store.ts";
import { NO_TRAFFIC } from "#lib/red/traffic.ts";

const COUNTER = "calls_total";
const HISTOGRAM = "call_seconds";

/**
 * The smallest telemetry that makes a map: `calls_total{src,dst,code}`, and `call_seconds` as a histogram of the same edges.
 * It stands for the real dialects where only the store is being tested.
 */
export const callsDialect: MetricsDialect = {
  id: "calls",
  reads: "a counter of calls",
  metrics: [COUNTER],
  durationMetric: HISTOGRAM,
  counts: (ask) => [{ name: "calls", expression: grouped(COUNTER, ["src", "dst", "code"], ask) }],
  durations(ask): DialectQuery[] {
    if (ask.histograms === "none") return [];
    if (ask.histograms === "native") return [{ name: "seconds", expression: grouped(HISTOGRAM, ["src", "dst"], ask) }];
    const bound = ask.histograms === "vmrange" ? "vmrange" : "le";
    return [{ name: "seconds", expression: grouped(`${HISTOGRAM}_bucket`, ["src", "dst", bound], ask) }];
  },
  fold,
};

function grouped(metric: string, by: readonly string[], { rangeMs, select }: DialectAsk): PromExpression {
  const matchers: Matcher[] = [];
  if (select?.sources !== undefined) matchers.push(oneOf("src", select.sources));
  if (select?.targets !== undefined) matchers.push(oneOf("dst", select.targets));
  const of: PromExpression = { kind: "call", name: "increase", args: [{ kind: "selector", metric, matchers, rangeMs }] };
  return { kind: "aggregate", op: "sum", by, of };
}

function fold(answers: ReadonlyMap<string, readonly PromSample[]>): FoldedTraffic {
  const edges = new Map<string, { row: TrafficRow; samples: PromSample[] }>();
  const edgeOf = ({ labels }: PromSample): { row: TrafficRow; samples: PromSample[] } => {
    const { src = "unknown/nobody", dst = "unknown/nobody" } = labels;
    const name = JSON.stringify([src, dst]);
    const key = { source: src, target: dst, protocol: "http", version: null, reporter: "destination" } as const;
    const edge = edges.get(name) ?? { row: { key, traffic: NO_TRAFFIC }, samples: [] };
    edges.set(name, edge);
    return edge;
  };
  for (const sample of answers.get("calls") ?? []) {
    const edge = edgeOf(sample);
    const { traffic } = edge.row;
    const count = Math.round(sample.value);
    const isError = sample.labels["code"]?.startsWith("5") === true;
    edge.row = {
      ...edge.row,
      traffic: { ...traffic, count: traffic.count + count, errorCount: traffic.errorCount + (isError ? count : 0) },
    };
  }
  for (const sample of answers.get("seconds") ?? []) edgeOf(sample).samples.push(sample);
  const rows = [...edges.values()].map(({ row, samples }) => ({ ...row, traffic: { ...row.traffic, latency: latencyOf(samples) } }));
  return { rows, notices: [] };
}

function latencyOf(samples: readonly PromSample[]): LatencyHistogram | null {
  const native = samples[0]?.histogram;
  if (native !== undefined) return { boundsMs: native.bounds.map((bound) => bound * 1_000), counts: native.counts };
  const ends = samples.map(({ labels, value }) => ({
    end: Number((labels["le"] ?? labels["vmrange"]?.split("...")[1])?.replace("+Inf", "Infinity")),
    value,
  }));
  const ordered = ends.toSorted((a, b) => a.end - b.end);
  if (ordered.length === 0) return null;
  const isCumulative = samples[0]?.labels["le"] !== undefined;
  const counts = ordered.map(({ value }, index) => Math.round(isCumulative ? value - (ordered[index - 1]?.value ?? 0) : value));
  const boundsMs = ordered.flatMap(({ end }) => (Number.isFinite(end) ? [end * 1_000] : []));
  return { boundsMs, counts: boundsMs.length === counts.length ? [...counts, 0] : counts };
}
