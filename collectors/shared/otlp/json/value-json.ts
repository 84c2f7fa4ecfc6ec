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
} from "../fields.ts";
import type { WireReader } from "../wire-reader.ts";

/** Bodies are within the limits when they are stored; a damaged one must not exhaust the stack. */
const MAX_DEPTH = 32;

/** A KeyValue in OTLP's JSON mapping. */
export function keyValueJson(reader: WireReader, end: number, depth = 0): string {
  let key = "";
  let value: string | null = null;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === KEY_VALUE_KEY) {
      const keyEnd = reader.lengthEnd(end);
      key = reader.text(reader.at, keyEnd);
      reader.at = keyEnd;
    } else if (tag === KEY_VALUE_VALUE) value = valueJson(reader, reader.lengthEnd(end), depth);
    else reader.skip(tag, end);
  }
  return value === null ? `{"key":${JSON.stringify(key)}}` : `{"key":${JSON.stringify(key)},"value":${value}}`;
}

function valueJson(reader: WireReader, end: number, depth: number): string {
  let content = "";
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === VALUE_STRING || tag === VALUE_BYTES) {
      const contentEnd = reader.lengthEnd(end);
      const isText = tag === VALUE_STRING;
      const text = reader.bytes.toString(isText ? "utf8" : "base64", reader.at, contentEnd);
      content = `"${isText ? "stringValue" : "bytesValue"}":${JSON.stringify(text)}`;
      reader.at = contentEnd;
    } else if (tag === VALUE_BOOL) content = `"boolValue":${reader.varint(end) !== 0}`;
    else if (tag === VALUE_INT) content = `"intValue":"${reader.int64(end)}"`;
    else if (tag === VALUE_DOUBLE) content = `"doubleValue":${doubleJson(reader.double(end))}`;
    else if (tag === VALUE_ARRAY) content = `"arrayValue":${elementsJson(reader, reader.lengthEnd(end), valueJson, depth + 1)}`;
    else if (tag === VALUE_MAP) content = `"kvlistValue":${elementsJson(reader, reader.lengthEnd(end), keyValueJson, depth + 1)}`;
    else reader.skip(tag, end);
  }
  return `{${content}}`;
}

/** JSON has no words for what is not finite, and `JSON.stringify` none for -0. */
function doubleJson(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? "-0" : String(value);
}

function elementsJson(
  reader: WireReader,
  end: number,
  elementJson: (reader: WireReader, end: number, depth: number) => string,
  depth: number,
): string {
  const elements: string[] = [];
  if (depth > MAX_DEPTH) reader.at = end;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === CONTAINER_VALUES) elements.push(elementJson(reader, reader.lengthEnd(end), depth));
    else reader.skip(tag, end);
  }
  return elements.length === 0 ? "{}" : `{"values":[${elements.join(",")}]}`;
}
