import type { PromExpression } from "#collectors/shared/promql/expression.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { TimeWindow } from "#lib/model/red.ts";
import type { Clock } from "#lib/ports/time.ts";

import type { PrometheusClient } from "./client.ts";

/** What is found out about one window holds for those that begin so much earlier, too: a reader who scrubs asks for many. */
const FURTHER_MS = 3_600_000;
/** A store forgets its oldest data while it runs. */
const VALID_MS = 10 * 60_000;
/** Instants that are looked at to find where data begins; then as many between the two that it lies between. */
const LOOKS = 30;

interface Beginning {
  /** The earliest instant that is known about. */
  sinceMs: number;
  /** Data begins here; where it is the same instant, perhaps earlier. */
  keptFromMs: number;
}

interface Known extends Beginning {
  /** By the monotonic clock. */
  atMs: number;
}

/**
 * From when on a store keeps any series of these metrics. Counts of a window that begins before that are counts of a shorter one.
 * Where data begins, services that came later have theirs later still: that is their own beginning, and no defect.
 */
export class StoreReach {
  readonly #client: PrometheusClient;
  readonly #metrics: readonly string[];
  readonly #clock: Clock;
  #known: Known | null = null;

  constructor(client: PrometheusClient, metrics: readonly string[], clock: Clock) {
    this.#client = client;
    this.#metrics = metrics;
    this.#clock = clock;
  }

  /** The instant at which data begins, within a scrape; `null` where it reaches over the window, or where there is none at all. */
  async keptFromMs(window: TimeWindow, scrapeMs: number, nowMs: number, signal?: AbortSignal): Promise<Result<number | null>> {
    const { fromMs } = window;
    if (this.#known === null || fromMs < this.#known.sinceMs || this.#clock.monotonicMs() - this.#known.atMs > VALID_MS) {
      const found = await this.#find(window, scrapeMs, nowMs, signal);
      if (!found.ok) return found;
      this.#known = found.value === null ? null : { ...found.value, atMs: this.#clock.monotonicMs() };
      if (found.value?.keptFromMs === fromMs) void this.#lookBack(found.value, scrapeMs);
    }
    const keptFromMs = this.#known?.keptFromMs ?? fromMs;
    return ok(keptFromMs > fromMs ? keptFromMs : null);
  }

  async #find(
    { fromMs, toMs }: TimeWindow,
    scrapeMs: number,
    nowMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Result<Beginning | null>> {
    // A counter's first sample in a window lies up to a scrape behind the window's beginning.
    for (const [sinceMs, lookedMs] of [
      [fromMs - FURTHER_MS, fromMs - FURTHER_MS],
      [fromMs, Math.min(toMs, fromMs + scrapeMs)],
    ] as const) {
      const first = await this.#first({ fromMs: lookedMs, toMs: lookedMs }, scrapeMs, signal);
      if (!first.ok) return first;
      if (first.value !== null) return ok({ sinceMs, keptFromMs: sinceMs });
    }
    for (const within of [
      { fromMs, toMs },
      { fromMs: toMs, toMs: nowMs },
    ]) {
      const keptFromMs = await this.#beginning(within, fromMs, scrapeMs, signal);
      if (!keptFromMs.ok) return keptFromMs;
      if (keptFromMs.value !== null) return ok({ sinceMs: fromMs, keptFromMs: keptFromMs.value });
    }
    return ok(null);
  }

  /** Where data begins that covers a window, and not the hour before it: nobody waits for that, but who looks at the time before is told at once. */
  async #lookBack({ keptFromMs }: Beginning, scrapeMs: number): Promise<void> {
    const before = this.#known;
    const sinceMs = keptFromMs - FURTHER_MS;
    const found = await this.#beginning({ fromMs: sinceMs, toMs: keptFromMs }, sinceMs, scrapeMs, undefined);
    if (found.ok && this.#known === before)
      this.#known = { sinceMs, keptFromMs: found.value ?? keptFromMs, atMs: this.#clock.monotonicMs() };
  }

  /** The beginning of data that lies within a stretch, and not before `leastMs`; `null` = not there. */
  async #beginning(within: TimeWindow, leastMs: number, scrapeMs: number, signal: AbortSignal | undefined): Promise<Result<number | null>> {
    let { fromMs, toMs } = within;
    if (toMs < fromMs) return ok(null);
    for (;;) {
      const stepMs = Math.max(scrapeMs, Math.ceil((toMs - fromMs) / LOOKS));
      // The last look is at the very end: data that has just begun lies between the one before and that.
      const firstMs = toMs - Math.floor((toMs - fromMs) / stepMs) * stepMs;
      const first = await this.#first({ fromMs: firstMs, toMs }, stepMs, signal);
      if (!first.ok || first.value === null || stepMs === scrapeMs) return first;
      [fromMs, toMs] = [Math.max(leastMs, first.value - stepMs), first.value];
    }
  }

  /** The first of the instants at which there is any series; `null` = at none. */
  async #first({ fromMs, toMs }: TimeWindow, stepMs: number, signal: AbortSignal | undefined): Promise<Result<number | null>> {
    let firstMs: number | null = null;
    for (const metric of this.#metrics) {
      if (firstMs === fromMs) break;
      const of: PromExpression = { kind: "selector", metric, matchers: [] };
      const range = { fromMs, toMs: firstMs ?? toMs, stepMs };
      const answer = await this.#client.queryRange({ kind: "aggregate", op: "group", by: [], of }, range, { signal });
      if (!answer.ok) return answer;
      // A store whose clock is wrong may tell other instants than it was asked about.
      for (const { points } of answer.value.series) {
        for (const { atMs } of points) firstMs = Math.max(fromMs, Math.min(firstMs ?? toMs, atMs));
      }
    }
    return ok(firstMs);
  }
}
