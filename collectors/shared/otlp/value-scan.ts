import {
  CONTAINER_VALUES,
  KEY_VALUE_IS_CUT,
  KEY_VALUE_KEY,
  KEY_VALUE_VALUE,
  VALUE_ARRAY,
  VALUE_BOOL,
  VALUE_BYTES,
  VALUE_DOUBLE,
  VALUE_INT,
  VALUE_MAP,
  VALUE_STRING,
} from "./fields.ts";
import type { SpanLimits } from "./limits.ts";
import type { WireReader } from "./wire-reader.ts";

export const KEY_VALUE_TAGS = [KEY_VALUE_KEY, KEY_VALUE_VALUE, KEY_VALUE_IS_CUT];
export const VALUE_TAGS = [VALUE_STRING, VALUE_BOOL, VALUE_INT, VALUE_DOUBLE, VALUE_ARRAY, VALUE_MAP, VALUE_BYTES];
export const CONTAINER_TAGS = [CONTAINER_VALUES];

/** What a key, a value and the tags around them may take up beyond the value itself. */
const OVERHEAD = 64;

/** One attribute checked and taken apart, without decoding it. One object serves for many. */
export class AttributeScan {
  keyAt = 0;
  keyEnd = 0;
  /** The AnyValue message; an attribute without one has an empty range. */
  valueAt = 0;
  valueEnd = 0;
  /** Tag of the kind of value, 0 = none. Then its content: text, bytes or elements, or the eight bytes of a double. */
  type = 0;
  contentAt = 0;
  contentEnd = 0;
  /** Of a whole number or a boolean; see `WireReader.varint`. */
  number = 0;
  /** The value is the beginning of a longer one, by an earlier cut. */
  isCut = false;
  /** Something is over a limit. */
  isOver = false;

  private readonly limits: SpanLimits;

  constructor(limits: SpanLimits) {
    this.limits = limits;
  }

  /** Reads a KeyValue that ends at `end`. Throws INVALID for what is none. */
  keyValue(reader: WireReader, end: number): void {
    const start = reader.at;
    this.keyAt = this.keyEnd = this.valueAt = this.valueEnd = this.type = 0;
    this.isCut = this.isOver = false;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === KEY_VALUE_KEY) {
        this.keyEnd = reader.lengthEnd(end);
        this.keyAt = reader.at;
        reader.at = this.keyEnd;
      } else if (tag === KEY_VALUE_VALUE) {
        this.valueEnd = reader.lengthEnd(end);
        this.valueAt = reader.at;
        this.anyValue(reader, this.valueEnd);
      } else if (tag === KEY_VALUE_IS_CUT) this.isCut = reader.varint(end) !== 0;
      else reader.pass(tag, end, KEY_VALUE_TAGS);
    }
    const keyBytes = this.keyEnd - this.keyAt;
    const rest = end - start - keyBytes - (this.type === 0 ? 0 : this.contentEnd - this.contentAt);
    // A character has at least one byte, so most keys need not be counted.
    if (
      rest > OVERHEAD ||
      (keyBytes > this.limits.nameCharacters && isLonger(reader.bytes, this.keyAt, this.keyEnd, this.limits.nameCharacters))
    )
      this.isOver = true;
  }

  /** Reads an AnyValue that ends at `end`; of several kinds of value the last one counts, as in any oneof. */
  anyValue(reader: WireReader, end: number): void {
    this.type = 0;
    while (reader.at < end) {
      const tag = reader.tag(end);
      this.contentAt = reader.at;
      if (tag === VALUE_STRING || tag === VALUE_BYTES) {
        this.contentEnd = reader.lengthEnd(end);
        this.contentAt = reader.at;
        reader.at = this.contentEnd;
        if (this.contentEnd - this.contentAt > this.limits.valueBytes) this.isOver = true;
      } else if (tag === VALUE_INT || tag === VALUE_BOOL) {
        this.number = reader.varint(end);
        this.contentEnd = reader.at;
      } else if (tag === VALUE_DOUBLE) {
        reader.fixed(8, end);
        this.contentEnd = reader.at;
      } else if (tag === VALUE_ARRAY || tag === VALUE_MAP) {
        const contentEnd = reader.lengthEnd(end);
        const contentAt = reader.at;
        if (contentEnd - contentAt > this.limits.valueBytes) this.isOver = true;
        this.container(reader, contentEnd, tag === VALUE_MAP, 1);
        this.contentAt = contentAt;
        this.contentEnd = contentEnd;
      } else {
        reader.pass(tag, end, VALUE_TAGS);
        continue;
      }
      this.type = tag;
    }
  }

  /** What stands deeper than the limit is not looked at: it is not kept either. */
  private container(reader: WireReader, end: number, isMap: boolean, depth: number): void {
    if (depth > this.limits.nesting) {
      this.isOver = true;
      reader.at = end;
      return;
    }
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag !== CONTAINER_VALUES) {
        reader.pass(tag, end, CONTAINER_TAGS);
        continue;
      }
      const elementEnd = reader.lengthEnd(end);
      if (isMap) this.innerKeyValue(reader, elementEnd, depth);
      else this.innerValue(reader, elementEnd, depth);
    }
  }

  private innerKeyValue(reader: WireReader, end: number, depth: number): void {
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === KEY_VALUE_KEY) reader.at = reader.lengthEnd(end);
      else if (tag === KEY_VALUE_VALUE) this.innerValue(reader, reader.lengthEnd(end), depth);
      else reader.pass(tag, end, KEY_VALUE_TAGS);
    }
  }

  private innerValue(reader: WireReader, end: number, depth: number): void {
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === VALUE_ARRAY || tag === VALUE_MAP) this.container(reader, reader.lengthEnd(end), tag === VALUE_MAP, depth + 1);
      else if (tag === VALUE_STRING || tag === VALUE_BYTES) reader.at = reader.lengthEnd(end);
      else reader.pass(tag, end, VALUE_TAGS);
    }
  }
}

/** Whether UTF-8 text has more characters than `most`. */
export function isLonger(bytes: Uint8Array, at: number, end: number, most: number): boolean {
  return end - at > most && endOfCharacters(bytes, at, end, most) < end;
}

/** Where the first `most` characters end: one begins at every byte that does not continue one, and has at most four bytes. */
export function endOfCharacters(bytes: Uint8Array, at: number, end: number, most: number): number {
  let characters = 0;
  const furthest = Math.min(end, at + most * 4);
  for (let index = at; index < furthest; index += 1) {
    if (isContinuation(bytes[index])) continue;
    if (characters === most) return index;
    characters += 1;
  }
  return furthest;
}

/** Where at most `most` bytes of whole characters end. */
export function endOfBytes(bytes: Uint8Array, at: number, end: number, most: number): number {
  if (end - at <= most) return end;
  let index = at + Math.max(0, most);
  // A character has at most four bytes; longer runs are no UTF-8, and may be cut anywhere.
  for (let back = 0; back < 3 && index > at && isContinuation(bytes[index]); back += 1) index -= 1;
  return index;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
