import type { MetricsDialect } from "#collectors/shared/promql/dialect.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { Topology } from "#lib/model/topology.ts";
import type { CountSteps, TrafficSteps } from "#lib/ports/series-store.ts";
import type { MetricsSource, ProxyDetail, TopologySource, TrafficSum } from "#lib/ports/sources.ts";
import type { Clock, Scheduler } from "#lib/ports/time.ts";

import { AnswerDeadline } from "./answer-deadline.ts";
import { DialectQuestions } from "./dialect-questions.ts";
import { STALE } from "./kept-answers.ts";
import { topologyOf } from "./mapper.ts";
import { SourceNotices } from "./source-notices.ts";
import { Sparklines } from "./sparklines.ts";
import { statusOf } from "./status.ts";
import type { PrometheusStore } from "./store.ts";
import { TrafficCharts } from "./traffic-charts.ts";
import { TrafficSums } from "./traffic-sums.ts";

export interface PrometheusSourceOptions {
  id: string;
  dialect: MetricsDialect;
  store: PrometheusStore;
  /** A chart has at most so many steps. Default 2,000. */
  maxPoints?: number | undefined;
}

/** Also says who exists, as far as traffic tells. `signal` gives a question up that nobody waits for any more. */
export interface PrometheusSource extends MetricsSource, TopologySource {
  status(): SourceStatus;
  traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>>;
  trafficSteps(window: TimeWindow, stepMs: number, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSteps>>>;
  countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>>;
}

const MAX_POINTS = 2_000;
/** A reader who looks at the past alone asks for no traffic of now. */
const TOPOLOGY_VALID_MS = 60_000;
const TOPOLOGY_MS = 5 * 60_000;

/**
 * Traffic of a mesh out of a store that is asked in PromQL, in the words of one dialect. Its questions are about the whole mesh;
 * where the store does not answer, the last good answer with coverage `stale`. Errors: those of `PrometheusClient`.
 */
export function createPrometheusSource(options: PrometheusSourceOptions, parts: { clock: Clock; scheduler: Scheduler }): PrometheusSource {
  return new StoreSource(options, parts);
}

class StoreSource implements PrometheusSource {
  readonly id: string;
  readonly #store: PrometheusStore;
  readonly #clock: Clock;
  readonly #questions: DialectQuestions;
  readonly #deadline: AnswerDeadline;
  readonly #sums: TrafficSums;
  readonly #charts: TrafficCharts;
  readonly #sparklines: Sparklines;

  constructor({ id, dialect, store, maxPoints = MAX_POINTS }: PrometheusSourceOptions, parts: { clock: Clock; scheduler: Scheduler }) {
    const { clock } = parts;
    this.id = id;
    this.#store = store;
    this.#clock = clock;
    const notices = new SourceNotices(id, dialect);
    const questions = new DialectQuestions({ id, dialect, store, notices, ...parts });
    this.#questions = questions;
    this.#deadline = new AnswerDeadline({ sourceId: store.client.id, timeoutMs: store.client.timeoutMs }, parts);
    this.#sums = new TrafficSums(questions, notices, this.#deadline, clock);
    this.#charts = new TrafficCharts(questions, notices, maxPoints, parts);
    this.#sparklines = new Sparklines({ questions, charts: this.#charts, notices, clock });
  }

  get reportMs(): number {
    return this.#questions.reportMs;
  }

  async traffic(window: TimeWindow, select?: TrafficSelect, signal?: AbortSignal): Promise<Result<Sourced<TrafficSum>>> {
    if (selectsNothing(select)) return ok({ ...this.#questions.nothing(), value: { window, sources: [this.id], rows: [] } });
    return this.#sums.traffic(window, select, signal);
  }

  async trafficSteps(
    window: TimeWindow,
    stepMs: number,
    select?: TrafficSelect,
    signal?: AbortSignal,
  ): Promise<Result<Sourced<TrafficSteps>>> {
    if (selectsNothing(select)) return ok({ ...this.#questions.nothing(), value: { window, stepMs, steps: [] } });
    return this.#charts.trafficSteps(window, stepMs, select, signal);
  }

  async countSteps(window: TimeWindow, points: number, signal?: AbortSignal): Promise<Result<Sourced<CountSteps>>> {
    const state = { wholeSeries: this.#sums.wholeSeries, isDown: this.status().state === "down", isLate: this.#deadline.isLate };
    return this.#sparklines.countSteps(window, points, state, signal);
  }

  async topology(signal?: AbortSignal): Promise<Result<Sourced<Topology>>> {
    const { now } = this.#sums;
    const isOld = now === null || this.#clock.monotonicMs() - now.atMs > TOPOLOGY_VALID_MS;
    // The traffic is waited for, and once is enough: who is known is told by what is known.
    const isAsked = now === null || (isOld && this.#store.client.board.status().state === "healthy");
    const toMs = Math.floor(this.#clock.nowMs() / 1_000) * 1_000;
    const asked = isAsked ? await this.traffic({ fromMs: toMs - TOPOLOGY_MS, toMs }, undefined, signal) : ok(now.answer);
    const known = asked.ok || now === null ? asked : ok(now.answer);
    if (!known.ok) return known;
    const { value, provenance, notices } = known.value;
    // What was kept is as good as the store's last word.
    const isKept = !asked.ok || (isOld && !isAsked) || this.status().state === "down";
    // The questions themselves, and what their answers lack, are told with the traffic that they were put for: its window is another.
    const observedAt = provenance.map((one) => one.observedAt ?? "").reduce((newest, one) => (one > newest ? one : newest), "");
    const origin = { source: this.id, kind: "prometheus", query: "who took part in the last traffic that was asked for" };
    return ok({
      value: topologyOf(value.rows),
      provenance: [{ ...origin, observedAt: observedAt === "" ? null : observedAt }],
      notices: notices.filter(({ code }) => code === STALE),
      coverage: isKept || known.value.coverage === "stale" ? "stale" : "complete",
    });
  }

  /** Errors: NOT_FOUND always: a store of metrics knows no proxies. */
  proxy(id: string): Promise<Result<Sourced<ProxyDetail>>> {
    return Promise.resolve(err(new WeftError("NOT_FOUND", `${this.id} knows no proxy ${JSON.stringify(id)}.`, { sourceId: this.id })));
  }

  status(): SourceStatus {
    const { newestMs, now } = this.#sums;
    return statusOf(this.id, this.#questions.dialect, this.#store, { newestMs, isEmpty: now?.series === 0 });
  }
}

function selectsNothing(select: TrafficSelect | undefined): boolean {
  return select?.sources?.length === 0 || select?.targets?.length === 0;
}
