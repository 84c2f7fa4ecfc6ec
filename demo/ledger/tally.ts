import { edgeId, type EdgeKey, type EdgeRow, type Span } from "./edges.ts";
import { quantile } from "./quantile.ts";
import { Track } from "./track.ts";

/** How far back windows can be asked for. */
export const KEEP_MS = 2 * 60 * 60 * 1_000;

export interface Arrival {
  readonly atMs: number;
  readonly durationMs: number;
  readonly error: boolean;
  /** 1 for the first try. */
  readonly attempt: number;
}

export interface Departure {
  readonly atMs: number;
  readonly error: boolean;
  readonly neverArrived: boolean;
  /** Its connection was ended before any request; then it never arrived, too. */
  readonly refused?: boolean;
  readonly denied?: boolean;
}

interface Entry {
  readonly key: EdgeKey;
  readonly arrivals: Track;
  readonly departures: Track;
}

/** What the applications of one process counted, each for itself: arrivals at the callee, departures at the caller. */
export class Tally {
  readonly #entries = new Map<string, Entry>();

  arrived(key: EdgeKey, arrival: Arrival): void {
    const marks = { error: arrival.error, retry: arrival.attempt > 1, lost: false };
    this.#entry(key).arrivals.add(arrival.atMs, arrival.durationMs, marks);
  }

  departed(key: EdgeKey, departure: Departure): void {
    const { atMs, error, neverArrived, refused = false, denied = false } = departure;
    this.#entry(key).departures.add(atMs, 0, { error, retry: false, lost: neverArrived, refused, denied });
  }

  rows(span: Span): EdgeRow[] {
    return [...this.#entries.values()].map((entry) => rowOf(entry, span));
  }

  #entry(key: EdgeKey): Entry {
    const id = edgeId(key);
    const known = this.#entries.get(id);
    if (known !== undefined) return known;
    const entry = { key, arrivals: new Track(KEEP_MS), departures: new Track(KEEP_MS) };
    this.#entries.set(id, entry);
    return entry;
  }
}

function rowOf(entry: Entry, span: Span): EdgeRow {
  const arrived = entry.arrivals.sums(span);
  const departed = entry.departures.sums(span);
  // A TCP connection has no duration worth a percentile: it lasts as long as its caller likes.
  const durations = entry.key.protocol === "tcp" ? [] : arrived.durations.toSorted((a, b) => a - b);
  return {
    ...entry.key,
    count: arrived.count,
    errors: arrived.errors,
    retries: arrived.retries,
    sent: departed.count,
    sentErrors: departed.errors,
    neverArrived: departed.lost,
    refused: departed.refused,
    denied: departed.denied,
    p50Ms: quantile(durations, 0.5),
    p95Ms: quantile(durations, 0.95),
    p99Ms: quantile(durations, 0.99),
  };
}
