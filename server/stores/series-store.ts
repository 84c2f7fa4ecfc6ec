import type { EdgeTraffic, LatencyHistogram, TimeWindow, TrafficSelect } from "#lib/model/red.ts";
import type {
  CountSteps,
  SeriesStore,
  SeriesStoreStats,
  TrafficKey,
  TrafficRow,
  TrafficSample,
  TrafficSteps,
} from "#lib/ports/series-store.ts";
import { selectsKey } from "#lib/red/select-traffic.ts";

import { COLUMNS, type Frame } from "./frame.ts";
import { FrameRing } from "./frame-ring.ts";
import { keyText } from "#lib/red/key-text.ts";

export interface SeriesStoreOptions {
  maxBytes?: number;
  maxSeries?: number;
}

const FINE_MS = 1_000;
const COARSE_MS = 10_000;
/** Five minutes, and the newest seconds that a live window does not look at yet. */
const FINE_FRAMES = 310;
const COARSE_FRAMES = 360;
/** Fine frames that stay even under memory pressure: one minute, so that the live map keeps its resolution. */
const FEWEST_FINE_FRAMES = 60;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_SERIES = 200_000;

/** Dimension 0 marks a measured duration above the last bound; other durations and all flags get numbers as met. */
const ABOVE_ALL_BOUNDS = 0;

/** A stretch of time cut into the frames that make it up exactly. */
interface Cover {
  window: TimeWindow;
  frames: Frame[];
}

/** `SeriesStore` in memory: a ring of fine and a ring of coarse frames that hold the same traffic. */
export class MemorySeriesStore implements SeriesStore {
  private readonly fine = new FrameRing(FINE_MS, FINE_FRAMES);
  private readonly coarse = new FrameRing(COARSE_MS, COARSE_FRAMES);
  private readonly keys: TrafficKey[] = [];
  private readonly indexOf = new Map<string, number>();
  private readonly dimensionOf = new Map<string, number>([["le:Infinity", ABOVE_ALL_BOUNDS]]);
  private readonly flagDimensions: { dimension: number; flag: string }[] = [];
  /** Every bound met so far in rising order, with its dimension; replaced, never changed, so that answers can share it. */
  private buckets: { boundsMs: readonly number[]; dimensions: readonly number[] } = { boundsMs: [], dimensions: [ABOVE_ALL_BOUNDS] };
  /** The same by identity: a collector hands in one key object per series again and again. */
  private readonly indexOfKey = new WeakMap<TrafficKey, number>();
  /** Start of the first step that anybody reported: before it there is no traffic to divide by. */
  private beganMs: number | null = null;
  private readonly hasLatency: boolean[] = [];
  private readonly countsAttempts: boolean[] = [];
  private readonly maxBytes: number;
  private readonly maxSeries: number;
  private readonly dropped = { late: 0, overflow: 0 };
  private readonly layouts = new WeakMap<readonly number[], readonly number[]>();

  constructor(options: SeriesStoreOptions = {}) {
    this.maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.maxSeries = options.maxSeries ?? DEFAULT_MAX_SERIES;
  }

  record(samples: readonly TrafficSample[]): void {
    let frames: readonly (Frame | null)[] = [];
    let openedMs = Number.NaN;
    for (const sample of samples) {
      const series = this.seriesIndex(sample.key);
      if (series === null) {
        this.dropped.overflow++;
        continue;
      }
      if (sample.atMs !== openedMs) {
        openedMs = sample.atMs;
        frames = [this.fine, this.coarse].map((ring) => ring.open(ring.slotOf(sample.atMs)));
      }
      const [fine, coarse] = frames;
      if (!fine || !coarse) {
        this.dropped.late++;
        continue;
      }
      this.write(fine, series, sample.traffic);
      this.write(coarse, series, sample.traffic);
    }
    this.shrink();
  }

  markReported(atMs: number): void {
    const beginMs = (this.fine.slotOf(atMs) - 1) * FINE_MS;
    this.beganMs = Math.min(this.beganMs ?? beginMs, beginMs);
    for (const ring of [this.fine, this.coarse]) {
      const frame = ring.open(ring.slotOf(atMs));
      if (frame !== null) frame.isReported = true;
    }
  }

  sum(window: TimeWindow, select?: TrafficSelect): { window: TimeWindow; rows: TrafficRow[] } {
    const cover = this.cover(window);
    return { window: this.told(cover.window), rows: this.rowsOf(cover.frames, select) };
  }

  steps(window: TimeWindow, stepMs: number, select?: TrafficSelect): TrafficSteps {
    const { bounds, step } = this.stepBounds(window, stepMs);
    const steps = bounds.map((bound) => {
      const { frames } = this.cover(bound);
      return { ...bound, isReported: frames.some((frame) => frame.isReported), rows: this.rowsOf(frames, select) };
    });
    return { window: spanOf(bounds, window), stepMs: step, steps };
  }

  counts(window: TimeWindow, points: number): CountSteps {
    const { bounds, step } = this.stepBounds(window, (window.toMs - window.fromMs) / points);
    const isReported: boolean[] = [];
    const rowOf = new Map<string, CountRow>();
    const rowOfSeries: CountRow[] = [];
    for (const [index, bound] of bounds.entries()) {
      const { frames } = this.cover(bound);
      isReported.push(frames.some((frame) => frame.isReported));
      for (const frame of frames) {
        for (let row = 0; row < frame.rows; row++) {
          const series = frame.series[row] ?? 0;
          const target = (rowOfSeries[series] ??= this.countRow(series, bounds.length, rowOf));
          target.counts[index] = (target.counts[index] ?? 0) + (frame.columns[row * COLUMNS] ?? 0);
          target.errors[index] = (target.errors[index] ?? 0) + (frame.columns[row * COLUMNS + 1] ?? 0);
          target.callers[index] = (target.callers[index] ?? 0) + (frame.columns[row * COLUMNS + 4] ?? 0);
        }
      }
    }
    return { window: spanOf(bounds, window), stepMs: step, isReported, rows: [...rowOf.values()] };
  }

  stats(): SeriesStoreStats {
    return {
      bytes: this.fine.bytes + this.coarse.bytes,
      series: this.keys.length,
      oldestMs: { fine: oldestMs(this.fine), coarse: oldestMs(this.coarse) },
      keptFromMs: this.keptFromMs,
      dropped: { ...this.dropped },
    };
  }

  private seriesIndex(key: TrafficKey): number | null {
    const same = this.indexOfKey.get(key);
    if (same !== undefined) return same;
    const index = this.indexOfEqual(key);
    if (index !== null) this.indexOfKey.set(key, index);
    return index;
  }

  private indexOfEqual(key: TrafficKey): number | null {
    const text = keyText(key);
    const known = this.indexOf.get(text);
    if (known !== undefined) return known;
    if (this.keys.length >= this.maxSeries) return null;
    const index = this.keys.push({ ...key }) - 1;
    this.indexOf.set(text, index);
    return index;
  }

  private dimension(kind: "le" | "flag", value: number | string): number {
    const text = `${kind}:${value}`;
    const known = this.dimensionOf.get(text);
    if (known !== undefined) return known;
    const dimension = this.dimensionOf.size;
    this.dimensionOf.set(text, dimension);
    if (typeof value === "string") this.flagDimensions.push({ dimension, flag: value });
    else this.addBound(value);
    return dimension;
  }

  private addBound(boundMs: number): void {
    const boundsMs = [...this.buckets.boundsMs, boundMs].toSorted((a, b) => a - b);
    this.buckets = {
      boundsMs,
      dimensions: [...boundsMs.map((bound) => this.dimensionOf.get(`le:${bound}`) ?? ABOVE_ALL_BOUNDS), ABOVE_ALL_BOUNDS],
    };
  }

  /** Dimensions of a layout's buckets, the last one for what is above its bounds. Collectors hand in few layouts. */
  private layout(boundsMs: readonly number[]): readonly number[] {
    const known = this.layouts.get(boundsMs);
    if (known !== undefined) return known;
    const dimensions = [...boundsMs.map((bound) => this.dimension("le", bound)), ABOVE_ALL_BOUNDS];
    this.layouts.set(boundsMs, dimensions);
    return dimensions;
  }

  private write(frame: Frame, series: number, traffic: EdgeTraffic): void {
    frame.isReported = true;
    const row = frame.row(series);
    const { transport, latency } = traffic;
    frame.add(row, 0, traffic.count);
    frame.add(row, 1, traffic.errorCount);
    frame.add(row, 2, traffic.retries);
    frame.add(row, 3, traffic.neverArrived);
    frame.add(row, 4, traffic.callerCount);
    frame.add(row, 5, traffic.callerErrorCount);
    frame.add(row, 6, transport.mutual);
    frame.add(row, 7, transport.oneWay);
    frame.add(row, 8, transport.plaintext);
    if (traffic.countsAttempts === true) this.countsAttempts[series] = true;
    for (const flag in traffic.flags) {
      const count = traffic.flags[flag] ?? 0;
      if (count > 0) frame.addSparse(row, this.dimension("flag", flag), count);
    }
    if (latency === null) return;
    this.hasLatency[series] = true;
    const dimensions = this.layout(latency.boundsMs);
    for (let index = 0; index < latency.counts.length; index++) {
      const count = latency.counts[index] ?? 0;
      if (count > 0) frame.addSparse(row, dimensions[index] ?? ABOVE_ALL_BOUNDS, count);
    }
  }

  /** Drops the oldest fine frames first: coarser history reaches further back for the same bytes. */
  private shrink(): void {
    while (this.fine.bytes + this.coarse.bytes > this.maxBytes) {
      if (this.fine.length > FEWEST_FINE_FRAMES) this.fine.dropOldest();
      else if (this.coarse.length > 1) this.coarse.dropOldest();
      else return;
    }
  }

  /** The frames that make up a window: coarse ones for whole blocks, fine ones for the rest. */
  private cover(window: TimeWindow): Cover {
    const perBlock = COARSE_MS / FINE_MS;
    const { lostThrough } = this.fine;
    let to = this.fine.slotOf(window.toMs);
    let from = Math.min(to, Math.floor(window.fromMs / FINE_MS));
    if (from < lostThrough) from = Math.floor(from / perBlock) * perBlock;
    if (Math.floor(to / perBlock) * perBlock < lostThrough) to = Math.ceil(to / perBlock) * perBlock;
    const firstBlock = Math.ceil(from / perBlock);
    const lastBlock = Math.floor(to / perBlock);
    const frames =
      lastBlock > firstBlock
        ? [
            ...this.fine.between(from, firstBlock * perBlock),
            ...this.coarse.between(firstBlock, lastBlock),
            ...this.fine.between(lastBlock * perBlock, to),
          ]
        : this.fine.between(from, to);
    return { window: { fromMs: from * FINE_MS, toMs: to * FINE_MS }, frames };
  }

  /** A window without the time before the first report, or of which all is given up: rates would read too low by it. */
  private told(window: TimeWindow): TimeWindow {
    const { keptFromMs } = this;
    return keptFromMs === null || keptFromMs <= window.fromMs || keptFromMs >= window.toMs
      ? window
      : { fromMs: keptFromMs, toMs: window.toMs };
  }

  /** From here on every report is still there, in fine or in coarse steps; `null` = there was none. */
  private get keptFromMs(): number | null {
    const keptFromMs = Math.max(this.beganMs ?? -Infinity, this.coarse.lostThrough * COARSE_MS);
    return Number.isFinite(keptFromMs) ? keptFromMs : null;
  }

  private stepBounds(window: TimeWindow, stepMs: number): { bounds: TimeWindow[]; step: number } {
    const fine = boundsOf(window, Math.ceil(window.toMs / FINE_MS) * FINE_MS, Math.max(1, Math.ceil(stepMs / FINE_MS)) * FINE_MS);
    const startMs = fine.bounds[0]?.fromMs ?? window.fromMs;
    if (startMs >= this.fine.lostThrough * FINE_MS) return fine;
    const running = Math.floor(window.toMs / COARSE_MS) * COARSE_MS;
    const whole = Math.ceil(window.toMs / COARSE_MS) * COARSE_MS;
    const newestMs = (this.fine.newest?.slot ?? 0) * FINE_MS;
    // A block that is not over yet would read too low.
    const last = whole > newestMs && running > window.fromMs ? running : whole;
    return boundsOf(window, last, Math.max(1, Math.ceil(stepMs / COARSE_MS)) * COARSE_MS);
  }

  private countRow(series: number, steps: number, rowOf: Map<string, CountRow>): CountRow {
    const target = this.keys[series]?.target ?? "";
    const known = rowOf.get(target);
    if (known !== undefined) return known;
    const zeros = (): number[] => Array.from({ length: steps }, () => 0);
    const row = { target, counts: zeros(), errors: zeros(), callers: zeros() };
    rowOf.set(target, row);
    return row;
  }

  private rowsOf(frames: readonly Frame[], select?: TrafficSelect): TrafficRow[] {
    const totals = new Map<number, Totals>();
    for (const frame of frames) this.addFrame(frame, totals, select);
    const rows: TrafficRow[] = [];
    for (const [series, total] of totals) {
      const key = this.keys[series];
      if (key !== undefined && total !== SKIPPED) rows.push({ key, traffic: this.toTraffic(series, total) });
    }
    return rows;
  }

  private addFrame(frame: Frame, totals: Map<number, Totals>, select?: TrafficSelect): void {
    const rowTotals: Totals[] = [];
    for (let row = 0; row < frame.rows; row++) {
      const series = frame.series[row] ?? 0;
      let total = totals.get(series);
      if (total === undefined) {
        const key = this.keys[series];
        const isWanted = key !== undefined && selectsKey(select, key);
        total = isWanted ? { columns: new Float64Array(COLUMNS), sparse: new Float64Array(this.dimensionOf.size) } : SKIPPED;
        totals.set(series, total);
      }
      rowTotals.push(total);
      if (total === SKIPPED) continue;
      for (let column = 0; column < COLUMNS; column++) {
        total.columns[column] = (total.columns[column] ?? 0) + (frame.columns[row * COLUMNS + column] ?? 0);
      }
    }
    const sparse = frame.sparse();
    for (let at = 0; at < sparse.length; at += 3) {
      const total = rowTotals[sparse[at] ?? 0];
      if (total === undefined || total === SKIPPED) continue;
      const dimension = sparse[at + 1] ?? 0;
      total.sparse[dimension] = (total.sparse[dimension] ?? 0) + (sparse[at + 2] ?? 0);
    }
  }

  private toTraffic(series: number, total: Totals): EdgeTraffic {
    const at = (column: number): number => total.columns[column] ?? 0;
    const flags: Record<string, number> = {};
    for (const { dimension, flag } of this.flagDimensions) {
      const count = total.sparse[dimension] ?? 0;
      if (count > 0) flags[flag] = count;
    }
    return {
      count: at(0),
      errorCount: at(1),
      retries: at(2),
      ...(this.countsAttempts[series] ? { countsAttempts: true as const } : {}),
      neverArrived: at(3),
      callerCount: at(4),
      callerErrorCount: at(5),
      transport: { mutual: at(6), oneWay: at(7), plaintext: at(8) },
      flags,
      latency: this.hasLatency[series] ? this.toHistogram(total) : null,
    };
  }

  private toHistogram(total: Totals): LatencyHistogram {
    const { boundsMs, dimensions } = this.buckets;
    const counts: number[] = [];
    for (const dimension of dimensions) counts.push(total.sparse[dimension] ?? 0);
    return { boundsMs, counts };
  }
}

type CountRow = CountSteps["rows"][number];

interface Totals {
  columns: Float64Array;
  /** By dimension. */
  sparse: Float64Array;
}

/** Stands for a series that the question is not about. */
const SKIPPED: Totals = { columns: new Float64Array(0), sparse: new Float64Array(0) };

function oldestMs(ring: FrameRing): number | null {
  return ring.oldest === undefined ? null : (ring.oldest.slot - 1) * ring.stepMs;
}

/** Steps of one length back from `lastMs` to where the window begins, or a little before. */
function boundsOf(window: TimeWindow, lastMs: number, step: number): { bounds: TimeWindow[]; step: number } {
  const bounds: TimeWindow[] = [];
  for (let toMs = lastMs; toMs > window.fromMs; toMs -= step) bounds.push({ fromMs: toMs - step, toMs });
  return { bounds: bounds.toReversed(), step };
}

function spanOf(bounds: readonly TimeWindow[], asked: TimeWindow): TimeWindow {
  const first = bounds[0];
  const last = bounds.at(-1);
  return first === undefined || last === undefined ? asked : { fromMs: first.fromMs, toMs: last.toMs };
}
