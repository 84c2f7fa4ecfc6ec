import type { PromSample } from "#collectors/shared/promql/dialect.ts";
import { Spread } from "#collectors/shared/promql/spreads.ts";
import type { EdgeTraffic, Volume } from "#lib/model/red.ts";
import type { TrafficKey, TrafficRow } from "#lib/ports/series-store.ts";

import type { Edge } from "./edges.ts";
import { addVolume } from "./volume.ts";

interface Line {
  key: TrafficKey;
  count: number;
  errorCount: number;
  neverArrived: number;
  transport: { mutual: number; oneWay: number; plaintext: number };
  /** `null` = none. */
  flags: Map<string, number> | null;
  spread: Spread | null;
  sumMs: number | null;
  volume: Volume | null;
}

/** What one series adds to an edge. */
export interface Increment {
  by: number;
  isLost: boolean;
  isFailed: boolean;
  transport: "mutual" | "plaintext" | null;
  flags: readonly string[];
}

/** Sums by key. Increases over a range are extrapolated and have fractions; only the sums are rounded. */
export class TrafficLines {
  readonly #all: Line[] = [];
  /** Lines of an edge are few: one for each version. */
  readonly #byEdge = new Map<Edge, Line[]>();

  count(key: TrafficKey, edge: Edge, { by, isLost, isFailed, transport, flags }: Increment): void {
    const line = this.#find(key, edge) ?? this.#add(key, edge);
    line.count += by;
    if (isLost) line.neverArrived += by;
    if (isFailed) line.errorCount += by;
    if (transport !== null) line.transport[transport] += by;
    if (flags.length === 0) return;
    line.flags ??= new Map();
    for (const flag of flags) line.flags.set(flag, (line.flags.get(flag) ?? 0) + by);
  }

  /** Durations of an edge that was counted; those of any other have nowhere to stand. */
  addDuration(key: TrafficKey, edge: Edge, part: string, sample: PromSample): void {
    const line = this.#find(key, edge);
    if (line === undefined) return;
    if (part === "sum") line.sumMs = (line.sumMs ?? 0) + sample.value;
    else {
      line.spread ??= new Spread();
      if (part === "layout") line.spread.addLayout(sample);
      else line.spread.add(sample);
    }
  }

  /** Bytes or messages of an edge that was counted. */
  addVolume(key: TrafficKey, edge: Edge, part: keyof Volume, sample: PromSample): void {
    const line = this.#find(key, edge);
    if (line !== undefined) line.volume = addVolume(line.volume, part, sample);
  }

  rows(): TrafficRow[] {
    return this.#all.map((line) => ({ key: line.key, traffic: trafficOf(line) }));
  }

  #find({ version, reporter }: TrafficKey, edge: Edge): Line | undefined {
    return this.#byEdge.get(edge)?.find(({ key }) => key.version === version && key.reporter === reporter);
  }

  #add(key: TrafficKey, edge: Edge): Line {
    const line: Line = {
      key,
      count: 0,
      errorCount: 0,
      neverArrived: 0,
      transport: { mutual: 0, oneWay: 0, plaintext: 0 },
      flags: null,
      spread: null,
      sumMs: null,
      volume: null,
    };
    this.#all.push(line);
    const lines = this.#byEdge.get(edge);
    if (lines === undefined) this.#byEdge.set(edge, [line]);
    else lines.push(line);
    return line;
  }
}

function trafficOf(line: Line): EdgeTraffic {
  const count = Math.round(line.count);
  const measured = line.count - line.neverArrived;
  const { mutual, oneWay, plaintext } = line.transport;
  return {
    count,
    errorCount: Math.min(Math.round(line.errorCount), count),
    retries: 0,
    ...(line.key.protocol === "tcp" ? {} : { countsAttempts: true as const }),
    neverArrived: Math.min(Math.round(line.neverArrived), count),
    callerCount: 0,
    callerErrorCount: 0,
    transport: { mutual: Math.round(mutual), oneWay: Math.round(oneWay), plaintext: Math.round(plaintext) },
    flags: line.flags === null ? {} : Object.fromEntries([...line.flags].map(([flag, by]) => [flag, Math.round(by)])),
    latency: line.spread?.histogram() ?? null,
    // What reached nobody has no duration; everything else has one.
    ...(line.sumMs === null || measured <= 0 ? {} : { durations: { sumMs: line.sumMs, count: measured } }),
    ...(line.volume === null ? {} : { volume: line.volume }),
  };
}
