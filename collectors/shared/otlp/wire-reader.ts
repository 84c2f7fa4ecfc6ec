import { WeftError } from "#lib/model/errors.ts";

import { FIXED32, FIXED64, LENGTH, VARINT } from "./fields.ts";

const START_GROUP = 3;
const END_GROUP = 4;
/** Bytes of the longest varint: 64 bits, seven a byte. */
const MAX_VARINT = 10;
const MAX_GROUPS = 32;
const MAX_TAG = 0xffff_ffff;

/**
 * Reads protobuf's wire format. Every method takes the offset at which the enclosing message ends and throws INVALID for
 * what does not fit before it, so that no input is read beyond its end and every step moves on.
 */
export class WireReader {
  readonly bytes: Buffer;
  /** Offset of the next byte. */
  at = 0;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Field number times 8 plus wire type. */
  tag(end: number): number {
    const { at } = this;
    // Nearly all tags have one byte. Offsets below the end are inside the array: it is checked where a length is read.
    const byte = at < end ? (this.bytes[at] as number) : 0;
    if (byte >= 8 && byte < 0x80) {
      this.at = at + 1;
      return byte;
    }
    const tag = this.varint(end);
    if (tag < 8 || tag > MAX_TAG) throw malformed("a field has a number that protobuf does not allow", at);
    return tag;
  }

  /** An unsigned varint, exact up to 2^53 and no less than that above. */
  varint(end: number): number {
    if (this.at >= end) throw malformed("a number is cut off", this.at);
    const byte = this.bytes[this.at] as number;
    if (byte >= 0x80) return this.longVarint(end);
    this.at += 1;
    return byte;
  }

  private longVarint(end: number): number {
    const start = this.at;
    let value = 0;
    let unit = 1;
    for (let length = 1; length <= MAX_VARINT; length += 1) {
      if (this.at >= end) throw malformed("a number is cut off", start);
      const byte = this.bytes[this.at] as number;
      this.at += 1;
      value += (byte & 0x7f) * unit;
      unit *= 128;
      if (byte < 0x80) {
        if (length === MAX_VARINT && byte > 1) break;
        return value;
      }
    }
    throw malformed("a number is longer than 64 bits", start);
  }

  /** A signed 64-bit varint. */
  int64(end: number): bigint {
    const start = this.at;
    this.varint(end);
    let value = 0n;
    for (let at = this.at - 1; at >= start; at -= 1) value = (value << 7n) | BigInt((this.bytes[at] as number) & 0x7f);
    return BigInt.asIntN(64, value);
  }

  /** Reads a length; the answer is the offset at which what it measures ends. */
  lengthEnd(end: number): number {
    const start = this.at;
    if (start < end) {
      const byte = this.bytes[start] as number;
      if (byte < 0x80 && byte < end - start) {
        this.at = start + 1;
        return start + 1 + byte;
      }
    }
    const length = this.varint(end);
    if (length > end - this.at) throw malformed(`a field of ${length} bytes runs over the end of its message`, start);
    return this.at + length;
  }

  fixed64(end: number): bigint {
    const at = this.fixed(8, end);
    return this.view.getBigUint64(at, true);
  }

  /** Eight bytes that were moved over before; -1 = a field that is not there, which means 0. */
  fixed64At(at: number): bigint {
    return at < 0 ? 0n : this.view.getBigUint64(at, true);
  }

  double(end: number): number {
    const at = this.fixed(8, end);
    return this.view.getFloat64(at, true);
  }

  fixed32(end: number): number {
    const at = this.fixed(4, end);
    return this.view.getUint32(at, true);
  }

  /** Moves over a value of `size` bytes; the answer is where it began. */
  fixed(size: number, end: number): number {
    const at = this.at;
    if (size > end - at) throw malformed("a number is cut off", at);
    this.at = at + size;
    return at;
  }

  /** Moves over the value of an unknown field. */
  skip(tag: number, end: number): void {
    const wireType = tag & 7;
    if (wireType === LENGTH) this.at = this.lengthEnd(end);
    else if (wireType === VARINT) this.varint(end);
    else if (wireType === FIXED64) this.fixed(8, end);
    else if (wireType === FIXED32) this.fixed(4, end);
    else if (wireType === START_GROUP) this.skipGroup(tag, end);
    else throw this.wrong(wireType === END_GROUP ? "a group ends that did not begin" : "a field has a type that protobuf does not know");
  }

  private skipGroup(tag: number, end: number): void {
    const start = this.at;
    const open = [tag >>> 3];
    while (open.length > 0) {
      if (this.at >= end) throw malformed("a group does not end", start);
      const inner = this.tag(end);
      const wireType = inner & 7;
      if (wireType === START_GROUP) {
        if (open.length >= MAX_GROUPS) throw malformed(`groups stand more than ${MAX_GROUPS} deep in one another`, start);
        open.push(inner >>> 3);
      } else if (wireType === END_GROUP) {
        if (open.pop() !== inner >>> 3) throw this.wrong("a group ends that did not begin");
      } else this.skip(inner, end);
    }
  }

  /**
   * Moves over a field that the caller does not read. A field of another wire type than it has in `known` is an error: what
   * follows cannot be what it claims to be.
   */
  pass(tag: number, end: number, known: readonly number[]): void {
    const field = tag >>> 3;
    for (const one of known) if (one >>> 3 === field && one !== tag) throw this.wrong(`field ${field} has another type than OTLP says`);
    this.skip(tag, end);
  }

  /** UTF-8; bytes that are none become U+FFFD. */
  text(at: number, end: number): string {
    return this.bytes.toString("utf8", at, end);
  }

  /** The same memory, not a copy. */
  part(at: number, end: number): Uint8Array {
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + at, end - at);
  }

  /** An error at the byte before the next one. */
  wrong(what: string): WeftError {
    return malformed(what, this.at - 1);
  }
}

function malformed(what: string, at: number): WeftError {
  return new WeftError("INVALID", `The request is not a valid OTLP message: ${what} at byte ${at}.`);
}
