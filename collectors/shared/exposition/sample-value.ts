import { CR, isBlank, LF } from "./byte-text.ts";

/** What stands behind the series in a line. */
export type ValueKind = "finite" | "not-finite" | "malformed";

const DOT = 46;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;

/** As many digits as a double holds whatever they are. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

const REST =
  /^[ \t]+([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?[Ii]nf(?:inity)?|[Nn]a[Nn])(?:[ \t]+-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)?(?:[ \t]+#[ \t]*\{.*\}[ \t]+[^ \t]+(?:[ \t]+[^ \t\r]+)?)?[ \t\r]*$/;

/**
 * Reads values where they stand. One that is written with up to 15 digits is worked out from its bytes, exactly; all others
 * go through a string. A time and an exemplar behind a value are passed over.
 */
export class SampleValue {
  value = 0;
  /** Where the next line begins. */
  next = 0;

  /** `at`: the first byte behind the series. */
  read(bytes: Buffer, at: number): ValueKind {
    const end = bytes.length;
    let from = at;
    while (from < end && isBlank(bytes[from])) from++;
    let digits = 0;
    let fraction = 0;
    let value = 0;
    let place = from;
    for (; place < end; place++) {
      const byte = bytes[place] ?? 0;
      if (byte >= ZERO && byte <= NINE) {
        value = value * 10 + byte - ZERO;
        digits++;
        if (fraction > 0) fraction++;
      } else if (byte === DOT && fraction === 0) fraction = 1;
      else break;
    }
    if (from > at && digits > 0 && digits <= EXACT_DIGITS && this.#ends(bytes, place)) {
      // One division of two exact numbers is rounded once, as a parser of decimals would.
      this.value = fraction > 1 ? value / (POWERS[fraction - 1] ?? 1) : value;
      return "finite";
    }
    return this.#readText(bytes, at);
  }

  /** Whether nothing but a time stands before the line's end. */
  #ends(bytes: Buffer, at: number): boolean {
    const end = bytes.length;
    let place = at;
    while (place < end && isBlank(bytes[place])) place++;
    if (place > at && place < end && bytes[place] !== LF && bytes[place] !== CR) {
      if (bytes[place] === MINUS) place++;
      const first = place;
      while (place < end && isDigit(bytes[place])) place++;
      if (place === first) return false;
      while (place < end && isBlank(bytes[place])) place++;
    }
    while (place < end && (bytes[place] === CR || isBlank(bytes[place]))) place++;
    if (place < end && bytes[place] !== LF) return false;
    this.next = place + 1;
    return true;
  }

  #readText(bytes: Buffer, at: number): ValueKind {
    const newline = bytes.indexOf(LF, at);
    const end = newline < 0 ? bytes.length : newline;
    this.next = end + 1;
    const text = REST.exec(bytes.toString("latin1", at, end))?.[1];
    if (text === undefined) return "malformed";
    // What Number does not know (NaN, Inf) is not finite either.
    this.value = Number(text);
    return Number.isFinite(this.value) ? "finite" : "not-finite";
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
