import {
  createCounterBook as createBook,
  type CounterBook as Book,
  type Delta as DeltaOf,
  type Folded as FoldedOf,
} from "#collectors/shared/exposition/counter-book.ts";
import type { Series } from "#collectors/shared/exposition/series.ts";

import { isTrackedName, trackSeries, type CountedSeries, type ReadSeries, type TrackedSeries } from "./tracked-series.ts";

export type { Joining } from "#collectors/shared/exposition/counter-book.ts";

export type Delta = DeltaOf<CountedSeries>;
export type Folded = FoldedOf<CountedSeries, ReadSeries>;
export type CounterBook = Book<CountedSeries, ReadSeries>;

/**
 * The last value of every counter of one proxy. A series that was missing in between began anew (Envoy drops the counters
 * of a removed cluster), and one that turns up later was not used before: with `usedonly` a counter that was ever used stays.
 */
export function createCounterBook(): CounterBook {
  return createBook({ wants: isTrackedName, track, patience: 0 });
}

function track(series: Series): { counted: CountedSeries } | { read: ReadSeries } | null {
  const tracked = trackSeries(series);
  if (tracked === null) return null;
  return isCounted(tracked) ? { counted: tracked } : { read: tracked };
}

/** Every kind of what is read, so that a new one cannot be taken for a counter. */
const READ_KINDS: Readonly<Record<ReadSeries["kind"], true>> = {
  uptime: true,
  state: true,
  "config-change": true,
  "secret-change": true,
  "secret-rejected": true,
  "route-update": true,
  breaker: true,
  cipher: true,
  "tls-version": true,
};

function isCounted(series: TrackedSeries): series is CountedSeries {
  return !Object.hasOwn(READ_KINDS, series.kind);
}
