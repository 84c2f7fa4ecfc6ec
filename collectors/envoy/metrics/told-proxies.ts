import type { PromSample } from "#collectors/shared/promql/dialect.ts";
import { Spread } from "#collectors/shared/promql/spreads.ts";

import type { Delta } from "../stats/counter-book.ts";
import { trackSeries, type CountedSeries } from "../stats/tracked-series.ts";
import { identityOf, type LabelledIdentity, type ProxyLabels } from "./labels.ts";
import { HISTOGRAMS, METRIC_OF } from "./queries.ts";

/** The proxies of one service and version, as the series of a store tell of them together. */
export interface ToldProxy {
  identity: LabelledIdentity;
  counted: CountedSeries[];
  /** By how much each grew, with fractions: a store works growth out over a range. */
  grown: Delta[];
  /** Durations summed up, and how many there were, as growth of the bound that holds all. */
  sums: Delta[];
  durations: Delta[];
}

export type Answers = ReadonlyMap<string, readonly PromSample[]>;

/** Puts the series of all answers to the proxies that they are of. Series that name nobody are left out. */
export function toldProxies(answers: Answers, labels: ProxyLabels): ToldProxy[] {
  const told = new Map<string, ToldProxy>();
  const toldBy = (sample: PromSample): ToldProxy | null => {
    const identity = identityOf(sample.labels, labels);
    if (identity === null) return null;
    const key = JSON.stringify([identity.nodeId, identity.version]);
    const known = told.get(key);
    if (known !== undefined) return known;
    const fresh: ToldProxy = { identity, counted: [], grown: [], sums: [], durations: [] };
    told.set(key, fresh);
    return fresh;
  };
  for (const [name, metric] of METRIC_OF) {
    const samples = answers.get(name) ?? [];
    for (const sample of name === "classes-or-codes" ? samples.filter(isNotYetTold(answers, labels)) : samples) {
      const proxy = toldBy(sample);
      const series = seriesOf(metric, sample);
      if (proxy === null || series === null) continue;
      proxy.counted.push(series);
      if (sample.value > 0) proxy.grown.push({ series, by: sample.value });
    }
  }
  for (const { name, metric } of HISTOGRAMS) {
    for (const part of ["sum", "count"] as const) {
      for (const sample of answers.get(`${name}-${part}`) ?? []) {
        const series = boundSeries(metric, sample.labels, Infinity);
        if (series !== null && sample.value > 0) toldBy(sample)?.[part === "sum" ? "sums" : "durations"].push({ series, by: sample.value });
      }
    }
    addSpreads(metric, answers.get(`${name}-spread`) ?? [], answers.get(`${name}-layout`) ?? [], toldBy);
  }
  return [...told.values()];
}

/** Histograms in whatever form, as growth of cumulative counts: what the mapping of a proxy's own statistics takes. */
function addSpreads(
  metric: string,
  samples: readonly PromSample[],
  layouts: readonly PromSample[],
  toldBy: (sample: PromSample) => ToldProxy | null,
): void {
  const spreads = new Map<string, { sample: PromSample; spread: Spread }>();
  const spreadOf = (sample: PromSample): Spread => {
    const { le: _le, vmrange: _range, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const known = spreads.get(key);
    if (known !== undefined) return known.spread;
    const spread = new Spread();
    spreads.set(key, { sample, spread });
    return spread;
  };
  for (const sample of samples) spreadOf(sample).add(sample);
  for (const layout of layouts) spreadOf(layout).addLayout(layout);
  const told = [...spreads.values()].flatMap(({ sample, spread }) => {
    const histogram = spread.histogram();
    return histogram === null ? [] : [{ sample, histogram }];
  });
  // Cumulative counts are added up bound by bound further on: one that some lack would read as if these had nothing below it.
  const bounds = [...new Set(told.flatMap(({ histogram }) => histogram.boundsMs))].toSorted((a, b) => a - b);
  for (const { sample, histogram } of told) {
    const proxy = toldBy(sample);
    if (proxy === null) continue;
    let upTo = 0;
    let next = 0;
    for (const bound of [...bounds, Infinity]) {
      while (next < histogram.counts.length && (histogram.boundsMs[next] ?? Infinity) <= bound) upTo += histogram.counts[next++] ?? 0;
      const series = boundSeries(metric, sample.labels, bound);
      if (series === null) continue;
      proxy.counted.push(series);
      if (upTo > 0) proxy.grown.push({ series, by: upTo });
    }
  }
}

function boundSeries(metric: string, labels: PromSample["labels"], bound: number): CountedSeries | null {
  return seriesOf(`${metric}_bucket`, { labels: { ...labels, le: bound === Infinity ? "+Inf" : String(bound) } });
}

const CLASS = /^([1-5])xx$/;
const CODE = /^([1-5])\d\d$/;

/** What a series means, by the rules for a proxy's own statistics. */
function seriesOf(metric: string, { labels }: Pick<PromSample, "labels">): CountedSeries | null {
  const told = { ...labels };
  for (const label of ["envoy_cluster_name", "cluster_name", "weft_cluster"]) {
    const name = labels[label];
    if (name !== undefined) told[label] = withBars(name);
  }
  const codeClass = (CLASS.exec(labels["response_code_class"] ?? "") ?? CODE.exec(labels["response_code"] ?? ""))?.[1];
  if (codeClass !== undefined) {
    return { kind: "cluster-class", cluster: told["envoy_cluster_name"] ?? told["cluster_name"] ?? "", codeClass: Number(codeClass) };
  }
  const tracked = trackSeries({ name: metric, labels: told });
  return tracked !== null && isTraffic(tracked) ? tracked : null;
}

/** Istio's form for names that must be host names: `outbound_.80_._.reviews.shop.svc.cluster.local`. */
function withBars(name: string): string {
  return /^(?:in|out)bound_\./.test(name) ? name.replaceAll("_.", "|") : name;
}

function isTraffic(series: NonNullable<ReturnType<typeof trackSeries>>): series is CountedSeries {
  return /^(?:in|out)bound|^cluster-/.test(series.kind);
}

/**
 * Every request stands in a class and in a code. Of an upstream that has series of both, those of the classes count; under
 * whatever name they stand.
 */
function isNotYetTold(answers: Answers, labels: ProxyLabels): (sample: PromSample) => boolean {
  const upstreamOf = (sample: PromSample): string => {
    const identity = identityOf(sample.labels, labels);
    const cluster = sample.labels["envoy_cluster_name"] ?? sample.labels["cluster_name"];
    return JSON.stringify([identity?.nodeId, identity?.version, cluster]);
  };
  const own = new Set((answers.get("classes") ?? []).map(upstreamOf));
  const classes = new Set((answers.get("classes-or-codes") ?? []).filter(isClass).map(upstreamOf));
  return (sample) => {
    const upstream = upstreamOf(sample);
    return !own.has(upstream) && (isClass(sample) || !classes.has(upstream));
  };
}

function isClass({ labels }: PromSample): boolean {
  return CLASS.test(labels["response_code_class"] ?? "");
}
