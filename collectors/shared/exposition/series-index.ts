import type { Layout, Placed } from "./layout.ts";

/** Finds a series of an exposition by its bytes, without a string being made of them. */
export class SeriesIndex<T extends Placed> {
  readonly #layout: Layout<T>;
  /** Numbers of lines plus one, by a hash of their series; 0 = free. */
  readonly #slots: Int32Array;

  constructor(layout: Layout<T>) {
    this.#layout = layout;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(layout.count * 2 + 2)));
    for (let line = 0; line < layout.count; line++) {
      if (layout.handles[line] !== null) this.#put(line);
    }
  }

  /** The line that holds the series that stands from `start` to `end` in `other`; below 0 = none is found. */
  find(other: Layout<T>, start: number, end: number): number {
    const { names, values } = this.#layout;
    const mask = this.#slots.length - 1;
    let slot = hashOf(other.view, start, end) & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const line = (this.#slots[slot] ?? 0) - 1;
      if (line < 0) return -1;
      const [from, to] = [names[line] ?? 0, values[line] ?? 0];
      if (to - from === end - start && isSame(this.#layout, from, to, other, start)) return line;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  #put(line: number): void {
    const { names, values, view } = this.#layout;
    const mask = this.#slots.length - 1;
    let slot = hashOf(view, names[line] ?? 0, values[line] ?? 0) & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      if (this.#slots[slot] === 0) {
        this.#slots[slot] = line + 1;
        return;
      }
      slot = (slot + 1) & mask;
    }
  }
}

/** Names that were made to fall together cost no more than this each; what is not found is read as if it were new. */
const MOST_PROBES = 16;

function hashOf(view: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at), MIX);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), MIX);
  return hash ^ (hash >>> 13);
}

const MIX = 0x9e3779b1;

/** Whether the bytes from `from` to `to` in one stand at `at` in the other. */
export function isSame<T extends Placed>(a: Layout<T>, from: number, to: number, b: Layout<T>, at: number): boolean {
  const length = to - from;
  if (at + length > b.bytes.length) return false;
  if (length > SHORT) return a.bytes.compare(b.bytes, at, at + length, from, to) === 0;
  const [x, y] = [a.view, b.view];
  let done = 0;
  for (; done + 8 <= length; done += 8) {
    if (x.getInt32(from + done) !== y.getInt32(at + done) || x.getInt32(from + done + 4) !== y.getInt32(at + done + 4)) return false;
  }
  for (; done < length; done++) if (a.bytes[from + done] !== b.bytes[at + done]) return false;
  return true;
}

/** Up to so many bytes, a loop is faster than a call out of the engine. */
const SHORT = 256;
