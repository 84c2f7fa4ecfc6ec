const SLOTS = 4096;
const MAX_LENGTH = 96;

/**
 * Texts by their bytes, for those that come again and again: names of services and operations. Holds the last text of
 * each slot and nothing else, so that made-up names cost time but no memory. Only ASCII is found again.
 */
export class TextCache {
  private readonly texts = Array.from<string>({ length: SLOTS }).fill("");

  /** UTF-8 between two offsets of `bytes`. */
  read(bytes: Buffer, at: number, end: number): string {
    const length = end - at;
    if (length > MAX_LENGTH) return bytes.toString("utf8", at, end);
    let hash = length;
    // Offsets are inside the array: the caller has checked them.
    for (let index = at; index < end; index += 1) hash = Math.imul(hash ^ (bytes[index] as number), 0x0100_0193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const kept = this.texts[slot] ?? "";
    if (isSame(kept, bytes, at, length)) return kept;
    const text = bytes.toString("utf8", at, end);
    if (text.length === length) this.texts[slot] = text;
    return text;
  }
}

/** Kept texts are ASCII, or hold U+FFFD, which is no byte. */
function isSame(text: string, bytes: Buffer, at: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index += 1) if (text.charCodeAt(index) !== bytes[at + index]) return false;
  return true;
}
