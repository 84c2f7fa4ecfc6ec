import { isSame } from "./byte-text.ts";
import type { Layout, Placed } from "./layout.ts";

/**
 * Finds what stands for a series by the series' bytes, in this exposition and the one before, without a string being made of
 * them. It keeps no bytes: where a series stands is known by the layouts, and what stands in neither is not found.
 */
export class SeriesTable<T extends Placed> {
  #now: Layout<T>;
  #before: Layout<T>;
  /** Numbers of entries plus one, by hash; 0 = free. */
  #slots = new Int32Array(SMALLEST);
  #hashes: number[] = [];
  #handles: T[] = [];
  /** The free slot at which the last search ended; below 0 = at none. */
  #free = -1;
  /** Those that fell on too many others, by their spelling. */
  readonly #crowded = new Map<string, T>();

  constructor(now: Layout<T>, before: Layout<T>) {
    this.#now = now;
    this.#before = before;
  }

  /** For the next exposition. */
  begin(now: Layout<T>, before: Layout<T>): void {
    this.#now = now;
    this.#before = before;
    if (this.#handles.length > 0) return;
    this.#slots = slotsFor(Math.min(now.bytes.length / USUAL_LINE, MOST_EXPECTED));
  }

  /** Of the series that stands from `start` to `end` of this exposition; `null` = there is none. `hash`: of its bytes. */
  find(hash: number, start: number, end: number): T | null {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const entry = (slots[slot] ?? 0) - 1;
      if (entry < 0) {
        this.#free = slot;
        return null;
      }
      if (this.#hashes[entry] === hash) {
        const handle = this.#handles[entry];
        if (handle !== undefined && this.#isSpelled(handle, start, end)) return handle;
      }
      slot = (slot + 1) & mask;
    }
    this.#free = -1;
    if (this.#crowded.size === 0) return null;
    const handle = this.#crowded.get(this.#now.bytes.toString("latin1", start, end));
    return handle !== undefined && this.#isSpelled(handle, start, end) ? handle : null;
  }

  /** The handle of what `find` searched last and found not; it stands in this exposition now. */
  add(hash: number, handle: T): void {
    if (this.#handles.length * 2 >= this.#slots.length) this.#rebuild();
    else if (this.#free >= 0) {
      this.#take(this.#free, hash, handle);
      return;
    }
    this.#put(hash, handle);
  }

  /** After an exposition: drops what stands in it no more, once that is the larger part. */
  tidy(): void {
    if (this.#handles.length > this.#now.count * 2 + SMALLEST) this.#rebuild();
    // Few names fall together, unless somebody makes them.
    for (const [series, handle] of this.#crowded) if (!isIn(this.#now, handle)) this.#crowded.delete(series);
  }

  clear(): void {
    this.#slots = new Int32Array(SMALLEST);
    this.#hashes = [];
    this.#handles = [];
    this.#crowded.clear();
  }

  #placeOf(handle: T): Layout<T> | null {
    if (isIn(this.#now, handle)) return this.#now;
    return isIn(this.#before, handle) ? this.#before : null;
  }

  #isSpelled(handle: T, start: number, end: number): boolean {
    const place = this.#placeOf(handle);
    if (place === null) return false;
    const from = place.names[handle.line] ?? 0;
    const to = place.values[handle.line] ?? 0;
    return to - from === end - start && isSame(place, from, to, this.#now, start);
  }

  #take(slot: number, hash: number, handle: T): void {
    this.#hashes.push(hash);
    this.#handles.push(handle);
    this.#slots[slot] = this.#handles.length;
  }

  #put(hash: number, handle: T): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const entry = (this.#slots[slot] ?? 0) - 1;
      if (entry < 0) {
        this.#take(slot, hash, handle);
        return;
      }
      // One that was gone and came back.
      if (this.#handles[entry] === handle) return;
      slot = (slot + 1) & mask;
    }
    const place = this.#placeOf(handle);
    if (place !== null) this.#crowded.set(place.bytes.toString("latin1", place.names[handle.line], place.values[handle.line]), handle);
  }

  /** With room for more than stand in one of the two expositions, and without the others. */
  #rebuild(): void {
    const hashes = this.#hashes;
    const handles = this.#handles;
    let live = 0;
    for (const handle of handles) if (this.#placeOf(handle) !== null) live++;
    this.#slots = slotsFor(live);
    this.#hashes = [];
    this.#handles = [];
    for (let entry = 0; entry < handles.length; entry++) {
      const handle = handles[entry];
      if (handle !== undefined && this.#placeOf(handle) !== null) this.#put(hashes[entry] ?? 0, handle);
    }
  }
}

/** A quarter of them is taken at first, half at most. */
function slotsFor(handles: number): Int32Array<ArrayBuffer> {
  return new Int32Array(Math.max(SMALLEST, 2 ** Math.ceil(Math.log2(handles * 4 + 1))));
}

export function isIn<T extends Placed>(layout: Layout<T>, handle: T): boolean {
  return handle.line < layout.count && layout.handles[handle.line] === handle;
}

const SMALLEST = 1_024;
/** Bytes. */
const USUAL_LINE = 256;
const MOST_EXPECTED = 100_000;
/** Longer searches go by the spelling: names that were made to fall together cost no more than this each. */
const MOST_PROBES = 32;
