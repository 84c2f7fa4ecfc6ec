import { CR, HASH, isBlank, isSame, LF, NO_TEXT } from "./byte-text.ts";
import { Layout, type Placed } from "./layout.ts";
import { SampleValue, type ValueKind } from "./sample-value.ts";
import { isIn, SeriesTable } from "./series-table.ts";
import { SeriesParser } from "./series-parser.ts";
import type { Series } from "./series.ts";

/** What was wrong with an exposition; the rest of it was used. */
export interface ExpositionTrouble {
  /** Lines that are no samples. */
  malformed: number;
  /** Samples whose value is NaN or infinite: nothing is known of them. */
  notFinite: number;
  /** The first malformed line, cut, for the person who mends it. */
  firstMalformed: string | null;
  /** Lines behind the last one that was read: an exposition is read up to 500,000 samples. */
  overflow: number;
}

/** A series as the exposition spells it. Only during the call that it is handed to. */
export interface Spelling {
  text(): string;
}

/** What the caller makes of the samples. */
export interface ScanVisitor<T extends Placed> {
  /**
   * Whether series of that name are opened at all; the answer must not change from scan to scan. Their lines are still looked
   * at, so that broken ones are found, but not taken apart. Left out = all are wanted.
   */
  wants?: ((name: string) => boolean) | undefined;
  /**
   * What stands for a series. Asked for each one that neither the scan before nor this one so far holds with a finite value.
   * Who hands out the same object again must do so for the same spelling. `null` = it is not taken, and is asked for again.
   */
  open(series: Series, spelling: Spelling): T | null;
  /** In the order of the exposition, changed or not. */
  sample(handle: T, value: number): void;
  /** After the last sample: a series that the scan before held with a finite value, and this one does not. */
  gone?: ((handle: T, spelling: Spelling) => void) | undefined;
}

/**
 * Reads expositions of one process, one after the other: Prometheus' text format 0.0.4 and OpenMetrics. Comments, types and
 * units among them, mean nothing to it. It compares with the bytes of the scan before: where the same series stand in the same
 * order, only values that changed are parsed; one that stands elsewhere is found by a hash of its bytes; and one that is new
 * is taken apart and opened. A malformed line is counted and costs only itself.
 *
 * Between two scans it keeps the bytes of the last one, some 200 bytes for each of its samples at most, and what was opened: how
 * much that is, is the caller's to bound.
 */
export class ExpositionScanner<T extends Placed> {
  #before = new Layout<T>();
  #now = new Layout<T>();
  readonly #value = new SampleValue();
  readonly #series = new SeriesParser();
  readonly #table = new SeriesTable(this.#now, this.#before);
  readonly #spelling = new SpellingIn();
  #trouble: ExpositionTrouble = noTrouble();
  #unwanted = 0;
  /** First byte that belongs to no sample yet. */
  #from = 0;
  /** Whether a line was not the one that was expected: then series may have come and gone. */
  #isAstray = false;

  /** Forgets the scan before: handles of another process are none of this one's. */
  reset(): void {
    this.#before = new Layout<T>();
    this.#table.clear();
  }

  /** `exposition` is kept for the next scan and must not change afterwards. `unwanted`: finite samples of names not wanted. */
  scan(exposition: Uint8Array | string, visitor: ScanVisitor<T>): { trouble: ExpositionTrouble; unwanted: number } {
    const bytes =
      typeof exposition === "string"
        ? Buffer.from(exposition)
        : Buffer.from(exposition.buffer, exposition.byteOffset, exposition.byteLength);
    const trouble = noTrouble();
    this.#trouble = trouble;
    this.#unwanted = 0;
    this.#from = 0;
    this.#isAstray = false;
    this.#now.begin(bytes);
    this.#table.begin(this.#now, this.#before);
    this.#series.begin(this.#now, visitor.wants);
    this.#walk(bytes.length, visitor);
    trouble.overflow = linesFrom(bytes, this.#from);
    this.#now.finish();
    if (this.#isAstray) this.#tellGone(visitor);
    this.#table.tidy();
    this.#series.begin(NO_TEXT, undefined);
    [this.#before, this.#now] = [this.#now, this.#before];
    this.#now.clear();
    return { trouble, unwanted: this.#unwanted };
  }

  #walk(end: number, visitor: ScanVisitor<T>): void {
    const before = this.#before;
    const wholeLines = before.isGapless ? before.count - (before.bytes.at(-1) === LF ? 0 : 1) : 0;
    let cursor = 0;
    let run = 1;
    while (this.#from < end && this.#now.count < MOST_SAMPLES) {
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
      } else {
        this.#isAstray = true;
        cursor = this.#readLine(end, cursor, visitor);
      }
    }
    if (cursor < before.count) this.#isAstray = true;
  }

  #tellGone({ gone }: ScanVisitor<T>): void {
    const before = this.#before;
    if (gone === undefined) return;
    for (let line = 0; line < before.count; line++) {
      const handle = before.handles[line] ?? null;
      // One that stood in several lines is known by the last.
      if (handle === null || handle.line !== line || isIn(this.#now, handle)) continue;
      gone(handle, this.#spelling.at(before.bytes, before.names[line] ?? 0, before.values[line] ?? 0));
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
      if (handle !== null) visitor.sample(handle, number);
      else if (Number.isNaN(number)) this.#trouble.notFinite += 1;
      else this.#unwanted += 1;
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
    if (kind === "malformed") return false;
    // What had no finite value before was not opened yet.
    if (kind === "finite" && handle === null && Number.isNaN(before.numbers[line])) return false;
    if (kind === "not-finite" && handle !== null) this.#isAstray = true;
    this.#book(kind, this.#from + (before.names[line] ?? 0) - from, value, kind === "finite" ? handle : null, visitor);
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
    const value = this.#series.parse(start);
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
    if (kind === "not-finite" || !this.#series.isWanted) {
      this.#book(kind, start, value, null, visitor);
      return this.#behind(start, value, cursor);
    }
    const hash = this.#series.hash();
    const known = this.#table.find(hash, start, value);
    if (known !== null) {
      const next = isIn(this.#before, known) && !isIn(this.#now, known) ? known.line + 1 : cursor;
      this.#book(kind, start, value, known, visitor);
      return next;
    }
    const handle = visitor.open(this.#series.series(), this.#spelling.at(bytes, start, value));
    if (handle === null) {
      this.#now.isGapless = false;
      this.#from = this.#value.next;
      return cursor;
    }
    this.#book(kind, start, value, handle, visitor);
    this.#table.add(hash, handle);
    return cursor;
  }

  /** Behind the same series in the next few lines of the scan before: what has no handle is not known by its hash. */
  #behind(start: number, value: number, cursor: number): number {
    const before = this.#before;
    const last = Math.min(cursor + FEW_LINES, before.count);
    for (let line = cursor; line < last; line++) {
      const from = before.names[line] ?? 0;
      const to = before.values[line] ?? 0;
      if (to - from === value - start && isSame(before, from, to, this.#now, start)) return line + 1;
    }
    return cursor;
  }

  #book(kind: Exclude<ValueKind, "malformed">, name: number, value: number, handle: T | null, visitor: ScanVisitor<T>): void {
    const { value: number, next } = this.#value;
    this.#now.add(this.#from, name, value, Math.min(next, this.#now.bytes.length), kind === "finite" ? number : NaN, handle);
    this.#from = next;
    if (handle !== null) visitor.sample(handle, number);
    else if (kind === "not-finite") this.#trouble.notFinite += 1;
    else this.#unwanted += 1;
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

class SpellingIn implements Spelling {
  #bytes: Buffer = NO_TEXT.bytes;
  #start = 0;
  end = 0;

  at(bytes: Buffer, start: number, end: number): this {
    this.#bytes = bytes;
    this.#start = start;
    this.end = end;
    return this;
  }

  text(): string {
    return this.#bytes.toString("utf8", this.#start, this.end);
  }
}

const SHOWN_LENGTH = 80;
const LONGEST_RUN = 512;
const FEW_LINES = 32;
const MOST_SAMPLES = 500_000;

function noTrouble(): ExpositionTrouble {
  return { malformed: 0, notFinite: 0, firstMalformed: null, overflow: 0 };
}

function linesFrom(bytes: Buffer, start: number): number {
  let lines = 0;
  for (let at = start; at < bytes.length; lines++) {
    const newline = bytes.indexOf(LF, at);
    at = newline < 0 ? bytes.length : newline + 1;
  }
  return lines;
}
