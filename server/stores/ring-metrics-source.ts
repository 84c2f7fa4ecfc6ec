import type { Coverage, Notice, Sourced } from "#lib/model/evidence.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { CountSteps, SeriesStore, TrafficSteps } from "#lib/ports/series-store.ts";
import type { Feed, MetricsSource, TrafficSum } from "#lib/ports/sources.ts";

const COVERAGE_OF: Record<SourceStatus["state"], Coverage> = {
  healthy: "complete",
  degraded: "partial",
  starting: "partial",
  down: "stale",
};

export interface RingMetricsOptions {
  feed: Pick<Feed, "id" | "status">;
  store: SeriesStore;
  /** See `MetricsSource.reportMs`. */
  reportMs: number;
  /** What is counted, in words, such as "counters of each proxy". */
  counted: string;
}

/** The in-memory ring as a source of metrics: what a feed wrote into it, with that feed's state as the evidence. */
export class RingMetricsSource implements MetricsSource {
  readonly id: string;
  readonly reportMs: number;
  private readonly store: SeriesStore;
  private readonly feed: Pick<Feed, "id" | "status">;
  private readonly counted: string;

  constructor(options: RingMetricsOptions) {
    this.id = options.feed.id;
    this.feed = options.feed;
    this.store = options.store;
    this.reportMs = options.reportMs;
    this.counted = options.counted;
  }

  traffic(window: TimeWindow, select?: TrafficSelect): Promise<Result<Sourced<TrafficSum>>> {
    const { window: covered, rows } = this.store.sum(window, select);
    const seenBy = [this.id];
    return this.answer(`${this.counted}, summed`, {
      window: covered,
      sources: seenBy,
      rows: rows.map((row) => ({ ...row, toldBy: this.id, seenBy })),
    });
  }

  trafficSteps(window: TimeWindow, stepMs: number, select?: TrafficSelect): Promise<Result<Sourced<TrafficSteps>>> {
    return this.answer(`${this.counted}, per step`, this.store.steps(window, stepMs, select));
  }

  countSteps(window: TimeWindow, points: number): Promise<Result<Sourced<CountSteps>>> {
    return this.answer(`${this.counted}, per step`, this.store.counts(window, points));
  }

  private answer<T>(query: string, value: T): Promise<Result<Sourced<T>>> {
    const status = this.feed.status();
    return Promise.resolve(
      ok({
        value,
        provenance: [{ source: status.id, kind: status.kind, query, observedAt: status.newestData }],
        notices: noticesOf(status),
        coverage: COVERAGE_OF[status.state],
      }),
    );
  }
}

function noticesOf(status: SourceStatus): Notice[] {
  if (status.state === "healthy") return [];
  const { n, of } = status.coverage;
  const level = status.state === "down" ? "error" : status.state === "starting" ? "info" : "warning";
  const text =
    status.state === "starting"
      ? `${status.id} is starting: no two answers to compare yet`
      : (status.lastError ?? `${status.id}: ${n} of ${of} answer`);
  return [{ level, code: `source-${status.state}`, text, source: status.id, mend: status.mend }];
}
