import { NO_TEXT, type ByteText } from "./byte-text.ts";

export const PLAIN = 0;
/** There are escapes in it. */
export const ESCAPED = 1;
/** There is more in it than ASCII. */
export const WIDE = 2;

/**
 * Names and label values of one exposition, as strings: each is made once, however often its bytes turn up. Bounded: what does
 * not fit any more is made each time.
 */
export class TokenTable {
  #text: ByteText = NO_TEXT;
  #slots = new Int32Array(SMALLEST);
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #hashes: number[] = [];
  readonly #tokens: string[] = [];

  /** Of other bytes: nothing is known of them. */
  begin(text: ByteText): void {
    this.#text = text;
    if (this.#tokens.length === 0) return;
    this.#slots = new Int32Array(SMALLEST);
    this.#starts.length = 0;
    this.#ends.length = 0;
    this.#hashes.length = 0;
    this.#tokens.length = 0;
  }

  /** The text from `start` to `end`, without its escapes. `hash`: of these bytes; `kind`: what is special about them. */
  read(hash: number, start: number, end: number, kind: number): string {
    if (end === start) return "";
    const { bytes } = this.#text;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const token = (this.#slots[slot] ?? 0) - 1;
      if (token < 0) return this.#add(slot, hash, start, end, textOf(bytes, start, end, kind));
      if (this.#hashes[token] === hash && this.#stands(token, start, end)) return this.#tokens[token] ?? "";
      slot = (slot + 1) & mask;
    }
    return textOf(bytes, start, end, kind);
  }

  #stands(token: number, start: number, end: number): boolean {
    const { bytes, view } = this.#text;
    const length = end - start;
    const from = this.#starts[token] ?? 0;
    if ((this.#ends[token] ?? 0) - from !== length) return false;
    let done = 0;
    for (; done + 4 <= length; done += 4) if (view.getInt32(from + done) !== view.getInt32(start + done)) return false;
    for (; done < length; done++) if (bytes[from + done] !== bytes[start + done]) return false;
    return true;
  }

  #add(slot: number, hash: number, start: number, end: number, token: string): string {
    if (this.#tokens.length >= MOST_TOKENS) return token;
    this.#slots[slot] = this.#tokens.length + 1;
    this.#starts.push(start);
    this.#ends.push(end);
    this.#hashes.push(hash);
    this.#tokens.push(token);
    if (this.#tokens.length * 2 > this.#slots.length) this.#grow();
    return token;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (let token = 0; token < this.#hashes.length; token++) {
      let slot = (this.#hashes[token] ?? 0) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = token + 1;
    }
    this.#slots = slots;
  }
}

function textOf(bytes: Buffer, start: number, end: number, kind: number): string {
  const text = bytes.toString((kind & WIDE) === 0 ? "latin1" : "utf8", start, end);
  return (kind & ESCAPED) === 0 ? text : text.replace(/\\(.)/gs, unescape);
}

/** What is no escape stands for itself, as Prometheus reads it. */
function unescape(whole: string, character: string): string {
  if (character === "n") return "\n";
  return character === '"' || character === "\\" ? character : whole;
}

const SMALLEST = 1_024;
const MOST_TOKENS = 65_536;
/** Tokens that were made to fall together cost no more than this each. */
const MOST_PROBES = 16;
