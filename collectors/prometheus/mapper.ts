import type { PromSample } from "#collectors/shared/promql/dialect.ts";
import { parseNodeId, UNTRACED_ID } from "#lib/model/ids.ts";
import type { EdgeTraffic, TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { ServiceFacts, Topology } from "#lib/model/topology.ts";
import type { CountRow, TrafficRow, TrafficStep } from "#lib/ports/series-store.ts";
import type { ToldRow } from "#lib/ports/sources.ts";
import { selectsKey } from "#lib/red/select-traffic.ts";

import type { Answers } from "./ask-queries.ts";
import type { StepPlan } from "./plan-window.ts";
import type { WirePoint, WireSeries } from "./wire.ts";
import { keyText } from "#lib/red/key-text.ts";

/** Answers to the questions of a dialect, by their names. */
export type Samples = ReadonlyMap<string, readonly PromSample[]>;

/** Samples of an instant answer, each multiplied by `scale`; a series whose value is no number has none. */
export function instantSamples(series: readonly WireSeries[], scale = 1): PromSample[] {
  return series.flatMap(({ labels, points }) => points.slice(-1).map((point) => sampleOf(labels, point, scale)));
}

/** Samples of a range answer, by step. What lies at no step's end is left out. */
export function stepSamples(series: readonly WireSeries[], { firstMs, stepMs, points: many }: StepPlan, scale = 1): PromSample[][] {
  const steps: PromSample[][] = Array.from({ length: many }, () => []);
  for (const { labels, points } of series) {
    for (const point of points) steps[Math.round((point.atMs - firstMs) / stepMs)]?.push(sampleOf(labels, point, scale));
  }
  return steps;
}

function sampleOf(labels: WireSeries["labels"], { value, histogram }: WirePoint, scale: number): PromSample {
  if (histogram === undefined) return { labels, value: value * scale };
  const { bounds, counts, sum, count } = histogram;
  const scaled = { bounds, counts: counts.map((one) => one * scale), sum: sum * scale, count: count * scale };
  return { labels, value: value * scale, histogram: scaled };
}

/** The answers of each step, for a dialect to fold step by step; without those that count nothing. */
export function byStep({ queries, series }: Pick<Answers, "queries" | "series">, plan: StepPlan, scale: number): Samples[] {
  const each = queries.flatMap(({ name, isPresence }, index) =>
    isPresence === true ? [] : [{ name, steps: stepSamples(series[index] ?? [], plan, scale) }],
  );
  return Array.from({ length: plan.points }, (_, step) => new Map(each.map(({ name, steps }) => [name, steps[step] ?? []])));
}

export function boundsOf({ firstMs, stepMs }: StepPlan, index: number): TimeWindow {
  const toMs = firstMs + index * stepMs;
  return { fromMs: toMs - stepMs, toMs };
}

/** A counter that stands still is told as 0; where no counter is told at all, nobody looked. */
export function isReported(samples: Samples): boolean {
  return [...samples.values()].some((one) => one.length > 0);
}

export function selectRows(rows: readonly TrafficRow[], select: TrafficSelect | undefined): TrafficRow[] {
  return select === undefined ? [...rows] : rows.filter(({ key }) => selectsKey(select, key));
}

export function toldBy(source: string, rows: readonly TrafficRow[]): ToldRow[] {
  const seenBy = [source];
  return rows.map((row) => ({ ...row, toldBy: source, seenBy }));
}

/** What is known of the durations of one row. */
export type RowDurations = Pick<EdgeTraffic, "latency" | "durations">;

/** Durations by key: small enough to be kept after the answers are gone. */
export function durationsOf(rows: readonly TrafficRow[]): Map<string, RowDurations> {
  const found = new Map<string, RowDurations>();
  for (const { key, traffic } of rows) {
    const { latency, durations } = traffic;
    if (latency !== null || durations !== undefined) found.set(keyText(key), { latency, durations });
  }
  return found;
}

/** Rows with the durations that came after them; what a row has itself stays. */
export function withDurations(rows: readonly TrafficRow[], later: ReadonlyMap<string, RowDurations>): TrafficRow[] {
  return rows.map((row) => {
    const found = later.get(keyText(row.key));
    if (found === undefined) return row;
    const durations = row.traffic.durations ?? found.durations;
    return {
      ...row,
      traffic: { ...row.traffic, latency: row.traffic.latency ?? found.latency, ...(durations === undefined ? {} : { durations }) },
    };
  });
}

/** Requests and errors per target of steps. */
export function countRows(steps: readonly TrafficStep[]): CountRow[] {
  const rows = new Map<string, CountRow>();
  for (const [index, step] of steps.entries()) {
    for (const { key, traffic } of step.rows) {
      let row = rows.get(key.target);
      if (row === undefined) {
        const zeros = (): number[] => steps.map(() => 0);
        row = { target: key.target, counts: zeros(), errors: zeros(), callers: zeros() };
        rows.set(key.target, row);
      }
      row.counts[index] = (row.counts[index] ?? 0) + traffic.count;
      row.errors[index] = (row.errors[index] ?? 0) + traffic.errorCount;
      row.callers[index] = (row.callers[index] ?? 0) + traffic.callerCount;
    }
  }
  return [...rows.values()];
}

/** Who exists, as far as traffic tells. What nobody can name is on the map by its edge, and is no service. */
export function topologyOf(rows: readonly TrafficRow[]): Topology {
  const ids = new Set(rows.flatMap(({ key }) => [key.source, key.target]));
  const services = [...ids].flatMap((id): ServiceFacts[] => {
    const { kind, namespace, service } = parseNodeId(id);
    if (kind !== "service" || id === UNTRACED_ID) return [];
    // Versions are known by the proxies behind them, of which a store tells nothing; those that were called come with their traffic.
    return [{ id, kind, namespace, service, versions: [], demand: "unknown", endpoints: null }];
  });
  return { services: services.toSorted((a, b) => (a.id < b.id ? -1 : 1)), proxies: [], declared: [] };
}
