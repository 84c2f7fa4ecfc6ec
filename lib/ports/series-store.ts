import type { Protocol } from "#lib/model/ids.ts";
import type { EdgeTraffic, TimeWindow, TrafficSelect } from "#lib/model/red.ts";

/** What one row of traffic is about: an edge and one version of its target. */
export interface TrafficKey {
  source: string;
  target: string;
  protocol: Protocol;
  /** Version of the target; `null` = not told. */
  version: string | null;
  reporter: "destination" | "source";
}

/** Traffic of one key. */
export interface TrafficRow {
  key: TrafficKey;
  traffic: EdgeTraffic;
}

/** What one poll of one reporter adds: what happened since its previous poll. */
export interface TrafficSample extends TrafficRow {
  /** Epoch milliseconds at which the reporter answered. */
  atMs: number;
}

/** One step of a series. `rows` is empty for a gap, that is: nobody reported anything in it. */
export interface TrafficStep {
  fromMs: number;
  toMs: number;
  /** Whether any reporter answered in this step; false = a gap, true with no rows = no traffic. */
  isReported: boolean;
  rows: TrafficRow[];
}

export interface TrafficSteps {
  window: TimeWindow;
  stepMs: number;
  steps: TrafficStep[];
}

/**
 * Requests and errors per target and step, and `callers`: how many calls the target's callers tell of. `isReported[i]` is
 * false where nobody told anything: a gap.
 */
export interface CountSteps {
  window: TimeWindow;
  stepMs: number;
  isReported: boolean[];
  rows: CountRow[];
}

export interface CountRow {
  target: string;
  counts: number[];
  errors: number[];
  callers: number[];
  /** In place of the answer's own, for a target that another source tells of. */
  isReported?: boolean[];
}

export interface SeriesStoreStats {
  bytes: number;
  series: number;
  /** Oldest instant that can still be asked for, per resolution in milliseconds. */
  oldestMs: { fine: number | null; coarse: number | null };
  /** From here on every report is still there, epoch milliseconds; `null` = there was none. */
  keptFromMs: number | null;
  /** Samples refused because they came too late, or because the number of series is at its bound. */
  dropped: { late: number; overflow: number };
}

/**
 * Memory of recent traffic: 1 s steps for five minutes and 10 s steps for an hour, bounded in bytes. Sums are exact:
 * nothing is interpolated. Windows are half-open `(from, to]` and are widened to whole steps; answers name the window
 * that was really summed.
 */
export interface SeriesStore {
  /** Adds samples to the steps of their instants. A sample older than the newest coarse step is dropped and counted. */
  record(samples: readonly TrafficSample[]): void;
  /** Notes that a reporter answered at this instant, even when it had no traffic to tell of. */
  markReported(atMs: number): void;
  /** Sums per key over a window, named without the time before `keptFromMs`; only keys that `select` names. */
  sum(window: TimeWindow, select?: TrafficSelect): { window: TimeWindow; rows: TrafficRow[] };
  /** Sums per key and step; `stepMs` is rounded up to whole steps of the resolution that reaches back far enough. */
  steps(window: TimeWindow, stepMs: number, select?: TrafficSelect): TrafficSteps;
  /** Requests and errors alone, per target, in `points` equal steps that end at the window's end: cheap for the whole mesh. */
  counts(window: TimeWindow, points: number): CountSteps;
  stats(): SeriesStoreStats;
}
