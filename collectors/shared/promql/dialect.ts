import type { Notice } from "#lib/model/evidence.ts";
import type { TrafficSelect } from "#lib/model/red.ts";
import type { TrafficRow } from "#lib/ports/series-store.ts";

import type { PromExpression } from "./expression.ts";

/**
 * One series of an answer at one instant. `histogram` is there for native histograms, already turned into upper bounds
 * with counts (not cumulative), in the metric's own unit. As in `LatencyHistogram`, `counts` has one entry more than
 * `bounds`: what lies above the last bound. `value` is then the number of observations.
 */
export interface PromSample {
  labels: Readonly<Record<string, string>>;
  /** Not finite values were left out before. */
  value: number;
  histogram?: { bounds: readonly number[]; counts: readonly number[]; sum: number; count: number } | undefined;
}

/** What a dialect is asked to work out queries for. */
export interface DialectAsk {
  /** Length of the range of every counter, milliseconds. */
  rangeMs: number;
  /** Narrows what is asked where the labels allow it; the answer may hold more, and is filtered again. */
  select?: TrafficSelect | undefined;
  /** Which histograms the store keeps for the dialect's duration metric. */
  histograms: "classic" | "native" | "vmrange" | "none";
}

export interface DialectQuery {
  /** By which `fold` finds the answer again. */
  name: string;
  expression: PromExpression;
  /**
   * A map of a large mesh is drawn without it, and it is put in when it has come: for averages, which cost a store as much as
   * the counts. `fold` must then give rows with the same keys with it and without it.
   */
  isLate?: boolean | undefined;
  /**
   * It tells who there is and counts nothing, and that changes seldom: it is asked about the end of a range alone, and once a minute
   * at most. `fold` and `more` are given no answer where there was none.
   */
  isPresence?: boolean | undefined;
}

/** Traffic that a set of answers tells of, over the asked range. Counts are whole numbers. */
export interface FoldedTraffic {
  rows: TrafficRow[];
  notices: Notice[];
}

/**
 * How one kind of mesh telemetry stands in a store that is asked in PromQL. Pure: it works out queries, a few per metric for
 * the whole mesh, and folds their answers by the counting rule of the model. Labels may be missing or made up.
 */
export interface MetricsDialect {
  /** `istio`, `envoy`, `service-graph`. */
  readonly id: string;
  /** What it reads, in words: "Istio's request metrics". */
  readonly reads: string;
  /** Metrics of which at least one must be there for it to tell anything. */
  readonly metrics: readonly string[];
  /** Metric whose histogram holds durations, without `_bucket`; `null` = it has none. */
  readonly durationMetric: string | null;
  /** Requests, errors, connections, and sums of durations: what the map is drawn from. */
  counts(ask: DialectAsk): DialectQuery[];
  /** How durations are spread. Costs several times the counts; empty where there is no histogram. */
  durations(ask: DialectAsk): DialectQuery[];
  /**
   * What has to be asked besides, given the answers to `counts` and their labels: details that only a few series need, and that
   * would make every other dearer. Empty, or left out = nothing. Its answers are folded together with the others.
   */
  more?(answers: ReadonlyMap<string, readonly PromSample[]>, ask: DialectAsk): DialectQuery[];
  /**
   * Puts the answers together. `all` = where they are one step of a range, the answers of the whole range, by which ends are named:
   * a step may hold nothing of the one who would say his name.
   */
  fold(
    answers: ReadonlyMap<string, readonly PromSample[]>,
    ask: DialectAsk,
    all?: ReadonlyMap<string, readonly PromSample[]>,
  ): FoldedTraffic;
}
