/** Bytes, and the same bytes several at a time. */
export interface ByteText {
  bytes: Buffer;
  view: DataView;
}

export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const QUOTE = 34;
export const HASH = 35;
export const COMMA = 44;
export const EQUALS = 61;
export const BACKSLASH = 92;
export const OPEN = 123;
export const CLOSE = 125;

const TAB = 9;

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

export function skipBlanks(bytes: Buffer, start: number): number {
  let at = start;
  while (isBlank(bytes[at])) at++;
  return at;
}

export function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Of the bytes from `start` to `end`: two lanes, because a multiplication waits for the one before it. */
export function hashOf(view: DataView, start: number, end: number): number {
  let one = end - start;
  let other = SEED;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    one = Math.imul(one ^ view.getInt32(at), MIX);
    other = Math.imul(other ^ view.getInt32(at + 4), MIX);
    one ^= one >>> 15;
    other ^= other >>> 13;
  }
  for (; at < end; at++) one = Math.imul(one ^ view.getUint8(at), MIX);
  const hash = Math.imul(one ^ (one >>> 15) ^ Math.imul(other, MIX), MIX);
  return hash ^ (hash >>> 16);
}

export const MIX = 0x9e3779b1;
/** Nobody outside can tell which names fall together. */
const SEED = Math.floor(Math.random() * 2 ** 31);

/** Whether the bytes from `from` to `to` in one stand at `at` in the other. */
export function isSame(a: ByteText, from: number, to: number, b: ByteText, at: number): boolean {
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

const NOTHING = Buffer.alloc(0);
export const NO_TEXT: ByteText = { bytes: NOTHING, view: viewOf(NOTHING) };
