import type { z } from "zod";

import { JsonQuestions, type Answered, type Question, type QuestionParts } from "#collectors/shared/json-questions.ts";
import { OutcomeBoard } from "#collectors/shared/outcome-board.ts";
import type { PromExpression } from "#collectors/shared/promql/expression.ts";
import { renderPromql } from "#collectors/shared/promql/render.ts";
import { UnexpectedAnswer } from "#collectors/shared/unexpected-answer.ts";
import { err, ok, WeftError, type Result } from "#lib/model/errors.ts";
import type { Notice, Provenance } from "#lib/model/evidence.ts";
import type { Scheduler } from "#lib/ports/time.ts";

import { Breaker } from "./breaker.ts";
import { noticesOf } from "./answer-notices.ts";
import { Gate } from "./gate.ts";
import { DEFAULTS, QUEUE_LIMIT, type PrometheusStoreOptions } from "./options.ts";
import { refusalOf } from "./refusal.ts";
import { SharedFlights } from "./shared-flights.ts";
import { readAnswer, type WireSeries } from "./wire.ts";

/** What one question brought. `isPartial` = series are missing, or the server warns that they may be. */
export interface PromAnswer {
  series: WireSeries[];
  notices: Notice[];
  isPartial: boolean;
  /** There is no answer: that there are no series says nothing. */
  isUntold?: true;
  provenance: Provenance;
}

export interface ClientParts extends QuestionParts {
  scheduler: Scheduler;
}

export interface Ask {
  signal?: AbortSignal | undefined;
  /** In place of the source's own bound, for questions of which the beginning is enough. */
  maxBytes?: number | undefined;
}

/** Statuses with which the interface says why it did not answer, and 405 for a gateway that lets no POST through. */
const TELLING_STATUSES = [400, 405, 422, 503];
const MAX_QUERY_SHOWN = 4_000;
/** HTTP tells the time in whole seconds, and answers take a while. */
const SKEW_MS = 5_000;

/**
 * Asks one store in PromQL. Equal questions under way are one, a few go at once, a bounded number waits, and a store that
 * fails is left alone for a while. Errors: INVALID for an expression that PromQL cannot say; SOURCE_UNREACHABLE,
 * SOURCE_REFUSED, SOURCE_MALFORMED and TIMEOUT, each naming the store.
 */
export class PrometheusClient {
  readonly id: string;
  /** Of one question, milliseconds. */
  readonly timeoutMs: number;
  readonly board: OutcomeBoard;
  readonly breaker: Breaker;
  readonly #options: PrometheusStoreOptions;
  readonly #parts: ClientParts;
  readonly #questions: JsonQuestions;
  /** What may fail without meaning anything. */
  readonly #tries: JsonQuestions;
  readonly #gate: Gate;
  readonly #flights = new SharedFlights();
  #takesPost = true;
  #failures = 0;
  #skewMs = 0;
  #isVictoriaMetrics = false;

  constructor(options: PrometheusStoreOptions, parts: ClientParts) {
    const { id, url, timeoutMs = DEFAULTS.timeoutMs, concurrency = DEFAULTS.concurrency } = options;
    this.id = id;
    this.timeoutMs = timeoutMs;
    this.#options = options;
    this.#parts = parts;
    this.board = new OutcomeBoard({ id, kind: "prometheus", address: url, gives: [], dims: [], clock: parts.clock });
    this.breaker = new Breaker(id, parts.clock);
    this.#gate = new Gate({ sourceId: id, concurrency, queueLimit: QUEUE_LIMIT, waitMs: timeoutMs, scheduler: parts.scheduler });
    const source = { ...options, timeoutMs, program: "Prometheus, or what speaks its HTTP interface" };
    this.#questions = new JsonQuestions(source, parts, this.board);
    this.#tries = new JsonQuestions(source, parts, { answered: () => undefined, failed: () => undefined });
  }

  /** Failures so far, apart from slowness: what was found out before the last one may no longer be so. */
  get failures(): number {
    return this.#failures;
  }

  /** How far the store's clock is ahead of this machine's, milliseconds; 0 where no difference can be told. */
  get skewMs(): number {
    return Math.abs(this.#skewMs) < SKEW_MS ? 0 : this.#skewMs;
  }

  /** Whether answers bear VictoriaMetrics' own header, which it sends whatever it says of its version. */
  get isVictoriaMetrics(): boolean {
    return this.#isVictoriaMetrics;
  }

  get load(): { running: number; waiting: number } {
    return { running: this.#gate.running, waiting: this.#gate.waiting };
  }

  /** Values at one instant. A range selector by itself brings its samples as they are. */
  query(expression: PromExpression, atMs: number, ask: Ask = {}): Promise<Result<PromAnswer>> {
    const isRaw = expression.kind === "selector" && expression.rangeMs !== undefined;
    return this.#render(expression, (promql) => this.queryText(promql, atMs, isRaw ? "matrix" : "vector", ask));
  }

  /** Values at `fromMs` and every `stepMs` after it until `toMs`. */
  queryRange(
    expression: PromExpression,
    { fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number },
    ask: Ask = {},
  ): Promise<Result<PromAnswer>> {
    const times = { start: seconds(fromMs), end: seconds(toMs), step: seconds(stepMs) };
    return this.#render(expression, (promql) => this.#put("/api/v1/query_range", promql, times, "matrix", ask));
  }

  /** A text of Weft's own, such as `vector(time())`; nothing from outside may stand in it. */
  queryText(promql: string, atMs: number, kind: "vector" | "matrix", ask: Ask = {}): Promise<Result<PromAnswer>> {
    return this.#put("/api/v1/query", promql, { time: seconds(atMs) }, kind, ask);
  }

  /** One of the small questions about the store itself; a failure says nothing about whether it can be asked in PromQL. */
  about<T extends z.ZodType>(question: Question, schema: T): Promise<Result<z.infer<T>>> {
    return this.#gate.pass(question.signal, () => this.#tries.ask(question, schema));
  }

  async #render(expression: PromExpression, put: (promql: string) => Promise<Result<PromAnswer>>): Promise<Result<PromAnswer>> {
    let promql: string;
    try {
      promql = renderPromql(expression, this.#options.queryScope);
    } catch (cause) {
      if (cause instanceof WeftError) return err(cause);
      throw cause;
    }
    return put(promql);
  }

  #put(path: string, promql: string, times: Record<string, string>, kind: "vector" | "matrix", ask: Ask): Promise<Result<PromAnswer>> {
    const { maxSeries = DEFAULTS.maxSeries } = this.#options;
    // Newer servers stop by themselves, and say so; others ignore it.
    const parameters = { query: promql, ...times, limit: String(maxSeries) };
    const key = JSON.stringify([path, parameters, ask.maxBytes]);
    return this.#flights.join(key, ask.signal, (signal) =>
      this.#gate.pass(signal, () => this.#exchange(path, parameters, kind, { ...ask, signal })),
    );
  }

  async #exchange(path: string, parameters: Record<string, string>, kind: "vector" | "matrix", ask: Ask): Promise<Result<PromAnswer>> {
    const admitted = this.breaker.admit();
    if (!admitted.ok) return admitted;
    const bounds = { maxBytes: ask.maxBytes ?? this.#options.maxBytes ?? DEFAULTS.maxBytes, takesCut: true, signal: ask.signal };
    const about = { path, alsoTake: TELLING_STATUSES, ...bounds };
    let answer = await this.#questions.askText(this.#takesPost ? { ...about, form: parameters } : { ...about, parameters });
    if (this.#takesPost && answer.ok && answer.value.status === 405) {
      this.#takesPost = false;
      answer = await this.#questions.askText({ ...about, parameters });
    }
    const read = answer.ok ? this.#read(path, answer.value, kind) : answer;
    if (!read.ok) return this.#failed(read.error, ask.signal);
    this.breaker.succeeded();
    const { series, notices, missing } = read.value;
    const elapsedMs = answer.ok ? answer.value.elapsedMs : 0;
    return ok({
      series,
      notices,
      isPartial: missing,
      provenance: this.#provenance(parameters, series.length, elapsedMs),
    });
  }

  #read(
    path: string,
    answered: Answered,
    kind: "vector" | "matrix",
  ): Result<{ series: WireSeries[]; notices: Notice[]; missing: boolean }> {
    const { status, text, mediaType, headers, isCut } = answered;
    this.#look(headers, answered.elapsedMs);
    if (status !== 200) {
      const refusal = refusalOf(this.id, path, status, text);
      if (refusal === null) return this.#questions.fail(this.#questions.refused(path, status, text, mediaType));
      if (refusal.isRetryable) return this.#questions.fail(refusal);
      this.board.refused(refusal, this.#parts.clock.nowMs());
      return err(refusal);
    }
    const answer = readAnswer(text, kind, { isCut, maxSeries: this.#options.maxSeries ?? DEFAULTS.maxSeries });
    if (!answer.ok) return this.#questions.fail(this.#questions.malformed(path, answer.error.message, answered));
    this.#questions.accepted(answered);
    const notices = noticesOf(this.id, answer.value);
    return ok({ series: answer.value.series, notices, missing: notices.some(({ level }) => level !== "info") });
  }

  #failed(error: WeftError, signal: AbortSignal | undefined): { ok: false; error: WeftError } {
    if (signal?.aborted === true || error.field === "auth") this.breaker.neither();
    else {
      const isRefused = error.code === "SOURCE_REFUSED" && !error.isRetryable;
      // Slowness, and a "no" of the store's own, tell nothing about what it is; anything else may mean that another one took its place.
      const isOwn = isRefused && !(error.cause instanceof UnexpectedAnswer);
      if (error.code !== "TIMEOUT" && !isOwn) this.#failures++;
      // What answers "no" to one question is there for the next.
      if (isRefused) this.breaker.succeeded();
      else this.breaker.failed(error);
    }
    return err(error);
  }

  #look(headers: Readonly<Record<string, string>>, elapsedMs: number): void {
    this.#isVictoriaMetrics = headers["x-server-hostname"] !== undefined;
    const toldMs = Date.parse(headers["date"] ?? "");
    if (Number.isNaN(toldMs)) return;
    // It may have been written at any moment between question and answer.
    const endMs = this.#parts.clock.nowMs();
    this.#skewMs = Math.max(0, toldMs - endMs) + Math.min(0, toldMs - (endMs - elapsedMs));
  }

  #provenance(parameters: Record<string, string>, series: number, ms: number): Provenance {
    const { query = "", time, start, end } = parameters;
    const { externalUrl } = this.#options;
    const at = Number(time ?? end);
    const rangeS = start === undefined ? 3_600 : at - Number(start);
    return {
      source: this.id,
      kind: this.#isVictoriaMetrics ? "victoria-metrics" : "prometheus",
      query: query.length <= MAX_QUERY_SHOWN ? query : `${query.slice(0, MAX_QUERY_SHOWN)}…`,
      observedAt: series === 0 ? null : new Date(at * 1_000).toISOString(),
      cost: { series, ms: Math.round(ms) },
      ...(externalUrl === undefined ? {} : { link: linkOf(externalUrl, query, at, rangeS) }),
    };
  }
}

/** Prometheus' page of graphs; the stores that speak its language have one at the same path. */
function linkOf(externalUrl: string, query: string, atS: number, rangeS: number): string {
  const end = new Date(atS * 1_000).toISOString().replace("T", " ").slice(0, 19);
  const parameters = { "g0.expr": query, "g0.tab": "1", "g0.range_input": `${Math.ceil(rangeS)}s`, "g0.end_input": end };
  return `${externalUrl.replace(/\/+$/, "")}/graph?${new URLSearchParams(parameters).toString()}`;
}

/** Seconds with milliseconds, without the noise of a division. */
function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3).replace(/\.?0+$/, "");
}
