import {
  BACKSLASH,
  CLOSE,
  COMMA,
  EQUALS,
  hashOf,
  isBlank,
  isSame,
  LF,
  MIX,
  NO_TEXT,
  OPEN,
  QUOTE,
  skipBlanks,
  type ByteText,
} from "./byte-text.ts";
import { LabelShapes, type LabelShape } from "./label-shape.ts";
import { endOfSeries, parseSeries, type Series } from "./series.ts";
import { ESCAPED, PLAIN, TokenTable, WIDE } from "./token-table.ts";

/**
 * Takes series apart where they stand. A line of an exposition differs in little from the one before: labels that are the same
 * bytes at the same place are taken over, and only the rest is looked at byte by byte. Spellings that no client writes (names
 * in quotes, blanks around signs) go through a string. Of a family that is not wanted only the end is found.
 */
export class SeriesParser {
  readonly #tokens = new TokenTable();
  #text: ByteText = NO_TEXT;
  #wants: (name: string) => boolean = isAnything;
  readonly #families = new Map<string, boolean>();
  /** Whether the name of the series parsed last is one of those that are wanted; only then `series` may be asked. */
  isWanted = true;
  /** The series parsed last, where it went through a string. */
  #spelled: Series | null = null;
  #name = "";
  #nameHash = 0;
  #nameFrom = 0;
  #nameTo = 0;
  #count = 0;
  /** Of each label: where its key begins, its value begins, and the quote behind it stands, in the line that last changed it. */
  readonly #keyAt: number[] = [];
  readonly #valueAt: number[] = [];
  readonly #quoteAt: number[] = [];
  /** Of key and value, and of the place of the label. */
  readonly #hashes: number[] = [];
  readonly #keys: string[] = [];
  readonly #keyHashes: number[] = [];
  readonly #valueHashes: number[] = [];
  /** Whether the value has escapes, and bytes that are not ASCII. */
  readonly #kinds: number[] = [];
  readonly #shapes = new LabelShapes();
  /** What the last series was built of, the next one is a copy of with what changed since then. */
  #shape: LabelShape | null = null;
  #labels: Readonly<Record<string, string>> = {};
  #built = 0;
  readonly #isChanged: boolean[] = [];
  /** So many labels in the last line, from the first on, were those of the line before it; it begins there, and they end there. */
  #steady = 0;
  #steadyFrom = 0;
  #steadyTo = 0;
  /** Of the value that was read last. */
  #kind: number = PLAIN;

  /** `wants`: asked once for each name in the bytes. */
  begin(text: ByteText, wants: ((name: string) => boolean) | undefined): void {
    this.#text = text;
    this.#tokens.begin(text);
    this.#wants = wants ?? isAnything;
    this.#families.clear();
    this.#nameFrom = 0;
    this.#nameTo = 0;
    this.#keyAt.length = 0;
    this.#valueAt.length = 0;
    this.#quoteAt.length = 0;
    this.#keys.length = 0;
    this.#hashes.length = 0;
    this.#keyHashes.length = 0;
    this.#valueHashes.length = 0;
    this.#kinds.length = 0;
    this.#isChanged.length = 0;
    this.#shapes.clear();
    this.#shape = null;
    this.#labels = {};
    this.#steady = 0;
    this.#spelled = null;
  }

  /** Where the series ends that begins at `start`; below 0 = what stands there is none. */
  parse(start: number): number {
    const { bytes } = this.#text;
    this.#spelled = null;
    if (this.#steady > 0 && this.isWanted && isSame(this.#text, this.#steadyFrom, this.#steadyTo, this.#text, start)) {
      const steadyTo = start + this.#steadyTo - this.#steadyFrom;
      const end = this.#readLabels(start, behindComma(bytes, steadyTo), this.#steady, steadyTo);
      if (end >= 0) return end;
    }
    const name = this.#readName(start);
    if (name === start) return this.#parseText(start);
    if (bytes[name] !== OPEN) {
      if (!isBlank(bytes[name])) return -1;
      if (bytes[skipBlanks(bytes, name)] === OPEN) return this.#parseText(start);
      this.#count = 0;
      return name;
    }
    if (!this.isWanted) return endOfSeries(bytes, start);
    const end = this.#readLabels(start, name + 1, 0, name + 1);
    return end < 0 ? this.#parseText(start) : end;
  }

  /** What was parsed last. */
  series(): Series {
    if (this.#spelled !== null) return this.#spelled;
    return { name: this.#name, labels: this.#count === 0 ? {} : this.#build() };
  }

  #build(): Readonly<Record<string, string>> {
    const count = this.#count;
    const isSameShape = this.#shape !== null && this.#built === count;
    const shape = isSameShape && this.#shape !== null ? this.#shape : this.#shapes.of(this.#keys, count);
    const labels = { ...(isSameShape ? this.#labels : shape.empty) };
    const writesAll = !isSameShape || !shape.isUnique;
    for (let label = 0; label < count; label++) {
      if (!writesAll && this.#isChanged[label] !== true) continue;
      labels[this.#keys[label] ?? ""] = this.#valueOf(label);
      this.#isChanged[label] = false;
    }
    this.#shape = shape;
    this.#built = count;
    this.#labels = labels;
    return labels;
  }

  #valueOf(label: number): string {
    const start = this.#valueAt[label] ?? 0;
    return this.#tokens.read(this.#valueHashes[label] ?? 0, start, this.#quoteAt[label] ?? 0, this.#kinds[label] ?? PLAIN);
  }

  /** Of the series parsed last: the same for the same bytes. */
  hash(): number {
    let hash = this.#nameHash;
    if (this.#spelled !== null) return hash;
    for (let label = 0; label < this.#count; label++) hash = (hash + (this.#hashes[label] ?? 0)) | 0;
    return hash ^ (hash >>> 16);
  }

  #parseText(start: number): number {
    const { bytes } = this.#text;
    const end = endOfSeries(bytes, start);
    if (end < 0) return -1;
    const series = parseSeries(bytes.toString("utf8", start, end));
    if (series === null) return -1;
    this.#spelled = series;
    this.isWanted = this.#isWantedName(series.name);
    this.#nameHash = hashOf(this.#text.view, start, end);
    // The name remembered is another one.
    [this.#nameFrom, this.#nameTo] = [0, 0];
    this.#steady = 0;
    return end;
  }

  /** Where the plain name ends that begins here; the same place where none does. */
  #readName(start: number): number {
    const text = this.#text;
    const { bytes } = text;
    const length = this.#nameTo - this.#nameFrom;
    if (length > 0 && !isNamePart(bytes[start + length]) && isSame(text, this.#nameFrom, this.#nameTo, text, start)) return start + length;
    if (isDigit(bytes[start])) return start;
    let at = start;
    while (isNamePart(bytes[at])) at++;
    if (at === start) return start;
    this.#nameHash = hashOf(text.view, start, at);
    this.#name = this.#tokens.read(this.#nameHash, start, at, PLAIN);
    [this.#nameFrom, this.#nameTo] = [start, at];
    this.#steady = 0;
    this.isWanted = this.#isWantedName(this.#name);
    return at;
  }

  #isWantedName(name: string): boolean {
    const known = this.#families.get(name);
    if (known !== undefined) return known;
    const isWanted = this.#wants(name);
    if (this.#families.size < MOST_FAMILIES) this.#families.set(name, isWanted);
    return isWanted;
  }

  /** From the label that begins at `from` on, the first `known` ones being those of the line before. Below 0 = not spelled plainly. */
  #readLabels(start: number, from: number, known: number, knownTo: number): number {
    const { bytes } = this.#text;
    let at = from;
    let label = known;
    let steady = known;
    let steadyTo = knownTo;
    this.#steady = 0;
    while (at >= 0 && bytes[at] !== CLOSE) {
      const taken = this.#sameLabel(label, at);
      const behind = taken > 0 ? taken : this.#readLabel(label, at, -taken);
      if (behind < 0) return -1;
      if (taken > 0 && steady === label) {
        steady++;
        steadyTo = behind;
      }
      label++;
      at = behindComma(bytes, behind);
    }
    if (at < 0) return -1;
    this.#count = label;
    this.#steady = steady;
    this.#steadyFrom = start;
    this.#steadyTo = steadyTo;
    return at + 1;
  }

  /** Behind the label, if it is the one remembered; else how many bytes are the same up to its value, negated: 0 = its key is another. */
  #sameLabel(label: number, at: number): number {
    if (label >= this.#keys.length) return 0;
    const { bytes, view } = this.#text;
    const from = this.#keyAt[label] ?? 0;
    const key = (this.#valueAt[label] ?? 0) - from;
    const whole = (this.#quoteAt[label] ?? 0) + 1 - from;
    const most = Math.min(whole, bytes.length - at);
    let same = 0;
    while (same + 4 <= most && view.getInt32(from + same) === view.getInt32(at + same)) same += 4;
    while (same < most && bytes[from + same] === bytes[at + same]) same++;
    if (same === whole) return at + whole;
    return same >= key ? -key : 0;
  }

  /** Behind the label that begins at `at`; `key`: how long its known key is, with `="`, 0 = it has another. Below 0 = not plain. */
  #readLabel(label: number, at: number, key: number): number {
    const { bytes, view } = this.#text;
    let value = at + key;
    let keyEnd = at;
    if (key === 0) {
      if (isDigit(bytes[at])) return -1;
      while (isLabelPart(bytes[keyEnd])) keyEnd++;
      if (keyEnd === at || bytes[keyEnd] !== EQUALS || bytes[keyEnd + 1] !== QUOTE) return -1;
      value = keyEnd + 2;
    }
    const quote = this.#closingQuote(value);
    if (quote < 0) return -1;
    if (key === 0) {
      const hash = hashOf(view, at, keyEnd);
      this.#keys[label] = this.#tokens.read(hash, at, keyEnd, PLAIN);
      this.#keyHashes[label] = hash;
      this.#shape = null;
    }
    const hash = hashOf(view, value, quote);
    this.#valueHashes[label] = hash;
    this.#hashes[label] = Math.imul((this.#keyHashes[label] ?? 0) ^ Math.imul(hash + label, MIX), MIX);
    this.#kinds[label] = this.#kind;
    this.#isChanged[label] = true;
    this.#keyAt[label] = at;
    this.#valueAt[label] = value;
    this.#quoteAt[label] = quote;
    return quote + 1;
  }

  /** Tells on its way of which kind the value is. */
  #closingQuote(start: number): number {
    const { bytes } = this.#text;
    const end = bytes.length;
    this.#kind = PLAIN;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (IN_VALUE[byte] === 0) continue;
      if (byte === QUOTE) return at;
      if (byte === LF) return -1;
      if (byte === BACKSLASH) {
        this.#kind |= ESCAPED;
        // An escape carries no line over its end.
        if (bytes[at + 1] !== LF) at++;
        if ((bytes[at] ?? 0) >= NOT_ASCII) this.#kind |= WIDE;
      } else this.#kind |= WIDE;
    }
    return -1;
  }
}

/** Names of families that are remembered to be wanted or not. */
const MOST_FAMILIES = 4_096;
const NOT_ASCII = 128;

const NAME_PART = 1;
const COLON = 2;
const DIGIT = 4;
const IN_NAME = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  if (/\d/.test(character)) return DIGIT;
  if (character === ":") return COLON;
  return /\w/.test(character) ? NAME_PART : 0;
});
/** What ends a value or makes it other than plain ASCII. */
const IN_VALUE = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === QUOTE || byte === BACKSLASH || byte === LF || byte >= NOT_ASCII ? 1 : 0,
);

function isNamePart(byte: number | undefined): boolean {
  return byte !== undefined && IN_NAME[byte] !== 0;
}

function isLabelPart(byte: number | undefined): boolean {
  return byte !== undefined && ((IN_NAME[byte] ?? 0) & (NAME_PART | DIGIT)) !== 0;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && IN_NAME[byte] === DIGIT;
}

/** Where the next label begins or the brace that ends them stands, from behind a value. */
function behindComma(bytes: Buffer, at: number): number {
  if (bytes[at] === CLOSE) return at;
  return bytes[at] === COMMA ? skipBlanks(bytes, at + 1) : -1;
}

const isAnything = (): boolean => true;
