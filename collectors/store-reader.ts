import { ok, type Result } from "#lib/model/errors.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { TopologySource } from "#lib/ports/sources.ts";
import type { Clock, ScheduledTask, Scheduler } from "#lib/ports/time.ts";

import type { MetricsReader, Telling } from "./metrics-readers.ts";
import { AnswerDeadline } from "./prometheus/answer-deadline.ts";
import { createPrometheusSource, type PrometheusSource } from "./prometheus/source.ts";
import type { PrometheusStore } from "./prometheus/store.ts";
import { inTime } from "./shared/in-time.ts";
import type { MetricsDialect } from "./shared/promql/dialect.ts";

/** How often it is looked whether the store answers, and whether telemetry has come that was not there. */
const LOOK_MS = 30_000;
/** The same while it does not answer. */
const RETRY_MS = 10_000;
/** The same while nothing is there: a store that has just been started has scraped nothing, and somebody looks at an empty map. */
const NOTHING_MS = 5_000;

interface StoreReaderOptions {
  id: string;
  store: PrometheusStore;
  /** What may be there, strongest first. */
  dialects: readonly MetricsDialect[];
  /** These are read whether or not anything of them is there. */
  areChosen: boolean;
  parts: { clock: Clock; scheduler: Scheduler };
  /** Closes the connections that are the store's alone. */
  onClose(): Promise<void>;
}

/** Stands for all of them while nothing of any is there: it asks nothing, and says so. */
function nothingOf(dialects: readonly MetricsDialect[]): MetricsDialect {
  return {
    id: "telemetry",
    reads: dialects.map(({ reads }) => reads).join(", or "),
    metrics: dialects.flatMap(({ metrics }) => metrics.slice(0, 1)),
    durationMetric: null,
    counts: () => [],
    durations: () => [],
    fold: () => ({ rows: [], notices: [] }),
  };
}

/**
 * Reads one store in every dialect of which it holds something. The strongest that may be there bears the id of the store, further
 * ones `id/dialect`: whatever is found when, so that edges do not change their teller, nor links what they mean.
 */
export class StoreReader implements MetricsReader {
  readonly id: string;
  readonly #options: StoreReaderOptions;
  readonly #found = new Map<string, { dialect: MetricsDialect; source: PrometheusSource }>();
  readonly #nothing: PrometheusSource;
  readonly #ending = new AbortController();
  #settled: Promise<void> | null = null;
  #next: ScheduledTask | null = null;
  #isKnown = false;

  constructor(options: StoreReaderOptions) {
    this.id = options.id;
    this.#options = options;
    this.#nothing = this.#sourceOf(options.id, nothingOf(options.dialects));
    if (options.areChosen) for (const dialect of options.dialects) this.#add(dialect);
  }

  get isKnown(): boolean {
    return this.#isKnown;
  }

  start(): void {
    // A look takes several questions, and a store may hang at the last.
    const { store, parts } = this.#options;
    this.#settled ??= inTime(this.#look(), AnswerDeadline.longestMs(store.client.timeoutMs), parts.scheduler).then(() => undefined);
  }

  settled(): Promise<void> {
    return this.#settled ?? Promise.resolve();
  }

  tellings(): readonly Telling[] {
    const found = this.#inOrder();
    if (found.length === 0) return [{ rank: "mesh", source: this.#nothing }];
    return found.map(({ dialect, source }) => ({ rank: rankOf(dialect), source }));
  }

  topology(): readonly TopologySource[] {
    return this.#isKnown ? this.#inOrder().map(({ source }) => source) : [];
  }

  statuses(): readonly SourceStatus[] {
    const found = this.#inOrder();
    if (found.length > 0) return found.map(({ source }) => source.status());
    const status = this.#nothing.status();
    if (!this.#isKnown || status.state !== "healthy") return [status];
    const { reads, metrics } = nothingOf(this.#options.dialects);
    const mend = `Let it scrape the mesh, so that it holds ${metrics.join(" or ")}; check queryScope; ./weft doctor says more.`;
    return [
      { ...status, state: "degraded", findings: [...status.findings, { subject: this.id, text: `It holds nothing of ${reads}.`, mend }] },
    ];
  }

  async close(): Promise<void> {
    this.#ending.abort();
    this.#next?.cancel();
    await this.#options.onClose();
  }

  async #look(): Promise<void> {
    const looked = await this.#find();
    if (this.#ending.signal.aborted) return;
    if (looked.ok) this.#isKnown = true;
    const nextMs = !looked.ok ? RETRY_MS : this.#found.size === 0 ? NOTHING_MS : LOOK_MS;
    this.#next = this.#options.parts.scheduler.after(nextMs, () => void this.#look());
  }

  /** Asks for what was not there before; what was found is kept, even while nothing of it comes. */
  async #find(): Promise<Result<void>> {
    const { store, dialects } = this.#options;
    const facts = await store.probe.facts();
    if (!facts.ok) return facts;
    const atMs = this.#options.parts.clock.nowMs() - facts.value.hidesNewestMs;
    const wanted = dialects.filter(({ id }) => !this.#found.has(id));
    // What is known of the store is remembered; one small question tells that it still answers.
    if (wanted.length === 0) {
      const answer = await store.client.queryText("vector(time())", atMs, "vector", { signal: this.#ending.signal });
      return answer.ok ? ok(undefined) : answer;
    }
    for (const dialect of wanted) {
      const isThere = await this.#isThere(dialect, atMs);
      if (!isThere.ok) return isThere;
      if (!isThere.value) continue;
      this.#add(dialect);
      // Also where another question fails: what is there can be read.
      this.#isKnown = true;
    }
    return ok(undefined);
  }

  async #isThere(dialect: MetricsDialect, atMs: number): Promise<Result<boolean>> {
    for (const metric of dialect.metrics) {
      const of = { kind: "selector", metric, matchers: [] } as const;
      const answer = await this.#options.store.client.query({ kind: "aggregate", op: "group", by: [], of }, atMs, {
        signal: this.#ending.signal,
      });
      if (!answer.ok) return answer;
      if (answer.value.series.length > 0) return ok(true);
    }
    return ok(false);
  }

  #add(dialect: MetricsDialect): void {
    const id = dialect.id === this.#options.dialects[0]?.id ? this.id : `${this.id}/${dialect.id}`;
    this.#found.set(dialect.id, { dialect, source: this.#sourceOf(id, dialect) });
  }

  #sourceOf(id: string, dialect: MetricsDialect): PrometheusSource {
    const { store, parts } = this.#options;
    return createPrometheusSource({ id, dialect, store }, parts);
  }

  #inOrder(): { dialect: MetricsDialect; source: PrometheusSource }[] {
    return this.#options.dialects.flatMap(({ id }) => this.#found.get(id) ?? []);
  }
}

function rankOf({ id }: MetricsDialect): Telling["rank"] {
  return id === "service-graph" ? "graph" : "mesh";
}
