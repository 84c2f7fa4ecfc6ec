const FIRST_CAPACITY = 1024;

/**
 * Writes protobuf's wire format: shortest varints, in the order of the calls. Tags are as in `fields.ts`. A caller leaves
 * out what has the default value of proto3, so that one message has one encoding.
 */
export class WireWriter {
  private bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  /** Bytes written so far. */
  length = 0;

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  /** Whole numbers from 0 to 2^53. */
  private varint(value: number): void {
    this.reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  number(tag: number, value: number): void {
    this.varint(tag);
    this.varint(value);
  }

  int64(tag: number, value: bigint): void {
    this.varint(tag);
    this.reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.length++] = Number(rest);
  }

  fixed64(tag: number, value: bigint): void {
    this.varint(tag);
    this.reserve(8);
    this.length = this.bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.length);
  }

  double(tag: number, value: number): void {
    this.varint(tag);
    this.reserve(8);
    this.length = this.bytes.writeDoubleLE(value, this.length);
  }

  fixed32(tag: number, value: number): void {
    this.varint(tag);
    this.reserve(4);
    this.length = this.bytes.writeUInt32LE(value, this.length);
  }

  block(tag: number, value: Uint8Array): void {
    this.varint(tag);
    this.varint(value.length);
    this.append(value);
  }

  /** Fields that are written already. */
  append(fields: Uint8Array): void {
    this.reserve(fields.length);
    this.bytes.set(fields, this.length);
    this.length += fields.length;
  }

  text(tag: number, value: string): void {
    const size = Buffer.byteLength(value);
    this.varint(tag);
    this.varint(size);
    this.reserve(size);
    this.length += this.bytes.write(value, this.length);
  }

  /** Writes one message inside another. */
  message(tag: number, write: () => void): void {
    this.varint(tag);
    const start = this.length;
    // Most messages are shorter than 128 bytes, so that one byte is left free for the length; more are made by moving.
    this.reserve(1);
    this.length += 1;
    write();
    const size = this.length - start - 1;
    const more = lengthOfVarint(size) - 1;
    if (more > 0) {
      this.reserve(more);
      this.bytes.copyWithin(start + 1 + more, start + 1, this.length);
    }
    this.length = start + 1 + more + size;
    let rest = size;
    let at = start;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.bytes[at++] = (rest % 128) | 0x80;
    this.bytes[at] = rest;
  }

  /** What was written, without a copy: the writer is not used after it. */
  finish(): Uint8Array {
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset, this.length);
  }
}

function lengthOfVarint(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) length += 1;
  return length;
}
