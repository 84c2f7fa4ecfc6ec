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
import type { WireWriter } from "../wire-writer.ts";

import { childOf, eachOf, int64Of, textOf, wrongAt, type JsonObject, type Place } from "./place.ts";

/** Writes the attributes of one message. `nesting`: what stands deeper is written as an empty list, and cut where it is read. */
export function writeAttributes(writer: WireWriter, tag: number, owner: JsonObject, place: Place, nesting: number): void {
  eachOf(owner, "attributes", place, (attribute, at) => {
    writer.message(tag, () => writeKeyValue(writer, attribute, at, nesting));
  });
}

function writeKeyValue(writer: WireWriter, attribute: JsonObject, place: Place, room: number): void {
  const key = textOf(attribute, "key", place);
  if (key !== "") writer.text(KEY_VALUE_KEY, key);
  const value = childOf(attribute, "value", place);
  if (value !== null) writer.message(KEY_VALUE_VALUE, () => writeValue(writer, value.value, value.place, room));
}

/** `room` = how many lists and maps may still stand in one another. */
function writeValue(writer: WireWriter, value: JsonObject, place: Place, room: number): void {
  const { stringValue, boolValue, intValue, doubleValue, bytesValue } = value;
  if (isThere(stringValue)) writer.text(VALUE_STRING, textOf(value, "stringValue", place));
  else if (isThere(boolValue)) writer.number(VALUE_BOOL, booleanAt(boolValue, { parent: place, step: "boolValue" }) ? 1 : 0);
  else if (isThere(intValue)) writer.int64(VALUE_INT, int64Of(intValue, { parent: place, step: "intValue" }, true));
  else if (isThere(doubleValue)) writer.double(VALUE_DOUBLE, doubleAt(doubleValue, { parent: place, step: "doubleValue" }));
  else if (isThere(value["arrayValue"])) writeContainer(writer, VALUE_ARRAY, value, "arrayValue", place, room);
  else if (isThere(value["kvlistValue"])) writeContainer(writer, VALUE_MAP, value, "kvlistValue", place, room);
  else if (isThere(bytesValue)) writer.block(VALUE_BYTES, base64At(bytesValue, { parent: place, step: "bytesValue" }));
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function writeContainer(writer: WireWriter, tag: number, value: JsonObject, key: string, place: Place, room: number): void {
  writer.message(tag, () => {
    const list = childOf(value, key, place);
    if (list === null || room <= 0) return;
    eachOf(list.value, "values", list.place, (item, at) => {
      writer.message(CONTAINER_VALUES, () => {
        if (tag === VALUE_MAP) writeKeyValue(writer, item, at, room - 1);
        else writeValue(writer, item, at, room - 1);
      });
    });
  });
}

function booleanAt(value: unknown, place: Place): boolean {
  if (typeof value !== "boolean") throw wrongAt(place, "must be true or false");
  return value;
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

function doubleAt(value: unknown, place: Place): number {
  const number =
    typeof value === "number"
      ? value
      : (NOT_FINITE.get(value) ?? (typeof value === "string" && DECIMAL.test(value) ? Number(value) : null));
  if (number === null) throw wrongAt(place, "must be a number");
  return number;
}

const BASE64 = /^[A-Za-z\d+/_-]*={0,2}$/;

/** Both alphabets, with and without padding, as protobuf's JSON takes them. */
function base64At(value: unknown, place: Place): Uint8Array {
  if (typeof value !== "string" || !BASE64.test(value)) throw wrongAt(place, "must be bytes in base64");
  return Buffer.from(value, "base64");
}
