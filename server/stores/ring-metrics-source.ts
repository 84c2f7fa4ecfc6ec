import { type Coverage, type Notice, type Sourced, weakerCoverage } from "#lib/model/evidence.ts";
import { ok, type Result } from "#lib/model/errors.ts";
import type { TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { CountSteps, SeriesStore, TrafficSteps } from "#lib/ports/series-store.ts";
import type { Feed, MetricsSource, TrafficSum } from "#lib/ports/sources.ts";
import { NOTHING_KEPT, reachNotice } from "#lib/red/memory-reach.ts";

/** A window that ends so long before the newest report is over: what the feed does now takes nothing from it. */
const OVER_MS = 5_000;

const MEND =
  "Choose a later moment: Weft itself remembers an hour at most, and nothing from before it was started. For more, name a store of metrics under metrics in weft.yaml";

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
    return this.answer(`${this.counted}, summed`, window, {
      window: covered,
      sources: seenBy,
      rows: rows.map((row) => ({ ...row, toldBy: this.id, seenBy })),
    });
  }

  trafficSteps(window: TimeWindow, stepMs: number, select?: TrafficSelect): Promise<Result<Sourced<TrafficSteps>>> {
    return this.answer(`${this.counted}, per step`, window, this.store.steps(window, stepMs, select));
  }

  countSteps(window: TimeWindow, points: number): Promise<Result<Sourced<CountSteps>>> {
    return this.answer(`${this.counted}, per step`, window, this.store.counts(window, points));
  }

  private answer<T>(query: string, window: TimeWindow, value: T): Promise<Result<Sourced<T>>> {
    const status = this.feed.status();
    const newestMs = status.newestData === null ? null : Date.parse(status.newestData);
    const isOver = newestMs !== null && window.toMs <= newestMs - OVER_MS;
    // That nothing answers any more is no fault of a window that was told in full before.
    const ownNotices = isOver && status.state === "down" ? [] : noticesOf(status);
    const ownCoverage = isOver && status.state === "down" ? "complete" : coverageOf(status);
    const reach = this.reachNotice(window, isOver);
    return Promise.resolve(
      ok({
        value,
        provenance: [{ source: status.id, kind: status.kind, query, observedAt: observedAt(newestMs, window) }],
        notices: reach === null ? ownNotices : [reach, ...ownNotices],
        coverage: reach === null ? ownCoverage : weakerCoverage(ownCoverage, "partial"),
      }),
    );
  }

  /** Right after a start every live window reaches too far back, and its answer names the part that was told: that is no defect. */
  private reachNotice(window: TimeWindow, isOver: boolean): Notice | null {
    const { keptFromMs } = this.store.stats();
    const notice = reachNotice(window, { source: this.id, keptFromMs, mend: MEND });
    return isOver || notice?.code === NOTHING_KEPT ? notice : null;
  }
}

/** What is down has nothing that could be stale where it never told anything. */
function coverageOf({ state, newestData }: SourceStatus): Coverage {
  return state === "down" && newestData === null ? "partial" : COVERAGE_OF[state];
}

/** When the newest fact in the answer was seen: of a window that is over, not after its end. */
function observedAt(newestMs: number | null, window: TimeWindow): string | null {
  return newestMs === null ? null : new Date(Math.min(newestMs, window.toMs)).toISOString();
}

function noticesOf(status: SourceStatus): Notice[] {
  const { id, state } = status;
  if (state === "healthy") return [];
  const level = state === "down" ? "error" : state === "starting" ? "info" : "warning";
  return [{ level, code: `source-${state}`, ...reasonOf(status), source: id }];
}

function reasonOf({ id, state, lastError, mend, coverage: { n, of } }: SourceStatus): Pick<Notice, "text" | "mend"> {
  if (state === "starting") return { text: `${id} is starting: no two answers to compare yet`, mend };
  if (lastError !== null) return { text: lastError, mend };
  if (n < of) return { text: `${id}: ${n} of ${of} answer`, mend };
  return { text: `${id} answers, but parts of what it tells are missing`, mend: mend ?? "See on the Sources page which" };
}
