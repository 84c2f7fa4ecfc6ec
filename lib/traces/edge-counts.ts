import { externalId, type Protocol } from "#lib/model/ids.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import { NO_TRAFFIC } from "#lib/red/traffic.ts";

import type { NameNumbers } from "./name-numbers.ts";
import { WordTable } from "./word-table.ts";

/** Requests of one edge and one version of its target, counted from spans. */
export interface RollupRow {
  source: string;
  target: string;
  protocol: Protocol;
  version: string | null;
  /** `source` = only the caller's span came. */
  reporter: "destination" | "source";
  traffic: EdgeTraffic;
}

/** Bounds of the durations that are counted, milliseconds. */
export const ROLLUP_BOUNDS_MS: readonly number[] = [
  1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80, 100, 130, 160, 200, 250, 300, 350, 400, 500, 700, 1_000, 2_500, 5_000, 10_000,
];

const BUCKETS = ROLLUP_BOUNDS_MS.length + 1;

const PROTOCOLS: readonly Protocol[] = ["http", "grpc", "tcp"];

/** Words of the key. Names are numbers of `NameNumbers`, the protocol is its index in `PROTOCOLS`. */
const [SOURCE, TARGET, VERSION, PROTOCOL, IS_TOLD_BY_SOURCE, KEY_WORDS] = [0, 1, 2, 3, 4, 5];

/** Fields; behind them, one for each bucket. */
const [COUNT, ERROR_COUNT, FIRST_BUCKET] = [0, 1, 2];

export function protocolNumber(protocol: Protocol): number {
  return PROTOCOLS.indexOf(protocol);
}

/** Index of the bucket of a duration. */
export function bucketOf(durationMs: number): number {
  let [low, high] = [0, ROLLUP_BOUNDS_MS.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (durationMs <= (ROLLUP_BOUNDS_MS[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** One request, all in numbers. */
export interface CountedRequest {
  protocol: number;
  bucket: number;
  /** 1 = failed. */
  isError: number;
}

/** Sums of requests per edge and version of its target since they were last taken. */
export class EdgeCounts {
  readonly #names: NameNumbers;
  readonly #rows = new WordTable({ keyWords: KEY_WORDS, fields: FIRST_BUCKET + BUCKETS });

  constructor(names: NameNumbers) {
    this.#names = names;
  }

  /** A request that arrived, told by the `target`'s span. */
  countArrival(source: number, target: number, version: number, request: CountedRequest): void {
    this.#count(source, target, version, 0, request);
  }

  /** A request of which only the caller's span came, to the host `peer`. */
  countUnanswered(source: number, peer: number, request: CountedRequest): void {
    this.#count(source, peer, 0, 1, request);
  }

  /** All sums, in order of source, target, protocol, version and reporter; from here on everything is counted anew. */
  take(): RollupRow[] {
    const rows = Array.from({ length: this.#rows.end - 1 }, (_, index) => this.#read(index + 1));
    this.#rows.clear();
    return rows.toSorted(byEdge);
  }

  #count(source: number, target: number, version: number, isToldBySource: number, request: CountedRequest): void {
    const rows = this.#rows;
    const { key } = rows;
    key[SOURCE] = source;
    key[TARGET] = target;
    key[VERSION] = version;
    key[PROTOCOL] = request.protocol;
    key[IS_TOLD_BY_SOURCE] = isToldBySource;
    const row = rows.claim();
    rows.add(row, COUNT, 1);
    rows.add(row, ERROR_COUNT, request.isError);
    rows.add(row, FIRST_BUCKET + request.bucket, 1);
  }

  #read(row: number): RollupRow {
    const rows = this.#rows;
    const name = (word: number): string => this.#names.nameOf(rows.keyWord(row, word)) ?? "";
    const isToldBySource = rows.keyWord(row, IS_TOLD_BY_SOURCE) === 1;
    return {
      source: name(SOURCE),
      target: isToldBySource ? externalId(name(TARGET)) : name(TARGET),
      protocol: PROTOCOLS[rows.keyWord(row, PROTOCOL)] ?? "tcp",
      version: this.#names.nameOf(rows.keyWord(row, VERSION)),
      reporter: isToldBySource ? "source" : "destination",
      traffic: {
        ...NO_TRAFFIC,
        // Each attempt has a span of its own.
        countsAttempts: true,
        count: rows.get(row, COUNT),
        errorCount: rows.get(row, ERROR_COUNT),
        latency: {
          boundsMs: ROLLUP_BOUNDS_MS,
          counts: Array.from({ length: BUCKETS }, (_, bucket) => rows.get(row, FIRST_BUCKET + bucket)),
        },
      },
    };
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function byEdge(a: RollupRow, b: RollupRow): number {
  return (
    compare(a.source, b.source) ||
    compare(a.target, b.target) ||
    compare(a.protocol, b.protocol) ||
    compare(a.version ?? "", b.version ?? "") ||
    // A version that is not told comes before one that is empty.
    Number(a.version !== null) - Number(b.version !== null) ||
    compare(a.reporter, b.reporter)
  );
}
