import { Layout, type Placed } from "./layout.ts";
import { isBlank, SampleValue, type ValueKind } from "./sample-value.ts";
import { isSame, SeriesIndex } from "./series-index.ts";

/** What was wrong with an exposition; the rest of it was used. */
export interface ExpositionTrouble {
  /** Lines that are no samples. */
  malformed: number;
  /** Samples whose value is NaN or infinite: nothing is known of them. */
  notFinite: number;
  /** The first malformed line, cut, for the person who mends it. */
  firstMalformed: string | null;
}

/** What the caller makes of the samples. */
export interface ScanVisitor<T extends Placed> {
  /**
   * What stands for a series, which is handed over as it is spelled. Asked for each one that the scan before did not hold
   * with a finite value; the same series must get the same object. `null` = it is not wanted, and is asked for again.
   */
  open(series: string): T | null;
  /** In the order of the exposition, changed or not. */
  sample(handle: T, value: number): void;
}

/**
 * Reads expositions of one process, one after the other: Prometheus' text format 0.0.4 and OpenMetrics. Comments, types and
 * units among them, mean nothing to it. It compares with the bytes of the scan before: where the same series stand in the same
 * order, only values that changed are parsed. At a series that was added it asks `open`; behind one that was removed, or
 * elsewhere before, it goes on from the place that it finds in the handle. A malformed line is counted and costs only itself.
 */
export class ExpositionScanner<T extends Placed> {
  #before = new Layout<T>();
  #now = new Layout<T>();
  readonly #value = new SampleValue();
  #trouble: ExpositionTrouble = { malformed: 0, notFinite: 0, firstMalformed: null };
  /** First byte that belongs to no sample yet. */
  #from = 0;
  /** Lines in a row that were not where they were before. */
  #strangers = 0;
  /** Of the scan before; made where many lines in a row stand elsewhere. */
  #index: SeriesIndex<T> | null = null;

  /** Forgets the scan before: handles of another process are none of this one's. */
  reset(): void {
    this.#before = new Layout<T>();
  }

  /** `exposition` is kept for the next scan and must not change afterwards. */
  scan(exposition: Uint8Array | string, visitor: ScanVisitor<T>): ExpositionTrouble {
    const bytes =
      typeof exposition === "string"
        ? Buffer.from(exposition)
        : Buffer.from(exposition.buffer, exposition.byteOffset, exposition.byteLength);
    const trouble: ExpositionTrouble = { malformed: 0, notFinite: 0, firstMalformed: null };
    this.#trouble = trouble;
    this.#now.begin(bytes);
    this.#from = 0;
    this.#strangers = 0;
    this.#walk(bytes.length, visitor);
    this.#now.finish();
    [this.#before, this.#now] = [this.#now, this.#before];
    this.#now.clear();
    this.#index = null;
    return trouble;
  }

  #walk(end: number, visitor: ScanVisitor<T>): void {
    const before = this.#before;
    const wholeLines = before.isGapless ? before.count - (before.bytes.at(-1) === LF ? 0 : 1) : 0;
    let cursor = 0;
    let run = 1;
    while (this.#from < end) {
      if (run > 1) {
        const last = Math.min(cursor + run, wholeLines) - 1;
        if (last > cursor && this.#keepRun(cursor, last, visitor)) {
          cursor = last + 1;
          run = Math.min(run * 2, LONGEST_RUN);
          continue;
        }
        run = 1;
      }
      if (cursor < before.count && this.#keepSeries(cursor, visitor)) {
        run = this.#isUnchanged(cursor) ? run * 2 : 1;
        cursor++;
      } else cursor = this.#readLine(end, cursor, visitor);
    }
  }

  /** Whether the bytes of the scan before stand again where this scan has come to. */
  #isCommon(from: number, to: number): boolean {
    return isSame(this.#before, from, to, this.#now, this.#from);
  }

  /** Samples from `first` to `last`, where every byte of them is what it was. */
  #keepRun(first: number, last: number, visitor: ScanVisitor<T>): boolean {
    const before = this.#before;
    const now = this.#now;
    const from = before.starts[first] ?? 0;
    const to = before.ends[last] ?? 0;
    if (!this.#isCommon(from, to)) return false;
    const shift = this.#from - from;
    now.reserve(last + 1 - first);
    for (let line = first; line <= last; line++) {
      const handle = before.handles[line] ?? null;
      const number = before.numbers[line] ?? 0;
      now.add(
        (before.starts[line] ?? 0) + shift,
        (before.names[line] ?? 0) + shift,
        (before.values[line] ?? 0) + shift,
        (before.ends[line] ?? 0) + shift,
        number,
        handle,
      );
      if (handle === null) this.#trouble.notFinite += 1;
      else visitor.sample(handle, number);
    }
    this.#from = to + shift;
    return true;
  }

  /** The sample at `line` of the scan before, with the value that it has now; false where another series stands here. */
  #keepSeries(line: number, visitor: ScanVisitor<T>): boolean {
    const before = this.#before;
    const from = before.starts[line] ?? 0;
    // One blank more than the series: what follows cannot go on with its name.
    const to = (before.values[line] ?? 0) + 1;
    if (!this.#isCommon(from, to)) return false;
    const value = this.#from + to - from - 1;
    const kind = this.#value.read(this.#now.bytes, value);
    const handle = before.handles[line] ?? null;
    // A blank may also stand between a name and its labels: then this is another series, which only a look at the line tells.
    if (kind === "malformed" || (kind === "finite" && handle === null)) return false;
    this.#book(kind, this.#from + (before.names[line] ?? 0) - from, value, kind === "finite" ? handle : null, visitor);
    this.#strangers = 0;
    return true;
  }

  /** After `#keepSeries`: whether the rest of its line is what it was, too. */
  #isUnchanged(line: number): boolean {
    const { numbers, count } = this.#now;
    return count > 0 && numbers[count - 1] === this.#before.numbers[line];
  }

  /** One line on its own. Answers which sample of the scan before is to be expected next. */
  #readLine(end: number, cursor: number, visitor: ScanVisitor<T>): number {
    const { bytes } = this.#now;
    let start = this.#from;
    // Comments and empty lines belong to the sample behind them.
    for (;;) {
      while (start < end && isBlank(bytes[start])) start++;
      if (start >= end) {
        this.#from = end;
        return cursor;
      }
      const byte = bytes[start];
      if (byte !== HASH && byte !== LF && byte !== CR) break;
      const newline = bytes.indexOf(LF, start);
      start = newline < 0 ? end : newline + 1;
    }
    const moved = this.#findMoved(start, visitor);
    if (moved >= 0) return moved + 1;
    const value = endOfSeries(bytes, start, end);
    if (value < 0) {
      const newline = bytes.indexOf(LF, start);
      this.#fail(start, newline < 0 ? end : newline + 1);
      return cursor;
    }
    const kind = this.#value.read(bytes, value);
    if (kind === "malformed") {
      this.#fail(start, this.#value.next);
      return cursor;
    }
    if (kind === "not-finite") {
      this.#book(kind, start, value, null, visitor);
      return cursor;
    }
    const handle = visitor.open(bytes.toString("utf8", start, value));
    if (handle === null) {
      this.#now.isGapless = false;
      this.#from = this.#value.next;
      return cursor;
    }
    const known = this.#before.handles[handle.line] === handle ? handle.line + 1 : cursor;
    this.#book(kind, start, value, handle, visitor);
    return known;
  }

  /** The line of the scan before that has this series, where it is easily seen; its sample is booked. Below 0 = none. */
  #findMoved(start: number, visitor: ScanVisitor<T>): number {
    const { bytes } = this.#now;
    if (this.#before.count === 0 || ++this.#strangers <= FEW_STRANGERS) return -1;
    const newline = bytes.indexOf(LF, start);
    let value = newline < 0 ? bytes.length : newline;
    while (value > start && !isBlank(bytes[value - 1])) value--;
    while (value > start && isBlank(bytes[value - 1])) value--;
    if (value === start) return -1;
    this.#index ??= new SeriesIndex(this.#before);
    const line = this.#index.find(this.#now, start, value);
    const handle = this.#before.handles[line] ?? null;
    if (handle === null || this.#value.read(bytes, value) !== "finite") return -1;
    this.#book("finite", start, value, handle, visitor);
    return line;
  }

  #book(kind: Exclude<ValueKind, "malformed">, name: number, value: number, handle: T | null, visitor: ScanVisitor<T>): void {
    const { value: number, next } = this.#value;
    this.#now.add(this.#from, name, value, Math.min(next, this.#now.bytes.length), kind === "finite" ? number : NaN, handle);
    this.#from = next;
    if (handle === null) this.#trouble.notFinite += 1;
    else visitor.sample(handle, number);
  }

  #fail(start: number, next: number): void {
    const { bytes } = this.#now;
    this.#now.isGapless = false;
    this.#trouble.malformed += 1;
    this.#trouble.firstMalformed ??= bytes
      .toString("utf8", start, Math.min(next, bytes.length))
      .replace(/\r?\n$/, "")
      .slice(0, SHOWN_LENGTH);
    this.#from = next;
  }
}

const LF = 10;
const CR = 13;
const HASH = 35;
const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

const SHOWN_LENGTH = 80;
const LONGEST_RUN = 512;
/** So many lines in a row are looked up by their text before all that stood elsewhere are indexed. */
const FEW_STRANGERS = 4;

/** Where the blank behind the series begins; below 0 = there is none in this line. */
function endOfSeries(bytes: Buffer, start: number, end: number): number {
  let at = start;
  let byte = bytes[at];
  while (at < end && byte !== OPEN && byte !== LF && !isBlank(byte)) byte = bytes[++at];
  let next = at;
  while (next < end && isBlank(bytes[next])) next++;
  if (next >= end || bytes[next] === LF) return -1;
  if (bytes[next] !== OPEN) return at;
  let isQuoted = false;
  for (at = next + 1; at < end; at++) {
    byte = bytes[at];
    if (byte === LF) return -1;
    if (isQuoted) {
      if (byte === BACKSLASH && bytes[at + 1] !== LF) at++;
      else if (byte === QUOTE) isQuoted = false;
    } else if (byte === QUOTE) isQuoted = true;
    else if (byte === CLOSE) return at + 1;
  }
  return -1;
}
