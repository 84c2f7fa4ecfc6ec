import { z } from "zod";

import type { DialectAsk } from "#collectors/shared/promql/dialect.ts";
import type { Matcher, PromExpression } from "#collectors/shared/promql/expression.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { Clock } from "#lib/ports/time.ts";
import { printable } from "#lib/routing/printable.ts";

import type { PrometheusClient } from "./client.ts";
import { parseDuration, usualInterval } from "./scrape-interval.ts";

/** What a store turned out to be. */
export interface StoreFacts {
  /** In words: `Prometheus 3.15.0`, `VictoriaMetrics`. */
  product: string;
  /** Names of what it says it can do, as `api.query_warnings`; empty for all that do not say. */
  features: ReadonlySet<string>;
  /** Intervals at which it scrapes, most common first; empty where it has no target yet; `null` = it does not tell. */
  scrapeIntervalsMs: readonly number[] | null;
  /** The newest time that it answers about lies this much before now: a store may hide what has not settled yet. */
  hidesNewestMs: number;
}

export type HistogramKind = DialectAsk["histograms"];

const Features = z.object({ status: z.literal("success"), data: z.record(z.string(), z.record(z.string(), z.boolean())) });
const BuildInfo = z.object({ data: z.object({ version: z.string().optional(), application: z.string().optional() }) });
const Targets = z.object({ data: z.object({ activeTargets: z.array(z.object({ scrapeInterval: z.string().optional() })) }) });

/** What a store is may change while it runs: another program may be put at its address. */
const VALID_MS = 10 * 60_000;
/** What is not there may be on its way: a store that has just been started has scraped nothing. */
const NOTHING_VALID_MS = 10_000;
/** Windows that end within the same so-and-so much, and are as long but for that, have the same kind of histograms. */
const ALIKE_MS = 5 * 60_000;
/** How far back histograms are looked for: some may have ended before the window does. */
const MOST_LOOKED_MS = 3_600_000;
const MOST_KEPT = 64;
const RAW_RANGE_MS = 5 * 60_000;
/** The beginning of raw samples is enough to see their distance. */
const RAW_BYTES = 256 * 1024;
/** Thousands of targets are tens of megabytes; then the data tells. */
const TARGETS_BYTES = 8 * 1024 * 1024;

interface Kept<T> {
  value: T;
  atMs: number;
  failures: number;
}

/** Finds out what a store is and keeps, and remembers it until a question fails. Nothing is decided by a version number. */
export class StoreProbe {
  readonly #client: PrometheusClient;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept<unknown>>();
  readonly #pending = new Map<string, Promise<Result<unknown>>>();

  constructor(client: PrometheusClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Errors: those of the one question that every such store answers. */
  facts(): Promise<Result<StoreFacts>> {
    return this.#remember(
      "facts",
      () => this.#findFacts(),
      ({ scrapeIntervalsMs }) => scrapeIntervalsMs?.length === 0,
    );
  }

  /**
   * Which histograms it kept of this metric, named without `_bucket`, towards the end of a window. It is looked at all windows that
   * are alike: which of them is asked for first must not decide about the others.
   */
  histograms(metric: string, { fromMs, toMs }: TimeWindow): Promise<Result<HistogramKind>> {
    const end = Math.ceil(toMs / ALIKE_MS);
    const length = Math.max(1, Math.ceil((toMs - fromMs) / ALIKE_MS));
    const rangeMs = Math.min(MOST_LOOKED_MS, length * ALIKE_MS) + ALIKE_MS;
    const atMs = Math.min(end * ALIKE_MS, Math.max(toMs, this.#clock.nowMs()));
    return this.#remember(
      `histograms ${metric} ${end} ${rangeMs}`,
      () => this.#findHistograms(metric, atMs, rangeMs),
      (kind) => kind === "none",
    );
  }

  /**
   * At which interval the first of these metrics that is there is scraped: by the store's targets where all have one interval,
   * else by the times of its samples. `null` = nothing tells.
   */
  scrapeMs(metrics: readonly string[]): Promise<Result<number | null>> {
    const find = async (): Promise<Result<number | null>> => {
      const facts = await this.facts();
      if (!facts.ok) return facts;
      const { scrapeIntervalsMs, hidesNewestMs } = facts.value;
      const [only, ...others] = scrapeIntervalsMs ?? [];
      if (only !== undefined && others.length === 0) return ok(only);
      const seen = await this.#intervalInData(metrics, this.#clock.nowMs() - hidesNewestMs);
      return seen.ok ? ok(seen.value ?? only ?? null) : seen;
    };
    return this.#remember(`interval ${metrics.join(" ")}`, find, (interval) => interval === null);
  }

  /** What was found out last, without asking; `null` = nothing yet. */
  lastFacts(): StoreFacts | null {
    return (this.#kept.get("facts")?.value as StoreFacts | undefined) ?? null;
  }

  async #remember<T>(key: string, find: () => Promise<Result<T>>, isNothing: (value: T) => boolean): Promise<Result<T>> {
    const kept = this.#kept.get(key) as Kept<T> | undefined;
    const isSound = kept?.failures === this.#client.failures;
    if (isSound && this.#clock.monotonicMs() - kept.atMs < (isNothing(kept.value) ? NOTHING_VALID_MS : VALID_MS)) return ok(kept.value);
    const pending = this.#pending.get(key) as Promise<Result<T>> | undefined;
    if (pending !== undefined) return pending;
    const finding = find().finally(() => this.#pending.delete(key));
    this.#pending.set(key, finding);
    const found = await finding;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    if (found.ok) this.#kept.set(key, { value: found.value, atMs: this.#clock.monotonicMs(), failures: this.#client.failures });
    return found;
  }

  async #findFacts(): Promise<Result<StoreFacts>> {
    const client = this.#client;
    const nowMs = this.#clock.nowMs();
    const time = await client.queryText("vector(time())", nowMs, "vector");
    if (!time.ok) return time;
    const [features, build, targets] = await Promise.all([
      client.about({ path: "/api/v1/features" }, Features),
      client.about({ path: "/api/v1/status/buildinfo" }, BuildInfo),
      client.about({ path: "/api/v1/targets", parameters: { state: "active" }, maxBytes: TARGETS_BYTES }, Targets),
    ]);
    const toldS = time.value.series[0]?.points[0]?.value;
    const intervals = targets.ok ? targets.value.data.activeTargets.map(({ scrapeInterval }) => parseDuration(scrapeInterval ?? "")) : null;
    return ok({
      product: productOf(client.isVictoriaMetrics, build.ok ? build.value.data : {}),
      features: new Set(features.ok ? namesOf(features.value.data) : []),
      scrapeIntervalsMs: intervals === null ? null : byFrequency(intervals.filter((ms) => ms !== null)),
      hidesNewestMs: toldS === undefined ? 0 : Math.max(0, Math.ceil(nowMs / 1_000 - toldS - 0.001) * 1_000),
    });
  }

  async #findHistograms(metric: string, atMs: number, rangeMs: number): Promise<Result<HistogramKind>> {
    const count = (name: string, matchers: readonly Matcher[]): Promise<Result<number>> => this.#count(name, matchers, atMs, rangeMs);
    const [native, classic] = await Promise.all([count(metric, []), count(`${metric}_bucket`, [{ label: "le", op: "=", value: "+Inf" }])]);
    if (!native.ok) return native;
    if (!classic.ok) return classic;
    // A store that is changing over keeps both: the fuller one tells more.
    if (native.value > 0 && native.value >= classic.value) return ok("native");
    if (classic.value > 0) return ok("classic");
    const ranges = await count(`${metric}_bucket`, [{ label: "vmrange", op: "!=", value: "" }]);
    if (!ranges.ok) return ranges;
    return ok(ranges.value > 0 ? "vmrange" : "none");
  }

  async #count(metric: string, matchers: readonly Matcher[], atMs: number, rangeMs: number): Promise<Result<number>> {
    const of: PromExpression = { kind: "call", name: "last_over_time", args: [{ kind: "selector", metric, matchers, rangeMs }] };
    const answer = await this.#client.query({ kind: "aggregate", op: "count", by: [], of }, atMs);
    return answer.ok ? ok(answer.value.series[0]?.points[0]?.value ?? 0) : answer;
  }

  async #intervalInData(metrics: readonly string[], atMs: number): Promise<Result<number | null>> {
    for (const metric of metrics) {
      const of: PromExpression = { kind: "selector", metric, matchers: [] };
      // One after the other: the first that is there decides.
      const groups = await this.#client.query({ kind: "aggregate", op: "group", by: ["instance"], of }, atMs);
      if (!groups.ok) return groups;
      const [first] = groups.value.series;
      if (first === undefined) continue;
      const { instance } = first.labels;
      const matchers: Matcher[] = instance === undefined ? [] : [{ label: "instance", op: "=", value: instance }];
      const raw = await this.#client.query({ ...of, matchers, rangeMs: RAW_RANGE_MS }, atMs, { maxBytes: RAW_BYTES });
      if (!raw.ok) return raw;
      const intervals = raw.value.series.map(({ points }) => usualInterval(points.map((point) => point.atMs)));
      return ok(byFrequency(intervals.filter((ms) => ms !== null))[0] ?? null);
    }
    return ok(null);
  }
}

function productOf(
  isVictoriaMetrics: boolean,
  { version = "", application }: { version?: string | undefined; application?: string | undefined },
): string {
  // The version that it gives is that of the Prometheus it resembles.
  if (isVictoriaMetrics) return "VictoriaMetrics";
  return printable(`${application ?? "Prometheus"} ${version}`.trim());
}

function namesOf(groups: Readonly<Record<string, Readonly<Record<string, boolean>>>>): string[] {
  return Object.entries(groups).flatMap(([group, flags]) =>
    Object.keys(flags).flatMap((name) => (flags[name] === true ? [`${group}.${name}`] : [])),
  );
}

function byFrequency(values: readonly number[]): number[] {
  const groups = [...Map.groupBy(values, (value) => value)];
  return groups.toSorted(([a, as], [b, bs]) => bs.length - as.length || a - b).map(([value]) => value);
}
