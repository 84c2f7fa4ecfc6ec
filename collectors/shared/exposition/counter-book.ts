import type { Placed } from "./layout.ts";
import { ExpositionScanner, type ExpositionTrouble, type Spelling } from "./scan.ts";
import type { Series } from "./series.ts";

/** By how much a counter grew since the poll before. Always above 0. */
export interface Delta<C> {
  series: C;
  by: number;
}

/**
 * How an exposition joins what was seen before. `continue`: the same process goes on. `from-zero`: a process whose whole
 * life fell after the last look, so all it counted is new. `base-line`: what it counted before is somebody else's past.
 */
export type Joining = "continue" | "from-zero" | "base-line";

export interface Folded<C, R> {
  deltas: Delta<C>[];
  read: { series: R; value: number }[];
  /** Every counted series that stands in the exposition, whether it grew or not. */
  counted: C[];
  /** Those of them that were not there before. */
  unseen: C[];
  /** How many finite samples the exposition holds, whatever they mean. */
  samples: number;
  /** How many counters are below their last value. */
  resets: number;
  /** `overflow`: with the series that are not followed because there are too many. */
  trouble: ExpositionTrouble;
}

export interface CounterBook<C, R> {
  fold(exposition: Uint8Array | string, joining: Joining): Folded<C, R>;
}

/** What series mean to the collector that keeps the book. */
export interface BookRules<C, R> {
  /** Whether a series of that name can mean anything; the others are not followed. Left out = any may. */
  wants?: ((name: string) => boolean) | undefined;
  /** `counted` is a counter, `read` a value as it stands; `null` = the series means nothing. */
  track(series: Series): { counted: C } | { read: R } | null;
  /**
   * For how many expositions a series that is missing keeps its last value. After that it counts like one that turns up in a
   * process already known: it was not used before, so all that it counted is new.
   */
  patience: number;
}

interface Entry<C, R> extends Placed {
  counted: C | null;
  read: R | null;
  last: number;
  seenIn: number;
}

/** One process never has that many; more would be somebody making up names. */
const MAX_SERIES = 50_000;
const NEW = -1;

/**
 * The last value of every counter of one process. The sum of all deltas equals what the counters counted: a value below
 * the last one is a counter that began anew, and so is one that was missing for longer than the patience.
 */
export function createCounterBook<C, R>(rules: BookRules<C, R>): CounterBook<C, R> {
  const scanner = new ExpositionScanner<Entry<C, R>>();
  /** How many stand in the last exposition. */
  let present = 0;
  /** Those that are missing, by their spelling, for as long as the patience lasts. */
  const missing = new Map<string, Entry<C, R>>();
  let scrape = 0;
  // A base line with malformed lines has holes: a series that shows up in the next exposition may be an old one.
  let hasHoles = false;

  function open(series: Series, spelling: Spelling, trouble: ExpositionTrouble): Entry<C, R> | null {
    const back = reclaim(spelling);
    if (back !== null) return back;
    if (present + missing.size >= MAX_SERIES) {
      trouble.overflow += 1;
      return null;
    }
    present += 1;
    const tracked = rules.track(series);
    const counted = tracked !== null && "counted" in tracked ? tracked.counted : null;
    const read = tracked !== null && "read" in tracked ? tracked.read : null;
    return { counted, read, last: NEW, seenIn: scrape, line: 0 };
  }

  function reclaim(spelling: Spelling): Entry<C, R> | null {
    if (missing.size === 0) return null;
    const text = spelling.text();
    const entry = missing.get(text);
    if (entry === undefined) return null;
    missing.delete(text);
    present += 1;
    return entry;
  }

  function fold(exposition: Uint8Array | string, joining: Joining): Folded<C, R> {
    if (joining !== "continue") {
      present = 0;
      missing.clear();
      scanner.reset();
    }
    scrape += 1;
    const isPast = joining === "base-line" || (joining === "continue" && hasHoles);
    const trouble: ExpositionTrouble = { malformed: 0, notFinite: 0, firstMalformed: null, overflow: 0 };
    const folded: Folded<C, R> = { deltas: [], read: [], counted: [], unseen: [], samples: 0, resets: 0, trouble };
    const lines = scanner.scan(exposition, {
      wants: rules.wants,
      open: (series, spelling) => open(series, spelling, trouble),
      sample(entry, value) {
        entry.seenIn = scrape;
        folded.samples += 1;
        const { counted, read, last } = entry;
        if (read !== null) folded.read.push({ series: read, value });
        if (counted === null) return;
        folded.counted.push(counted);
        entry.last = value;
        if (last === NEW) folded.unseen.push(counted);
        if (value < last) folded.resets += 1;
        const by = growth(last, value, isPast);
        if (by > 0) folded.deltas.push({ series: counted, by });
      },
      gone(entry, spelling) {
        present -= 1;
        missing.set(spelling.text(), entry);
      },
    });
    folded.samples += lines.unwanted;
    trouble.malformed = lines.trouble.malformed;
    trouble.notFinite = lines.trouble.notFinite;
    trouble.firstMalformed = lines.trouble.firstMalformed;
    trouble.overflow += lines.trouble.overflow;
    const isWhole = trouble.malformed + trouble.notFinite + trouble.overflow === 0;
    forget(isWhole ? rules.patience : Math.max(1, rules.patience));
    hasHoles = joining === "base-line" && !isWhole;
    return folded;
  }

  /** Drops series that were missing for longer than that; a damaged exposition misses some that are there. */
  function forget(patience: number): void {
    for (const [series, entry] of missing) if (entry.seenIn < scrape - patience) missing.delete(series);
  }

  return { fold };
}

function growth(last: number, value: number, isPast: boolean): number {
  if (last === NEW) return isPast ? 0 : value;
  return value < last ? value : value - last;
}
