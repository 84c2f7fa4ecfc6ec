import { z } from "zod";

import type { Protocol } from "./ids.ts";

/**
 * Requests, errors and durations over one window. Rates are requests per second, ratios 0 to 1, durations in
 * milliseconds. `null` = not known (no data, or no duration for TCP); never 0 for "missing".
 * `count` and `errorCount` are exact numbers of requests (first attempts); for TCP connections.
 */
export const Red = z.object({
  rate: z.number().nullable(),
  errorRatio: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** Where the source knows sums of durations before it knows how they are spread; else `null`. */
  meanMs: z.number().nullable(),
  count: z.number().int().nullable(),
  errorCount: z.number().int().nullable(),
  /** Id of the source that gave these numbers; `null` when none did. */
  source: z.string().nullable(),
});
export type Red = z.infer<typeof Red>;

/** Half-open interval of epoch milliseconds `(from, to]`, snapped to sample instants. */
export interface TimeWindow {
  fromMs: number;
  toMs: number;
}

/**
 * Durations of requests in buckets. `counts[i]` is the number of durations in `(bounds[i-1], bounds[i]]`; the last
 * entry of `counts` holds what is above the last bound, so `counts.length === bounds.length + 1`.
 */
export interface LatencyHistogram {
  boundsMs: readonly number[];
  counts: readonly number[];
}

/** How many of the requests of an edge were seen over which transport. */
export interface TransportCounts {
  mutual: number;
  oneWay: number;
  plaintext: number;
}

/**
 * What travelled besides being counted as requests: bytes of bodies (for TCP of the stream), and messages of gRPC streams.
 * "Sent" is from the caller to its target, "received" is what came back. `null` = not told.
 */
export interface Volume {
  sentBytes: number | null;
  receivedBytes: number | null;
  sentMessages: number | null;
  receivedMessages: number | null;
}

/**
 * Additive numbers of one edge and one version of its target over a stretch of time. Adding two of them is adding
 * every field; the collector that writes them has already made sure that one request is counted once.
 */
export interface EdgeTraffic {
  /** First attempts that arrived, plus requests that never arrived. For TCP: connections. */
  count: number;
  errorCount: number;
  /** Attempts above the first, seen at the destination. Not part of `count`. */
  retries: number;
  /** Whether the teller cannot tell attempts from requests: then `retries` is 0, and says nothing. */
  countsAttempts?: true | undefined;
  /** Requests that no destination ever saw (no endpoint, connect failure, overflow). Part of `count`. */
  neverArrived: number;
  /** The caller's own final view after retries. Never added to `count`. */
  callerCount: number;
  callerErrorCount: number;
  transport: TransportCounts;
  /** Proxy response flags and how often each was seen, e.g. `UH: 3`. */
  flags: Readonly<Record<string, number>>;
  /** `null` where the reporter measures no duration, or where it is not known yet how durations are spread. */
  latency: LatencyHistogram | null;
  /** Sum of all durations and how many there are, where the source counts them by themselves. */
  durations?: { sumMs: number; count: number } | undefined;
  /** Told only where one edge is asked for, by sources that know it. */
  volume?: Volume | undefined;
}

/** Which edges an answer is about: every list that is there must hold that part of the key. No list = everything. */
export interface TrafficSelect {
  sources?: readonly string[];
  targets?: readonly string[];
  protocol?: Protocol;
}
