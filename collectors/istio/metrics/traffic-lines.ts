import type { PromSample } from "#collectors/shared/promql/dialect.ts";
import { Spread } from "#collectors/shared/promql/spreads.ts";
import type { EdgeTraffic } from "#lib/model/red.ts";
import type { TrafficKey, TrafficRow } from "#lib/ports/series-store.ts";

interface Line {
  key: TrafficKey;
  count: number;
  errorCount: number;
  neverArrived: number;
  transport: { mutual: number; oneWay: number; plaintext: number };
  flags: Map<string, number>;
  spread: Spread | null;
  sumMs: number | null;
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
  readonly #lines = new Map<string, Line>();

  count(key: TrafficKey, { by, isLost, isFailed, transport, flags }: Increment): void {
    const line = this.#line(key);
    line.count += by;
    if (isLost) line.neverArrived += by;
    if (isFailed) line.errorCount += by;
    if (transport !== null) line.transport[transport] += by;
    for (const flag of flags) line.flags.set(flag, (line.flags.get(flag) ?? 0) + by);
  }

  /** Durations of an edge that was counted; those of any other have nowhere to stand. */
  addDuration(key: TrafficKey, part: string, sample: PromSample): void {
    const line = this.#lines.get(nameOf(key));
    if (line === undefined) return;
    if (part === "sum") line.sumMs = (line.sumMs ?? 0) + sample.value;
    else {
      line.spread ??= new Spread();
      if (part === "layout") line.spread.addLayout(sample);
      else line.spread.add(sample);
    }
  }

  rows(): TrafficRow[] {
    return [...this.#lines.values()].map((line) => ({ key: line.key, traffic: trafficOf(line) }));
  }

  #line(key: TrafficKey): Line {
    const known = this.#lines.get(nameOf(key));
    if (known !== undefined) return known;
    const line: Line = {
      key,
      count: 0,
      errorCount: 0,
      neverArrived: 0,
      transport: { mutual: 0, oneWay: 0, plaintext: 0 },
      flags: new Map(),
      spread: null,
      sumMs: null,
    };
    this.#lines.set(nameOf(key), line);
    return line;
  }
}

function nameOf({ source, target, protocol, version, reporter }: TrafficKey): string {
  return JSON.stringify([source, target, protocol, version, reporter]);
}

function trafficOf(line: Line): EdgeTraffic {
  const count = Math.round(line.count);
  const measured = line.count - line.neverArrived;
  const { mutual, oneWay, plaintext } = line.transport;
  return {
    count,
    errorCount: Math.min(Math.round(line.errorCount), count),
    retries: 0,
    neverArrived: Math.min(Math.round(line.neverArrived), count),
    callerCount: 0,
    callerErrorCount: 0,
    transport: { mutual: Math.round(mutual), oneWay: Math.round(oneWay), plaintext: Math.round(plaintext) },
    flags: Object.fromEntries([...line.flags].map(([flag, by]) => [flag, Math.round(by)])),
    latency: line.spread?.histogram() ?? null,
    // What reached nobody has no duration; everything else has one.
    ...(line.sumMs === null || measured <= 0 ? {} : { durations: { sumMs: line.sumMs, count: measured } }),
  };
}
