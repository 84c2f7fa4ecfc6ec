import type { DialectQuery } from "#collectors/shared/promql/dialect.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import type { PromAnswer, PrometheusClient } from "./client.ts";

/** An answer is asked for anew after so long; until the new one is there, the old one is given. */
const FRESH_MS = 60_000;
/** One that is older, or about a moment further away, is not given. */
const VALID_MS = 10 * 60_000;
const MOST_KEPT = 32;

interface Kept {
  key: string;
  toMs: number;
  /** By the monotonic clock. */
  atMs: number;
  answer: PromAnswer;
}

/**
 * Answers about who there is, which change seldom and cost a store as much as all counts: each is asked for once a minute at most
 * for readers of one time, and only the first of them waits.
 */
export class PresenceAnswers {
  readonly #client: PrometheusClient;
  readonly #clock: Clock;
  /** The one that was used last stands last. */
  #kept: Kept[] = [];
  readonly #refreshing = new Set<string>();

  constructor(client: PrometheusClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** The answer about the moment `toMs`, or one near it. Never an error: what is not known is `isUntold`, and a part that is missing. */
  async ask(query: DialectQuery, toMs: number, signal: AbortSignal | undefined): Promise<Result<PromAnswer>> {
    const key = JSON.stringify(query.expression);
    const kept = this.#nearest(key, toMs);
    if (kept === null) return this.#find(key, query, toMs, signal);
    this.#kept = [...this.#kept.filter((one) => one !== kept), kept];
    if (this.#age(kept, toMs) > FRESH_MS && !this.#refreshing.has(key)) {
      this.#refreshing.add(key);
      void this.#find(key, query, toMs, undefined).finally(() => this.#refreshing.delete(key));
    }
    return ok(kept.answer);
  }

  #age({ atMs, toMs }: Kept, wantedMs: number): number {
    return Math.max(this.#clock.monotonicMs() - atMs, Math.abs(wantedMs - toMs));
  }

  #nearest(key: string, toMs: number): Kept | null {
    const near = this.#kept.filter((one) => one.key === key && this.#age(one, toMs) <= VALID_MS);
    return near.toSorted((a, b) => this.#age(a, toMs) - this.#age(b, toMs))[0] ?? null;
  }

  async #find(key: string, query: DialectQuery, toMs: number, signal: AbortSignal | undefined): Promise<Result<PromAnswer>> {
    const asked = await this.#client.query(query.expression, toMs, { signal });
    if (!asked.ok) return ok(this.#untold(query, asked.error.message, asked.error.mend));
    // It says who there is, not how old the numbers are that stand beside it.
    const answer = { ...asked.value, provenance: { ...asked.value.provenance, observedAt: null } };
    // An older one of the same time is not needed any more.
    const others = this.#kept.filter((one) => one.key !== key || Math.abs(one.toMs - toMs) > VALID_MS);
    this.#kept = [...others, { key, toMs, atMs: this.#clock.monotonicMs(), answer }].slice(-MOST_KEPT);
    return ok(answer);
  }

  #untold({ name }: DialectQuery, reason: string, mend: string | null): PromAnswer {
    const source = this.#client.id;
    const text = `${source} did not answer about ${name.replaceAll("-", " ")}: ${reason}`;
    return {
      series: [],
      notices: [{ level: "warning", code: "not-told", text, source, mend }],
      isPartial: true,
      isUntold: true,
      provenance: { source, kind: "prometheus", query: name, observedAt: null },
    };
  }
}
