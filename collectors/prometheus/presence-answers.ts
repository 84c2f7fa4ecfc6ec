import type { DialectQuery } from "#collectors/shared/promql/dialect.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { Clock } from "#lib/ports/time.ts";

import type { PromAnswer, PrometheusClient } from "./client.ts";

/** An answer is asked for anew after so long; until the new one is there, the old one is given. */
const FRESH_MS = 60_000;
/** One that is older is not given, nor one about a moment that is further away than `FRESH_MS`. */
const VALID_MS = 10 * 60_000;
const MOST_KEPT = 32;
/** A moment that is no further back is now, for a store that hides what is newest too. */
const LIVE_MS = 120_000;
/** So long nobody waits again for what was not told. */
const UNTOLD_MS = 15_000;

interface Kept {
  key: string;
  toMs: number;
  /** By the monotonic clock. */
  atMs: number;
  /** It was about now: later it stands for what is now then. */
  isLive: boolean;
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
  /** What was not told. */
  #untold: Kept[] = [];

  constructor(client: PrometheusClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** The answer about the moment `toMs`, or one near it. Never an error: what is not known is `isUntold`, and a part that is missing. */
  async ask(query: DialectQuery, toMs: number, signal: AbortSignal | undefined): Promise<Result<PromAnswer>> {
    const key = JSON.stringify(query.expression);
    const kept = this.#nearest(key, toMs);
    const untold = this.#untold.find(
      (one) => one.key === key && this.#elapsedMs(one) <= UNTOLD_MS && this.#offsetMs(one, toMs) <= FRESH_MS,
    );
    if (kept === null) {
      return untold === undefined ? this.#find(key, query, toMs, signal) : ok(untold.answer);
    }
    this.#kept = [...this.#kept.filter((one) => one !== kept), kept];
    if (this.#age(kept, toMs) > FRESH_MS && !this.#refreshing.has(key) && untold === undefined) {
      this.#refreshing.add(key);
      void this.#find(key, query, toMs, undefined).finally(() => this.#refreshing.delete(key));
    }
    return ok(kept.answer);
  }

  #age({ atMs, toMs }: Kept, wantedMs: number): number {
    return Math.max(this.#clock.monotonicMs() - atMs, Math.abs(wantedMs - toMs));
  }

  #elapsedMs({ atMs }: Kept): number {
    return this.#clock.monotonicMs() - atMs;
  }

  /** How far the moment that an answer is about lies from the wanted one: nothing where both are, or were, now. */
  #offsetMs(kept: Kept, wantedMs: number): number {
    const away = wantedMs - kept.toMs;
    return kept.isLive ? Math.min(Math.abs(away), Math.abs(away - this.#elapsedMs(kept))) : Math.abs(away);
  }

  #nearest(key: string, toMs: number): Kept | null {
    const near = this.#kept.filter((one) => one.key === key && this.#elapsedMs(one) <= VALID_MS && this.#offsetMs(one, toMs) <= FRESH_MS);
    return near.toSorted((a, b) => this.#age(a, toMs) - this.#age(b, toMs))[0] ?? null;
  }

  async #find(key: string, query: DialectQuery, toMs: number, signal: AbortSignal | undefined): Promise<Result<PromAnswer>> {
    const asked = await this.#client.query(query.expression, toMs, { signal });
    const atMs = this.#clock.monotonicMs();
    const isLive = this.#clock.nowMs() - toMs <= LIVE_MS;
    if (!asked.ok) {
      const untold = this.#notTold(query, asked.error.message, asked.error.mend);
      if (signal?.aborted !== true)
        this.#untold = [...this.#untold.filter((one) => one.key !== key), { key, toMs, atMs, isLive, answer: untold }].slice(-MOST_KEPT);
      return ok(untold);
    }
    // It says who there is, not how old the numbers are that stand beside it.
    const answer = { ...asked.value, provenance: { ...asked.value.provenance, observedAt: null } };
    // An older one of the same time is not needed any more.
    const others = this.#kept.filter((one) => one.key !== key || this.#offsetMs(one, toMs) > FRESH_MS);
    // Whoever is given it later has cost the store nothing.
    const kept = { ...answer, provenance: { ...answer.provenance, cost: undefined } };
    this.#kept = [...others, { key, toMs, atMs, isLive, answer: kept }].slice(-MOST_KEPT);
    return ok(answer);
  }

  #notTold({ name }: DialectQuery, reason: string, mend: string | null): PromAnswer {
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
