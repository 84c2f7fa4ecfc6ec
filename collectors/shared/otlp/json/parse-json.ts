import { WeftError } from "#lib/model/errors.ts";

/** A number too long for a double, outside quotes or, by mistake, in a text: then the reading is slow, and as good. */
const LONG_NUMBER = /[:[,]\s*-?(?:9\d{15}|\d{17})/;
const LONG_INTEGER = /^-?\d{16,20}$/;

/** Parses JSON; whole numbers that a double cannot hold become text, so that no digit is lost. Throws INVALID. */
export function parseJson(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch (cause) {
    // A reviver walks the value by recursion, and so meets the end of the stack where a value is nested without end.
    throw new WeftError("INVALID", "The request is not valid JSON.", { cause });
  }
}

function keepDigits(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && !Number.isSafeInteger(value) && source !== undefined && LONG_INTEGER.test(source) ? source : value;
}
