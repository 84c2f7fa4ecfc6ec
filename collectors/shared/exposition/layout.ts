import { NO_TEXT, viewOf, type ByteText } from "./byte-text.ts";

/** What a scan gives for a series. The scanner writes into it where the series stood. */
export interface Placed {
  line: number;
}

/**
 * The samples of one exposition in order. A sample's bytes begin where the one before it ended: comments and empty lines
 * between two samples belong to the second one. Bytes of lines that are no samples belong to none.
 */
export class Layout<T extends Placed> implements ByteText {
  count = 0;
  starts: Int32Array = new Int32Array(INITIAL);
  /** The first byte of the series. */
  names: Int32Array = new Int32Array(INITIAL);
  /** Where the blank behind the series begins. */
  values: Int32Array = new Int32Array(INITIAL);
  /** The first byte of what follows. */
  ends: Int32Array = new Int32Array(INITIAL);
  /** `NaN` where it is not finite. */
  numbers: Float64Array = new Float64Array(INITIAL);
  /** `null` where the number is not finite, or the series' name is not wanted. */
  handles: (T | null)[] = [];
  bytes: Buffer = NO_TEXT.bytes;
  view: DataView = NO_TEXT.view;
  /** Whether every byte belongs to a sample, save those behind the last one. */
  isGapless = true;

  begin(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.count = 0;
    this.isGapless = true;
  }

  /** Holds nothing any more, so that its bytes can be let go. */
  clear(): void {
    this.begin(NO_TEXT.bytes);
  }

  /** Lets go of what a longer exposition left behind. */
  finish(): void {
    this.handles.length = this.count;
  }

  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.starts.length) return;
    const size = Math.max(needed, this.starts.length * 2);
    this.starts = grown(this.starts, new Int32Array(size));
    this.names = grown(this.names, new Int32Array(size));
    this.values = grown(this.values, new Int32Array(size));
    this.ends = grown(this.ends, new Int32Array(size));
    this.numbers = grown(this.numbers, new Float64Array(size));
  }

  add(start: number, name: number, value: number, end: number, number: number, handle: T | null): void {
    const { count } = this;
    if (count === this.starts.length) this.reserve(1);
    this.starts[count] = start;
    this.names[count] = name;
    this.values[count] = value;
    this.ends[count] = end;
    this.numbers[count] = number;
    this.handles[count] = handle;
    if (handle !== null) handle.line = count;
    this.count = count + 1;
  }
}

const INITIAL = 256;

function grown<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
