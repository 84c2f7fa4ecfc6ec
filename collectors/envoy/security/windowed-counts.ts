import type { TimeWindow } from "#lib/model/red.ts";

/** Steps of one length, for as long as they are kept; both in milliseconds. */
interface Grid {
  stepMs: number;
  steps: number;
}

/** Five minutes as the numbers of traffic have them, and what an answer may take that asks for the whole of them. */
const FINE: Grid = { stepMs: 1_000, steps: 330 };
const MIDDLE: Grid = { stepMs: 10_000, steps: 363 };
const COARSE: Grid = { stepMs: 60_000, steps: 1_440 };
/** Finest first. */
const GRIDS: readonly Grid[] = [FINE, MIDDLE, COARSE];
const MEMORY_MS = COARSE.stepMs * COARSE.steps;

/** How often something was counted in a window; the instants are of all that is remembered. */
export interface Counted<F> {
  fields: F;
  count: number;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** A window in whole steps, as it can be answered. */
export interface Covered {
  grid: Grid;
  /** Numbers of the first and the last step. */
  first: number;
  last: number;
  window: TimeWindow;
}

interface Entry<F> {
  fields: F;
  /** One for each of `GRIDS`. */
  rings: readonly Ring[];
  firstSeenMs: number;
  lastSeenMs: number;
}

/**
 * Counts by key and time: in steps of 1 s for five minutes, of 10 s for an hour and of 1 min for a day. A step holds what was counted after its
 * beginning up to and with its end, as windows do. Keys that were silent for a day are forgotten; more keys than `maxKeys`
 * are left out, and how much that was stands in `dropped`.
 */
export class WindowedCounts<F> {
  readonly #entries = new Map<string, Entry<F>>();
  readonly #maxKeys: number;
  #newestMs = -Infinity;
  #dropped = 0;

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  /** How much was counted under keys that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  /** `fields` are kept from the first time that a key is met. */
  add(key: string, fields: F, by: number, atMs: number): void {
    this.#newestMs = Math.max(this.#newestMs, atMs);
    const entry = this.#entries.get(key) ?? this.#make(key, fields, atMs);
    if (entry === null) {
      this.#dropped += by;
      return;
    }
    entry.firstSeenMs = Math.min(entry.firstSeenMs, atMs);
    entry.lastSeenMs = Math.max(entry.lastSeenMs, atMs);
    for (const ring of entry.rings) ring.add(atMs, by);
  }

  /** Every key that was counted in the window. */
  within({ grid, first, last }: Covered): Counted<F>[] {
    const place = GRIDS.indexOf(grid);
    return [...this.#entries.values()].flatMap((entry) => {
      const count = entry.rings[place]?.sum(first, last) ?? 0;
      const { fields, firstSeenMs, lastSeenMs } = entry;
      return count === 0 ? [] : [{ fields, count, firstSeenMs, lastSeenMs }];
    });
  }

  #make(key: string, fields: F, atMs: number): Entry<F> | null {
    if (this.#entries.size >= this.#maxKeys) this.#forget();
    if (this.#entries.size >= this.#maxKeys) return null;
    const entry = { fields, rings: GRIDS.map((grid) => new Ring(grid)), firstSeenMs: atMs, lastSeenMs: atMs };
    this.#entries.set(key, entry);
    return entry;
  }

  #forget(): void {
    for (const [key, { lastSeenMs }] of this.#entries) if (lastSeenMs <= this.#newestMs - MEMORY_MS) this.#entries.delete(key);
  }
}

/**
 * The steps that hold a window: every one that it touches, the finest that are still kept. `sinceMs` is when counting
 * began, `nowMs` when it is asked; `fromMs: null` = as far as it is remembered.
 */
export function coveredBy({ fromMs, toMs }: { fromMs: number | null; toMs: number }, sinceMs: number, nowMs: number): Covered {
  const remembered = Math.max(sinceMs, (stepOf(nowMs, COARSE) - COARSE.steps + 1) * COARSE.stepMs);
  const wanted = Math.max(fromMs ?? remembered, remembered);
  const grid = GRIDS.find((one) => wanted >= (stepOf(nowMs, one) - one.steps + 1) * one.stepMs) ?? COARSE;
  const first = Math.floor(wanted / grid.stepMs);
  const last = Math.max(first, stepOf(toMs, grid));
  const window = { fromMs: Math.max(first * grid.stepMs, remembered), toMs: Math.min((last + 1) * grid.stepMs, Math.max(nowMs, toMs)) };
  return { grid, first, last, window };
}

/** Number of the step that holds an instant: steps begin after their first instant and end with their last. */
function stepOf(atMs: number, { stepMs }: Grid): number {
  return Math.ceil(atMs / stepMs) - 1;
}

const MAX_COUNT = 0xff_ff_ff_ff;

/** The newest steps of one key; a step that is overwritten was too old. */
class Ring {
  readonly #grid: Grid;
  readonly #counts: Uint32Array;
  #newest = -Infinity;

  constructor(grid: Grid) {
    this.#grid = grid;
    this.#counts = new Uint32Array(grid.steps);
  }

  add(atMs: number, by: number): void {
    const step = stepOf(atMs, this.#grid);
    const { length } = this.#counts;
    if (step <= this.#newest - length) return;
    if (step > this.#newest) {
      const passed = Math.min(step - this.#newest, length);
      for (let back = 0; back < passed; back++) this.#counts[(step - back) % length] = 0;
      this.#newest = step;
    }
    const at = step % length;
    this.#counts[at] = Math.min(MAX_COUNT, (this.#counts[at] ?? 0) + by);
  }

  sum(first: number, last: number): number {
    const { length } = this.#counts;
    let sum = 0;
    const to = Math.min(last, this.#newest);
    for (let step = Math.max(first, this.#newest - length + 1); step <= to; step++) sum += this.#counts[step % length] ?? 0;
    return sum;
  }
}
