import {
  CONTAINER_VALUES,
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
import type { WireReader } from "./wire-reader.ts";

/** Bodies are within the limits when they are stored; a damaged one must not exhaust the stack. */
const MAX_DEPTH = 32;

/**
 * An AnyValue as the text by which `Attribute` shows it: numbers in decimals, booleans as words, lists and maps as JSON,
 * bytes in base64, nothing as the empty text.
 */
export function valueText(reader: WireReader, end: number): string {
  return readValue(reader, end, false, 0);
}

function readValue(reader: WireReader, end: number, isInner: boolean, depth: number): string {
  let text = isInner ? "null" : "";
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === VALUE_STRING || tag === VALUE_BYTES) {
      const contentEnd = reader.lengthEnd(end);
      const content = reader.bytes.toString(tag === VALUE_STRING ? "utf8" : "base64", reader.at, contentEnd);
      text = isInner ? JSON.stringify(content) : content;
      reader.at = contentEnd;
    } else if (tag === VALUE_BOOL) text = reader.varint(end) === 0 ? "false" : "true";
    else if (tag === VALUE_INT) text = reader.int64(end).toString();
    else if (tag === VALUE_DOUBLE) text = doubleText(reader.double(end), isInner);
    else if (tag === VALUE_ARRAY || tag === VALUE_MAP) text = readContainer(reader, reader.lengthEnd(end), tag === VALUE_MAP, depth + 1);
    else reader.skip(tag, end);
  }
  return text;
}

/** JSON has no words for what is not finite. */
function doubleText(value: number, isInner: boolean): string {
  return isInner && !Number.isFinite(value) ? `"${value}"` : String(value);
}

function readContainer(reader: WireReader, end: number, isMap: boolean, depth: number): string {
  const elements: string[] = [];
  if (depth > MAX_DEPTH) reader.at = end;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === CONTAINER_VALUES) {
      const elementEnd = reader.lengthEnd(end);
      elements.push(isMap ? readEntry(reader, elementEnd, depth) : readValue(reader, elementEnd, true, depth));
    } else reader.skip(tag, end);
  }
  return isMap ? `{${elements.join(",")}}` : `[${elements.join(",")}]`;
}

function readEntry(reader: WireReader, end: number, depth: number): string {
  let key = "";
  let value = "null";
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === KEY_VALUE_KEY) {
      const keyEnd = reader.lengthEnd(end);
      key = reader.text(reader.at, keyEnd);
      reader.at = keyEnd;
    } else if (tag === KEY_VALUE_VALUE) value = readValue(reader, reader.lengthEnd(end), true, depth);
    else reader.skip(tag, end);
  }
  return `${JSON.stringify(key)}:${value}`;
}
