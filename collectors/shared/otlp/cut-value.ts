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
import type { CutNotes } from "./cut-notes.ts";
import type { SpanLimits } from "./limits.ts";
import { endOfBytes, endOfCharacters, type AttributeScan } from "./value-scan.ts";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** What one element of a list takes up beside its content: four tags and their lengths, at most. */
const ELEMENT_OVERHEAD = 16;

/** Writes attributes within the limits. */
export class AttributeCutter {
  private readonly reader: WireReader;
  private readonly writer: WireWriter;
  private readonly limits: SpanLimits;
  private isTooDeep = false;

  constructor(reader: WireReader, writer: WireWriter, limits: SpanLimits) {
    this.reader = reader;
    this.writer = writer;
    this.limits = limits;
  }

  /**
   * Writes the attribute that `scan` has just read from `at` on. `owner` says whose it is, for the sentence, and is empty for
   * the span's own. `characters` bounds a text tighter than the limit on bytes does.
   */
  attribute(tag: number, scan: AttributeScan, at: number, owner: string, notes: CutNotes, characters = Infinity): void {
    const { reader, writer, limits } = this;
    if (!scan.isOver && characters === Infinity) {
      writer.block(tag, reader.part(at, reader.at));
      return;
    }
    const { keyAt, keyEnd, valueEnd } = scan;
    const keptKeyEnd = endOfCharacters(reader.bytes, keyAt, keyEnd, limits.nameCharacters);
    const name = `${owner}${reader.text(keyAt, Math.min(keptKeyEnd, keyAt + 256))}`;
    if (keptKeyEnd < keyEnd) notes.beginning(`the key ${name}`, keptKeyEnd - keyAt, keyEnd - keyAt, "bytes");
    writer.message(tag, () => {
      if (keptKeyEnd > keyAt) writer.block(KEY_VALUE_KEY, reader.part(keyAt, keptKeyEnd));
      let isCut = scan.isCut;
      if (valueEnd > 0) {
        writer.message(KEY_VALUE_VALUE, () => {
          if (this.ownValue(scan, name, notes, characters)) isCut = true;
        });
      }
      if (isCut) writer.number(KEY_VALUE_IS_CUT, 1);
    });
  }

  /** True = cut. */
  private ownValue(scan: AttributeScan, name: string, notes: CutNotes, characters: number): boolean {
    const { reader, writer, limits } = this;
    const { type, contentAt, contentEnd, valueAt, valueEnd } = scan;
    if (type === VALUE_STRING || type === VALUE_BYTES) {
      const bytesEnd =
        type === VALUE_BYTES
          ? Math.min(contentEnd, contentAt + limits.valueBytes)
          : endOfBytes(reader.bytes, contentAt, contentEnd, limits.valueBytes);
      const keptEnd =
        type === VALUE_STRING && characters < Infinity ? endOfCharacters(reader.bytes, contentAt, bytesEnd, characters) : bytesEnd;
      writer.block(type, reader.part(contentAt, keptEnd));
      if (keptEnd === contentEnd) return false;
      notes.beginning(name, keptEnd - contentAt, contentEnd - contentAt, "bytes");
      return true;
    }
    const start = writer.length;
    this.isTooDeep = false;
    const isShorter = this.value(valueAt, valueEnd, limits.valueBytes, 0);
    if (this.isTooDeep) notes.depth(name, limits.nesting);
    if (isShorter) notes.beginning(name, writer.length - start, valueEnd - valueAt, "bytes");
    return isShorter || this.isTooDeep;
  }

  /** Writes the content of an AnyValue in about `budget` bytes, never more. True = something was left out for want of room. */
  private value(at: number, end: number, budget: number, depth: number): boolean {
    const { reader, writer } = this;
    // Of several kinds of value in one message the last one counts.
    let last = { tag: 0, at, end: at };
    reader.at = at;
    while (reader.at < end) {
      const tag = reader.tag(end);
      const isBlock = tag === VALUE_STRING || tag === VALUE_BYTES || tag === VALUE_ARRAY || tag === VALUE_MAP;
      const contentEnd = isBlock ? reader.lengthEnd(end) : 0;
      const contentAt = reader.at;
      if (isBlock) reader.at = contentEnd;
      else reader.skip(tag, end);
      if (isBlock || tag === VALUE_BOOL || tag === VALUE_INT || tag === VALUE_DOUBLE) last = { tag, at: contentAt, end: reader.at };
    }
    const { tag } = last;
    if (tag === VALUE_STRING || tag === VALUE_BYTES) {
      const keptEnd = endOfBytes(reader.bytes, last.at, last.end, budget);
      writer.block(tag, reader.part(last.at, keptEnd));
      return keptEnd < last.end;
    }
    if (tag === VALUE_ARRAY || tag === VALUE_MAP) return this.container(tag, last.at, last.end, budget, depth + 1);
    reader.at = last.at;
    if (tag === VALUE_INT) writer.int64(tag, reader.int64(last.end));
    else if (tag === VALUE_BOOL) writer.number(tag, reader.varint(last.end) === 0 ? 0 : 1);
    else if (tag === VALUE_DOUBLE) writer.double(tag, reader.double(last.end));
    return false;
  }

  private container(tag: number, at: number, end: number, budget: number, depth: number): boolean {
    const { reader, writer } = this;
    if (depth > this.limits.nesting) {
      this.isTooDeep = true;
      return false;
    }
    let isShorter = false;
    writer.message(tag, () => {
      const start = writer.length;
      for (let next = at; next < end;) {
        reader.at = next;
        const inner = reader.tag(end);
        if (inner !== CONTAINER_VALUES) {
          reader.skip(inner, end);
          next = reader.at;
          continue;
        }
        next = reader.lengthEnd(end);
        const room = budget - (writer.length - start) - ELEMENT_OVERHEAD;
        if (room < 0) {
          isShorter = true;
          return;
        }
        const elementAt = reader.at;
        writer.message(CONTAINER_VALUES, () => {
          if (tag === VALUE_MAP ? this.entry(elementAt, next, room, depth) : this.value(elementAt, next, room, depth)) isShorter = true;
        });
      }
    });
    return isShorter;
  }

  private entry(at: number, end: number, budget: number, depth: number): boolean {
    const { reader, writer } = this;
    let key = { at, end: at };
    let value: { at: number; end: number } | null = null;
    reader.at = at;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === KEY_VALUE_KEY || tag === KEY_VALUE_VALUE) {
        const partEnd = reader.lengthEnd(end);
        if (tag === KEY_VALUE_KEY) key = { at: reader.at, end: partEnd };
        else value = { at: reader.at, end: partEnd };
        reader.at = partEnd;
      } else reader.skip(tag, end);
    }
    const keyEnd = endOfBytes(reader.bytes, key.at, key.end, budget);
    if (keyEnd > key.at) writer.block(KEY_VALUE_KEY, reader.part(key.at, keyEnd));
    const room = budget - (keyEnd - key.at) - ELEMENT_OVERHEAD;
    if (value === null) return keyEnd < key.end;
    if (room < 0) return true;
    const { at: valueAt, end: valueEnd } = value;
    let isShorter = keyEnd < key.end;
    writer.message(KEY_VALUE_VALUE, () => {
      if (this.value(valueAt, valueEnd, room, depth)) isShorter = true;
    });
    return isShorter;
  }
}
