import type { EdgeTraffic, LatencyHistogram, Red, TimeWindow, Volume } from "#lib/model/red.ts";

import { mergeHistograms, quantileMs, sumHistograms } from "./histogram.ts";

/** Traffic of nobody: the neutral element of `addTraffic`. */
export const NO_TRAFFIC: EdgeTraffic = {
  count: 0,
  errorCount: 0,
  retries: 0,
  neverArrived: 0,
  callerCount: 0,
  callerErrorCount: 0,
  transport: { mutual: 0, oneWay: 0, plaintext: 0 },
  flags: {},
  latency: null,
};

function addFlags(a: EdgeTraffic["flags"], b: EdgeTraffic["flags"]): EdgeTraffic["flags"] {
  const sum: Record<string, number> = { ...a };
  // Flags are names from outside: one may be spelled like something that every object has.
  for (const [flag, count] of Object.entries(b)) sum[flag] = (Object.hasOwn(sum, flag) ? (sum[flag] ?? 0) : 0) + count;
  return sum;
}

/** Adds two stretches of traffic; order does not matter. */
export function addTraffic(a: EdgeTraffic, b: EdgeTraffic): EdgeTraffic {
  return {
    count: a.count + b.count,
    errorCount: a.errorCount + b.errorCount,
    retries: a.retries + b.retries,
    ...attemptsOf([a, b]),
    neverArrived: a.neverArrived + b.neverArrived,
    callerCount: a.callerCount + b.callerCount,
    callerErrorCount: a.callerErrorCount + b.callerErrorCount,
    transport: {
      mutual: a.transport.mutual + b.transport.mutual,
      oneWay: a.transport.oneWay + b.transport.oneWay,
      plaintext: a.transport.plaintext + b.transport.plaintext,
    },
    flags: addFlags(a.flags, b.flags),
    latency: a.latency && b.latency ? mergeHistograms(a.latency, b.latency) : (a.latency ?? b.latency),
    ...durationsOf([a, b]),
    ...volumeOf([a, b]),
  };
}

/** One teller that does not tell attempts apart is enough: the sum does not, either. */
function attemptsOf(parts: readonly EdgeTraffic[]): Pick<EdgeTraffic, "countsAttempts"> {
  return parts.some(({ countsAttempts }) => countsAttempts === true) ? { countsAttempts: true } : {};
}

type Durations = NonNullable<EdgeTraffic["durations"]>;

/** Sums of durations, where any part counts them. */
function durationsOf(parts: readonly EdgeTraffic[]): Pick<EdgeTraffic, "durations"> {
  let durations: Durations | undefined;
  for (const { durations: told } of parts) {
    if (told === undefined) continue;
    durations = durations === undefined ? told : { sumMs: durations.sumMs + told.sumMs, count: durations.count + told.count };
  }
  return durations === undefined ? {} : { durations };
}

/** Bytes and messages, where any part tells of them; what none tells stays untold. */
function volumeOf(parts: readonly EdgeTraffic[]): Pick<EdgeTraffic, "volume"> {
  let volume: Volume | undefined;
  for (const { volume: told } of parts) {
    if (told !== undefined) volume = volume === undefined ? told : addVolumes(volume, told);
  }
  return volume === undefined ? {} : { volume };
}

function addVolumes(a: Volume, b: Volume): Volume {
  return {
    sentBytes: plus(a.sentBytes, b.sentBytes),
    receivedBytes: plus(a.receivedBytes, b.receivedBytes),
    sentMessages: plus(a.sentMessages, b.sentMessages),
    receivedMessages: plus(a.receivedMessages, b.receivedMessages),
  };
}

function plus(a: number | null, b: number | null): number | null {
  return a === null ? b : a + (b ?? 0);
}

/** Adds many at once, as `addTraffic` would one after the other, without an object for each step between. */
export function sumTraffic(parts: readonly EdgeTraffic[]): EdgeTraffic {
  if (parts.length < 2) return parts[0] ?? NO_TRAFFIC;
  const sum = { ...NO_TRAFFIC, transport: { ...NO_TRAFFIC.transport } };
  const histograms: LatencyHistogram[] = [];
  let flags = NO_TRAFFIC.flags;
  for (const part of parts) {
    const { transport, latency } = part;
    sum.count += part.count;
    sum.errorCount += part.errorCount;
    sum.retries += part.retries;
    sum.neverArrived += part.neverArrived;
    sum.callerCount += part.callerCount;
    sum.callerErrorCount += part.callerErrorCount;
    sum.transport.mutual += transport.mutual;
    sum.transport.oneWay += transport.oneWay;
    sum.transport.plaintext += transport.plaintext;
    if (Object.keys(part.flags).length > 0) flags = addFlags(flags, part.flags);
    if (latency !== null) histograms.push(latency);
  }
  return { ...sum, ...attemptsOf(parts), flags, latency: sumHistograms(histograms), ...durationsOf(parts), ...volumeOf(parts) };
}

/** What a window without any report says: everything is unknown. */
export const UNKNOWN_RED: Red = {
  rate: null,
  errorRatio: null,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  meanMs: null,
  count: null,
  errorCount: null,
  source: null,
};

function seconds(window: TimeWindow): number {
  return (window.toMs - window.fromMs) / 1000;
}

/** Rates, ratios and quantiles of traffic over a window. An empty window has no rate; no calls have no error ratio. */
export function toRed(traffic: EdgeTraffic, window: TimeWindow, source: string): Red {
  const length = seconds(window);
  const { count, errorCount, latency, durations } = traffic;
  return {
    rate: length > 0 ? count / length : null,
    errorRatio: count > 0 ? errorCount / count : null,
    p50Ms: latency && quantileMs(latency, 0.5),
    p95Ms: latency && quantileMs(latency, 0.95),
    p99Ms: latency && quantileMs(latency, 0.99),
    meanMs: durations !== undefined && durations.count > 0 ? durations.sumMs / durations.count : null,
    count,
    errorCount,
    source,
  };
}

/** The caller's final view after retries; `null` where no caller reported. Durations are the destination's alone. */
export function toCallerRed(traffic: EdgeTraffic, window: TimeWindow, source: string): Red | null {
  if (traffic.callerCount === 0) return null;
  return toRed({ ...NO_TRAFFIC, count: traffic.callerCount, errorCount: traffic.callerErrorCount }, window, source);
}
