import type { DialectQuery } from "#collectors/shared/promql/dialect.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import type { PromAnswer, PrometheusClient } from "./client.ts";

/** An answer is asked for anew after so long; until the new one is there, the old one is given. */
const FRESH_MS = 60_000;
/** Older ones, and those about a moment further away, are waited for. */
const VALID_MS = 10 * 60_000;
const MOST_KEPT = 16;

interface Kept {
  toMs: number;
  /** By the monotonic clock. */
  atMs: number;
  answer: PromAnswer;
}

/** Answers about who there is, which change seldom and cost a store as much as all counts: each is asked for once a minute at most. */
export class SettledAnswers {
  readonly #client: PrometheusClient;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #refreshing = new Set<string>();

  constructor(client: PrometheusClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** The answer about the moment `toMs`, or one near it. Never an error: what is not known is a part that is missing. */
  async ask(query: DialectQuery, toMs: number, signal: AbortSignal | undefined): Promise<Result<PromAnswer>> {
    const key = JSON.stringify(query.expression);
    const kept = this.#kept.get(key);
    const ageMs = kept === undefined ? Infinity : Math.max(this.#clock.monotonicMs() - kept.atMs, Math.abs(toMs - kept.toMs));
    if (kept === undefined || ageMs > VALID_MS) return this.#find(key, query, toMs, signal);
    if (ageMs > FRESH_MS && !this.#refreshing.has(key)) {
      this.#refreshing.add(key);
      void this.#find(key, query, toMs, undefined).finally(() => this.#refreshing.delete(key));
    }
    return ok(kept.answer);
  }

  async #find(key: string, query: DialectQuery, toMs: number, signal: AbortSignal | undefined): Promise<Result<PromAnswer>> {
    const asked = await this.#client.query(query.expression, toMs, { signal });
    if (!asked.ok) return ok(this.#unknown(query, asked.error.message, asked.error.mend));
    // It says who there is, not how old the numbers are that stand beside it.
    const answer = { ...asked.value, provenance: { ...asked.value.provenance, observedAt: null } };
    this.#kept.delete(key);
    this.#kept.set(key, { toMs, atMs: this.#clock.monotonicMs(), answer });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return ok(answer);
  }

  #unknown({ name }: DialectQuery, reason: string, mend: string | null): PromAnswer {
    const source = this.#client.id;
    const text = `${source} did not answer about ${name.replaceAll("-", " ")}: ${reason}`;
    return {
      series: [],
      notices: [{ level: "warning", code: "not-told", text, source, mend }],
      isPartial: true,
      provenance: { source, kind: "prometheus", query: name, observedAt: null },
    };
  }
}
