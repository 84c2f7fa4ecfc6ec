import { fromCumulative } from "#collectors/shared/cumulative-counts.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import type { TrafficKey, TrafficSample } from "#lib/ports/series-store.ts";
import { NO_TRAFFIC } from "#lib/red/traffic.ts";
import { keyText } from "#lib/red/key-text.ts";

/** Numbers of one key while they are summed up. */
export interface TrafficLine extends Omit<EdgeTraffic, "flags" | "latency" | "durations" | "volume"> {
  flags: Record<string, number>;
  /** How much each cumulative count grew, by its upper bound; a bound that is missing did not grow. */
  durations: Map<number, number>;
}

/** Sums what one poll adds, by key. */
export interface TrafficSheet {
  line(key: TrafficKey): TrafficLine;
  /** One sample for each key that anything was added to. */
  samples(atMs: number): TrafficSample[];
}

/** `boundsMs`: every bound that durations may come with, so that all histograms of a proxy have one layout. */
export function createTrafficSheet(boundsMs: Iterable<number>): TrafficSheet {
  const bounds = [...new Set([...boundsMs].filter(Number.isFinite))].toSorted((a, b) => a - b);
  const lines = new Map<string, { key: TrafficKey; line: TrafficLine }>();
  return {
    line(key) {
      const text = keyText(key);
      const known = lines.get(text);
      if (known !== undefined) return known.line;
      const line = emptyLine();
      lines.set(text, { key, line });
      return line;
    },
    samples: (atMs) => [...lines.values()].map(({ key, line }) => ({ key, atMs, traffic: trafficOf(line, bounds) })),
  };
}

function emptyLine(): TrafficLine {
  // Lines are added to in place: nothing of the neutral element may be shared.
  return { ...NO_TRAFFIC, transport: { ...NO_TRAFFIC.transport }, flags: {}, durations: new Map() };
}

function trafficOf({ durations, ...numbers }: TrafficLine, bounds: readonly number[]): EdgeTraffic {
  return { ...numbers, latency: durations.size === 0 ? null : fromCumulative(durations, bounds) };
}
