import { parseSeries, readExposition, type ExpositionTrouble } from "./exposition.ts";
import { trackSeries, type CountedSeries, type ReadSeries, type TrackedSeries } from "./tracked-series.ts";

/** By how much a counter grew since the poll before. Always above 0. */
export interface Delta {
  series: CountedSeries;
  by: number;
}

/**
 * How an exposition joins what was seen before. `continue`: the same process goes on. `from-zero`: a process whose whole
 * life fell after the last look, so all it counted is new. `base-line`: what it counted before is somebody else's past.
 */
export type Joining = "continue" | "from-zero" | "base-line";

export interface Folded {
  deltas: Delta[];
  read: { series: ReadSeries; value: number }[];
  /** Every counted series that stands in the exposition, whether it grew or not. */
  counted: CountedSeries[];
  /** Those of them that were not there before. */
  unseen: CountedSeries[];
  trouble: ExpositionTrouble & { overflow: number };
}

export interface CounterBook {
  fold(text: string, joining: Joining): Folded;
}

interface Entry {
  series: TrackedSeries | null;
  last: number;
  seenIn: number;
}

/** One proxy never has that many; more would be somebody making up names. */
const MAX_SERIES = 50_000;

/**
 * The last value of every counter of one process. The sum of all deltas equals what the counters counted: a value below
 * the last one is a counter that began anew (Envoy drops the counters of a removed cluster), and so is one that was
 * missing in between, since with `usedonly` a counter that was ever used stays.
 */
export function createCounterBook(): CounterBook {
  const entries = new Map<string, Entry>();
  let scrape = 0;
  // A base line with malformed lines has holes: a series that shows up in the next exposition may be an old one.
  let hasHoles = false;

  function entryOf(text: string, trouble: Folded["trouble"]): Entry | null {
    const known = entries.get(text);
    if (known !== undefined) return known;
    if (entries.size >= MAX_SERIES) {
      trouble.overflow += 1;
      return null;
    }
    const parsed = parseSeries(text);
    if (parsed === null) {
      trouble.malformed += 1;
      trouble.firstMalformed ??= text.slice(0, 80);
      return null;
    }
    const entry: Entry = { series: trackSeries(parsed), last: NEW, seenIn: scrape };
    entries.set(text, entry);
    return entry;
  }

  function fold(text: string, joining: Joining): Folded {
    if (joining !== "continue") entries.clear();
    scrape += 1;
    const isPast = joining === "base-line" || (joining === "continue" && hasHoles);
    const folded: Folded = {
      deltas: [],
      read: [],
      counted: [],
      unseen: [],
      trouble: { malformed: 0, notFinite: 0, firstMalformed: null, overflow: 0 },
    };
    const lines = readExposition(text, (name, value) => {
      const entry = entryOf(name, folded.trouble);
      if (entry === null) return;
      entry.seenIn = scrape;
      if (entry.series === null) return;
      if (!isCounted(entry.series)) {
        folded.read.push({ series: entry.series, value });
        return;
      }
      folded.counted.push(entry.series);
      if (entry.last === NEW) folded.unseen.push(entry.series);
      const by = growth(entry.last, value, isPast);
      entry.last = value;
      if (by > 0) folded.deltas.push({ series: entry.series, by });
    });
    folded.trouble.malformed += lines.malformed;
    folded.trouble.notFinite = lines.notFinite;
    folded.trouble.firstMalformed = lines.firstMalformed ?? folded.trouble.firstMalformed;
    const isWhole = folded.trouble.malformed + folded.trouble.notFinite + folded.trouble.overflow === 0;
    forget(isWhole ? 0 : 1);
    hasHoles = joining === "base-line" && !isWhole;
    return folded;
  }

  /** Drops series that are gone; after a damaged exposition only those that were missing in the one before as well. */
  function forget(patience: number): void {
    for (const [name, entry] of entries) if (entry.seenIn < scrape - patience) entries.delete(name);
  }

  return { fold };
}

const NEW = -1;

function growth(last: number, value: number, isPast: boolean): number {
  if (last === NEW) return isPast ? 0 : value;
  return value < last ? value : value - last;
}

const READ_KINDS = new Set<TrackedSeries["kind"]>([
  "uptime",
  "state",
  "config-change",
  "secret-change",
  "secret-rejected",
  "route-update",
  "breaker",
  "cipher",
  "tls-version",
]);

function isCounted(series: TrackedSeries): series is CountedSeries {
  return !READ_KINDS.has(series.kind);
}
