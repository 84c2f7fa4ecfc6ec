import type { MetricsReader, Telling } from "#collectors/metrics-readers.ts";
import { inTime } from "#collectors/shared/in-time.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { CountSteps, TrafficSteps } from "#lib/ports/series-store.ts";
import type { MetricsSource, TrafficSum } from "#lib/ports/sources.ts";
import type { Scheduler } from "#lib/ports/time.ts";
import { failedEvidence, joinEvidence } from "#lib/usecases/join-evidence.ts";
import { LayeredMetrics } from "#lib/usecases/layered-metrics.ts";

/** How long the map waits for a source outside where the proxies tell of it too. */
const PATIENCE_MS = 3_000;
/** For a source that is slow. */
const MEND = "Look again in a moment; should it last, ./weft doctor says why.";

interface TrafficParts {
  /** Counters that Weft reads by itself: nothing is stronger. `null` = there are no proxies. */
  proxies: MetricsSource | null;
  /** Calls that Weft's own spans tell of. */
  spans: MetricsSource | null;
  readers: () => readonly MetricsReader[];
  scheduler: Scheduler;
}

/**
 * All that tells of traffic, strongest first: proxies, what meshes report to stores, spans, graphs worked out from spans. What is
 * there may change between two questions. A source outside that fails or hangs costs its part, as long as another tells anything.
 */
export class TrafficSources implements MetricsSource {
  readonly #parts: TrafficParts;
  readonly #patient = new WeakMap<MetricsSource, Patient>();

  constructor(parts: TrafficParts) {
    this.#parts = parts;
  }

  get id(): string {
    return this.#list()[0]?.id ?? "none";
  }

  get reportMs(): number {
    return Math.max(0, ...this.#list().map(({ reportMs }) => reportMs));
  }

  get layers(): readonly MetricsSource[] {
    return this.#list();
  }

  /** Whether anything is configured that could tell. */
  get isEmpty(): boolean {
    return this.#list().length === 0;
  }

  traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>> {
    return this.#ask((metrics) => metrics.traffic(window, select, signal));
  }

  trafficSteps(window: TimeWindow, stepMs: number, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSteps>>> {
    return this.#ask((metrics) => metrics.trafficSteps(window, stepMs, select, signal));
  }

  countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>> {
    return this.#ask((metrics) => metrics.countSteps(window, points, signal));
  }

  /** All that is there as one, and a word about places that never answered. */
  async #ask<T>(question: (metrics: MetricsSource) => Promise<Result<Sourced<T>>>): Promise<Result<Sourced<T>>> {
    const { proxies, readers } = this.#parts;
    // Without proxies the first map waits until it is known what the stores hold.
    if (proxies === null) await Promise.all(readers().map((reader) => reader.settled()));
    const unheard = this.#unheard();
    const [leader, ...others] = this.#list(false);
    if (leader === undefined) return err(unheard[0]?.error ?? new WeftError("UNSUPPORTED", "No source of metrics is configured."));
    const answer = await question(others.length === 0 ? leader : new LayeredMetrics([leader, ...others]));
    const missing = unheard.map(({ id, error }) => failedEvidence(id, error));
    return answer.ok ? ok({ ...answer.value, ...joinEvidence(answer.value, ...missing) }) : answer;
  }

  /** Places that never answered are not asked again for each map, they look by themselves: what they would tell is missing all the same. */
  #unheard(): { id: string; error: WeftError }[] {
    const { proxies, readers } = this.#parts;
    const unknown = readers().filter((reader) => !reader.isKnown);
    return unknown.flatMap((reader) => {
      const failed = reader.statuses().find(({ lastError }) => lastError !== null);
      if (failed?.lastError != null) {
        const mend = failed.mend === null ? {} : { mend: failed.mend };
        return [{ id: failed.id, error: new WeftError("SOURCE_UNREACHABLE", failed.lastError, { isRetryable: true, ...mend }) }];
      }
      // Nobody waits for it where proxies tell of the mesh: it may have been asked a moment ago.
      return proxies === null ? [{ id: reader.id, error: stillLooking(reader.id) }] : [];
    });
  }

  /** `withUnknown` = places that never answered are among them. */
  #list(withUnknown = this.#parts.proxies === null): MetricsSource[] {
    const { proxies, spans, readers } = this.#parts;
    const hasProxies = proxies !== null;
    const told = readers().filter((reader) => reader.isKnown || withUnknown);
    const outside = (rank: Telling["rank"]): MetricsSource[] =>
      told.flatMap((reader) => reader.tellings().flatMap((one) => (one.rank === rank ? [one.source] : [])));
    const patient = (source: MetricsSource): MetricsSource => (hasProxies ? this.#patientWith(source) : source);
    return [
      ...(hasProxies ? [proxies] : []),
      ...outside("mesh").map(patient),
      ...(spans === null ? [] : [spans]),
      ...outside("graph").map(patient),
    ];
  }

  #patientWith(source: MetricsSource): MetricsSource {
    const known = this.#patient.get(source) ?? new Patient(source, this.#parts.scheduler);
    this.#patient.set(source, known);
    return known;
  }
}

function stillLooking(id: string): WeftError {
  return new WeftError("TIMEOUT", `${id} has not said yet what it holds: its first answers take long.`, { isRetryable: true, mend: MEND });
}

/** An answer is stood in by one about a moment at most this much earlier. */
const STANDS_IN_MS = 5 * 60_000;
/** Answers about the whole mesh are large. Readers look at a few lengths of window, each as traffic and as counts. */
const MOST_KEPT = 16;

/** A source that is not waited for longer than a reader of the map would; its last whole answer stands in, stamped stale. */
class Patient implements MetricsSource {
  readonly #source: MetricsSource;
  readonly #scheduler: Scheduler;
  /** The last good answers by what was asked, with the end of the window that was. */
  readonly #last = new Map<string, { toMs: number; answer: Sourced<unknown> }>();

  constructor(source: MetricsSource, scheduler: Scheduler) {
    this.#source = source;
    this.#scheduler = scheduler;
  }

  get id(): string {
    return this.#source.id;
  }

  get reportMs(): number {
    return this.#source.reportMs;
  }

  traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>> {
    const asked = this.#source.traffic(window, select, signal);
    // Only the whole mesh is asked for again and again.
    return this.#within(select === undefined ? `traffic ${window.toMs - window.fromMs}` : null, window, asked);
  }

  trafficSteps(window: TimeWindow, stepMs: number, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSteps>>> {
    return this.#source.trafficSteps(window, stepMs, select, signal);
  }

  countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>> {
    return this.#within(`counts ${window.toMs - window.fromMs} ${points}`, window, this.#source.countSteps(window, points, signal));
  }

  async #within<T>(key: string | null, { toMs }: TimeWindow, asked: Promise<Result<Sourced<T>>>): Promise<Result<Sourced<T>>> {
    // What comes late is kept, too.
    const told = asked.then((answer) => {
      if (answer.ok && key !== null && toMs >= (this.#last.get(key)?.toMs ?? 0)) this.#keep(key, { toMs, answer: answer.value });
      return answer;
    });
    return (await inTime(told, PATIENCE_MS, this.#scheduler)) ?? this.#late(key, toMs);
  }

  #keep(key: string, told: { toMs: number; answer: Sourced<unknown> }): void {
    this.#last.delete(key);
    this.#last.set(key, told);
    const [oldest] = this.#last.keys();
    if (this.#last.size > MOST_KEPT && oldest !== undefined) this.#last.delete(oldest);
  }

  #late<T>(key: string | null, toMs: number): Result<Sourced<T>> {
    const text = `${this.id} did not answer within ${PATIENCE_MS / 1_000} s.`;
    const kept = key === null ? undefined : this.#last.get(key);
    if (kept === undefined || toMs < kept.toMs || toMs - kept.toMs > STANDS_IN_MS)
      return err(new WeftError("TIMEOUT", text, { isRetryable: true, sourceId: this.id, mend: MEND }));
    // What was kept under a key is an answer to the same question.
    const answer = kept.answer as Sourced<T>;
    const notice = {
      level: "warning" as const,
      code: "source-late",
      text: `${text} Its last answer stands in.`,
      source: this.id,
      mend: MEND,
    };
    return ok({ ...answer, notices: [...answer.notices, notice], coverage: "stale" });
  }
}
