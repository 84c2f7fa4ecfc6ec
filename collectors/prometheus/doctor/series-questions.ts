import type { Matcher, PromExpression } from "#collectors/shared/promql/expression.ts";
import { renderPromql, type QueryScope } from "#collectors/shared/promql/render.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Notice } from "#lib/model/evidence.ts";

import type { PrometheusStore } from "../store.ts";

const STOPPED_RANGE_MS = 3_600_000;

/** Small questions about the series of one store at one instant. What the store warns of is collected. */
export class SeriesQuestions {
  readonly #store: PrometheusStore;
  readonly #scope: QueryScope;
  readonly #notices = new Map<string, Notice>();
  /** Instant that is asked about, epoch milliseconds by the store's clock. */
  readonly atMs: number;

  constructor(store: PrometheusStore, atMs: number, scope: QueryScope) {
    this.#store = store;
    this.#scope = scope;
    this.atMs = atMs;
  }

  /** Id of the store's source. */
  get id(): string {
    return this.#store.client.id;
  }

  /** Labels with the values that every question but `unscopedGroups` is narrowed to. */
  get scope(): QueryScope {
    return this.#scope;
  }

  get notices(): Notice[] {
    return [...this.#notices.values()];
  }

  /** How many series there are; 0 = none. */
  async count(metric: string, matchers: readonly Matcher[] = []): Promise<Result<number>> {
    const answer = await this.#ask({ kind: "aggregate", op: "count", by: [], of: { kind: "selector", metric, matchers } });
    return answer.ok ? ok(answer.value[0]?.value ?? 0) : answer;
  }

  /** Whether there were any in the last hour. */
  async wasThere(metric: string): Promise<Result<boolean>> {
    const of: PromExpression = { kind: "selector", metric, matchers: [], rangeMs: STOPPED_RANGE_MS };
    const answer = await this.#ask({ kind: "aggregate", op: "group", by: [], of: { kind: "call", name: "last_over_time", args: [of] } });
    return answer.ok ? ok(answer.value.length > 0) : answer;
  }

  /** Every set of values that these labels have. */
  async groups(
    metric: string,
    by: readonly string[],
    matchers: readonly Matcher[] = [],
  ): Promise<Result<Readonly<Record<string, string>>[]>> {
    const answer = await this.#ask({ kind: "aggregate", op: "group", by, of: { kind: "selector", metric, matchers } });
    return answer.ok ? ok(answer.value.map(({ labels }) => labels)) : answer;
  }

  /** The same of all series of the store, in the scope or not. */
  async unscopedGroups(
    metric: string,
    by: readonly string[],
    matchers: readonly Matcher[] = [],
  ): Promise<Result<Readonly<Record<string, string>>[]>> {
    const promql = renderPromql({ kind: "aggregate", op: "group", by, of: { kind: "selector", metric, matchers } });
    const answer = await this.#store.client.queryText(promql, this.atMs, "vector");
    return answer.ok ? ok(answer.value.series.map(({ labels }) => labels)) : answer;
  }

  /** When its newest sample was taken, epoch milliseconds by the store's clock; `null` = there is none. */
  async newestMs(metric: string): Promise<Result<number | null>> {
    const of: PromExpression = { kind: "call", name: "timestamp", args: [{ kind: "selector", metric, matchers: [] }] };
    const answer = await this.#ask({ kind: "aggregate", op: "max", by: [], of });
    const seconds = answer.ok ? answer.value[0]?.value : undefined;
    return answer.ok ? ok(seconds === undefined ? null : seconds * 1_000) : answer;
  }

  /** One number that the tree cannot say; `null` = no series. `query` puts it together from the selector of the metric. */
  async number(metric: string, query: (selector: string) => string): Promise<Result<number | null>> {
    const answer = await this.#store.client.queryText(query(this.selectorOf(metric)), this.atMs, "vector");
    return answer.ok ? ok(answer.value.series[0]?.points[0]?.value ?? null) : answer;
  }

  /** The series of a metric that are in the scope, as PromQL. */
  selectorOf(metric: string): string {
    return renderPromql({ kind: "selector", metric, matchers: [] }, this.#scope);
  }

  async #ask(expression: PromExpression): Promise<Result<{ labels: Readonly<Record<string, string>>; value: number }[]>> {
    const answer = await this.#store.client.query(expression, this.atMs);
    if (!answer.ok) return answer;
    for (const notice of answer.value.notices) this.#notices.set(notice.text, notice);
    return ok(answer.value.series.map(({ labels, points }) => ({ labels, value: points[0]?.value ?? 0 })));
  }
}
