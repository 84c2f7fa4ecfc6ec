import type { EdgeTraffic, LatencyHistogram, TimeWindow } from "#lib/model/red.ts";
import type {
  CountSteps,
  KeySelect,
  SeriesStore,
  SeriesStoreStats,
  TrafficKey,
  TrafficRow,
  TrafficSample,
  TrafficSteps,
} from "#lib/ports/series-store.ts";

import { COLUMNS, type Frame } from "./frame.ts";
import { FrameRing } from "./frame-ring.ts";

export interface SeriesStoreOptions {
  maxBytes?: number;
  maxSeries?: number;
}

const FINE_MS = 1_000;
const COARSE_MS = 10_000;
const FINE_FRAMES = 300;
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
  private readonly dimensions: ({ boundMs: number } | { flag: string })[] = [{ boundMs: Infinity }];
  private readonly dimensionOf = new Map<string, number>([["le:Infinity", ABOVE_ALL_BOUNDS]]);
  private readonly hasLatency: boolean[] = [];
  private readonly maxBytes: number;
  private readonly maxSeries: number;
  private readonly dropped = { late: 0, overflow: 0 };
  private sortedBounds: number[] = [];

  constructor(options: SeriesStoreOptions = {}) {
    this.maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.maxSeries = options.maxSeries ?? DEFAULT_MAX_SERIES;
  }

  record(samples: readonly TrafficSample[]): void {
    for (const sample of samples) {
      const series = this.seriesIndex(sample.key);
      if (series === null) {
        this.dropped.overflow++;
        continue;
      }
      const frames = [this.fine, this.coarse].map((ring) => ring.open(ring.slotOf(sample.atMs)));
      const isWhole = frames.every((frame) => frame !== null);
      if (!isWhole) {
        this.dropped.late++;
        continue;
      }
      for (const frame of frames) if (frame !== null) this.write(frame, series, sample.traffic);
    }
    this.shrink();
  }

  markReported(atMs: number): void {
    for (const ring of [this.fine, this.coarse]) {
      const frame = ring.open(ring.slotOf(atMs));
      if (frame !== null) frame.isReported = true;
    }
  }

  sum(window: TimeWindow, select?: KeySelect): { window: TimeWindow; rows: TrafficRow[] } {
    const cover = this.cover(window);
    return { window: cover.window, rows: this.rowsOf(cover.frames, select) };
  }

  steps(window: TimeWindow, stepMs: number, select?: KeySelect): TrafficSteps {
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
    const rowOf = new Map<number, CountSteps["rows"][number]>();
    for (const [index, bound] of bounds.entries()) {
      const { frames } = this.cover(bound);
      isReported.push(frames.some((frame) => frame.isReported));
      for (const frame of frames) this.countFrame(frame, index, bounds.length, rowOf);
    }
    return { window: spanOf(bounds, window), stepMs: step, isReported, rows: [...rowOf.values()] };
  }

  stats(): SeriesStoreStats {
    const oldest = (ring: FrameRing): number | null =>
      ring.oldest === undefined ? null : (ring.oldest.slot - 1) * ring.stepMs;
    return {
      bytes: this.fine.bytes + this.coarse.bytes,
      series: this.keys.length,
      oldestMs: { fine: oldest(this.fine), coarse: oldest(this.coarse) },
      dropped: { ...this.dropped },
    };
  }

  private seriesIndex(key: TrafficKey): number | null {
    const text = `${key.source}\n${key.target}\n${key.protocol}\n${key.version ?? "\r"}\n${key.reporter}`;
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
    const dimension = this.dimensions.push(typeof value === "number" ? { boundMs: value } : { flag: value }) - 1;
    this.dimensionOf.set(text, dimension);
    if (typeof value === "number") this.sortedBounds = [...this.sortedBounds, value].sort((a, b) => a - b);
    return dimension;
  }

  private write(frame: Frame, series: number, traffic: EdgeTraffic): void {
    frame.isReported = true;
    const row = frame.row(series);
    const values = [
      traffic.count,
      traffic.errorCount,
      traffic.retries,
      traffic.neverArrived,
      traffic.callerCount,
      traffic.callerErrorCount,
      traffic.transport.mutual,
      traffic.transport.oneWay,
      traffic.transport.plaintext,
    ];
    for (const [column, value] of values.entries()) if (value > 0) frame.add(row, column, value);
    for (const [flag, count] of Object.entries(traffic.flags)) {
      if (count > 0) frame.addSparse(row, this.dimension("flag", flag), count);
    }
    if (traffic.latency === null) return;
    this.hasLatency[series] = true;
    const { boundsMs, counts } = traffic.latency;
    for (const bound of boundsMs) this.dimension("le", bound);
    for (const [index, count] of counts.entries()) {
      const bound = boundsMs[index];
      if (count > 0) frame.addSparse(row, bound === undefined ? ABOVE_ALL_BOUNDS : this.dimension("le", bound), count);
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
    const to = this.fine.slotOf(window.toMs);
    let from = Math.min(to, Math.floor(window.fromMs / FINE_MS));
    const oldestFine = this.fine.oldest?.slot ?? Infinity;
    if (from + 1 < oldestFine) from = Math.floor(from / perBlock) * perBlock;
    const firstBlock = Math.ceil(from / perBlock);
    const lastBlock = Math.floor(to / perBlock);
    const frames =
      lastBlock > firstBlock || from + 1 < oldestFine
        ? [
            ...this.fine.between(from, firstBlock * perBlock),
            ...this.coarse.between(firstBlock, Math.max(firstBlock, lastBlock)),
            ...this.fine.between(Math.max(firstBlock, lastBlock) * perBlock, to),
          ]
        : this.fine.between(from, to);
    return { window: { fromMs: from * FINE_MS, toMs: to * FINE_MS }, frames };
  }

  private stepBounds(window: TimeWindow, stepMs: number): { bounds: TimeWindow[]; step: number } {
    const reach = this.fine.oldest === undefined ? Infinity : (this.fine.oldest.slot - 1) * FINE_MS;
    const unit = window.fromMs < reach ? COARSE_MS : FINE_MS;
    const step = Math.max(unit, Math.ceil(stepMs / unit) * unit);
    const last = Math.ceil(window.toMs / unit) * unit;
    const bounds: TimeWindow[] = [];
    for (let toMs = last; toMs > window.fromMs; toMs -= step) bounds.push({ fromMs: toMs - step, toMs });
    return { bounds: bounds.reverse(), step };
  }

  private countFrame(frame: Frame, step: number, steps: number, rowOf: Map<number, CountSteps["rows"][number]>): void {
    for (let row = 0; row < frame.rows; row++) {
      const series = frame.series[row] ?? 0;
      let target = rowOf.get(series);
      if (target === undefined) {
        const key = this.keys[series];
        if (key === undefined) continue;
        const zeros = (): number[] => Array.from({ length: steps }, () => 0);
        target = { key, counts: zeros(), errors: zeros() };
        rowOf.set(series, target);
      }
      target.counts[step] = (target.counts[step] ?? 0) + (frame.columns[row * COLUMNS] ?? 0);
      target.errors[step] = (target.errors[step] ?? 0) + (frame.columns[row * COLUMNS + 1] ?? 0);
    }
  }

  private rowsOf(frames: readonly Frame[], select?: KeySelect): TrafficRow[] {
    const totals = new Map<number, Totals>();
    for (const frame of frames) this.addFrame(frame, totals, select);
    const rows: TrafficRow[] = [];
    for (const [series, total] of totals) {
      const key = this.keys[series];
      if (key !== undefined && total !== SKIPPED) rows.push({ key, traffic: this.toTraffic(series, total) });
    }
    return rows;
  }

  private addFrame(frame: Frame, totals: Map<number, Totals>, select?: KeySelect): void {
    const rowTotals: Totals[] = [];
    for (let row = 0; row < frame.rows; row++) {
      const series = frame.series[row] ?? 0;
      let total = totals.get(series);
      if (total === undefined) {
        const key = this.keys[series];
        const isWanted = key !== undefined && (select === undefined || select(key));
        total = isWanted ? { columns: new Float64Array(COLUMNS), sparse: new Map() } : SKIPPED;
        totals.set(series, total);
      }
      rowTotals.push(total);
      if (total === SKIPPED) continue;
      for (let column = 0; column < COLUMNS; column++) {
        total.columns[column] = (total.columns[column] ?? 0) + (frame.columns[row * COLUMNS + column] ?? 0);
      }
    }
    for (let at = 0; at < frame.sparseRows * 3; at += 3) {
      const total = rowTotals[frame.sparse[at] ?? 0];
      if (total === undefined || total === SKIPPED) continue;
      const dimension = frame.sparse[at + 1] ?? 0;
      total.sparse.set(dimension, (total.sparse.get(dimension) ?? 0) + (frame.sparse[at + 2] ?? 0));
    }
  }

  private toTraffic(series: number, total: Totals): EdgeTraffic {
    const at = (column: number): number => total.columns[column] ?? 0;
    const flags: Record<string, number> = {};
    const perBound = new Map<number, number>();
    for (const [dimension, count] of total.sparse) {
      const meaning = this.dimensions[dimension];
      if (meaning === undefined) continue;
      if ("flag" in meaning) flags[meaning.flag] = count;
      else perBound.set(meaning.boundMs, count);
    }
    return {
      count: at(0),
      errorCount: at(1),
      retries: at(2),
      neverArrived: at(3),
      callerCount: at(4),
      callerErrorCount: at(5),
      transport: { mutual: at(6), oneWay: at(7), plaintext: at(8) },
      flags,
      latency: this.hasLatency[series] ? this.toHistogram(perBound) : null,
    };
  }

  private toHistogram(perBound: ReadonlyMap<number, number>): LatencyHistogram {
    const boundsMs = this.sortedBounds;
    return { boundsMs, counts: [...boundsMs.map((bound) => perBound.get(bound) ?? 0), perBound.get(Infinity) ?? 0] };
  }
}

interface Totals {
  columns: Float64Array;
  sparse: Map<number, number>;
}

/** Stands for a series that the question is not about. */
const SKIPPED: Totals = { columns: new Float64Array(0), sparse: new Map() };

function spanOf(bounds: readonly TimeWindow[], asked: TimeWindow): TimeWindow {
  const first = bounds[0];
  const last = bounds.at(-1);
  return first === undefined || last === undefined ? asked : { fromMs: first.fromMs, toMs: last.toMs };
}
