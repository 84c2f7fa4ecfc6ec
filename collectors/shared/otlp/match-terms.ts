import type { SearchTerm } from "#lib/model/trace.ts";

import { KEY_VALUE_KEY, KEY_VALUE_VALUE, RESOURCE_ATTRIBUTES, SPAN_ATTRIBUTES } from "./fields.ts";
import { kindOf, statusOf } from "./index-fields.ts";
import { isAt } from "./index-keys.ts";
import { SPAN_LIMITS } from "./limits.ts";
import { decodeResource } from "./read-resource.ts";
import { SpanScan } from "./span-scan.ts";
import { valueText } from "./value-text.ts";
import { WireReader } from "./wire-reader.ts";

/** One term with its bytes, so that most spans are passed over without reading them. */
interface PreparedTerm {
  key: string;
  keyBytes: Buffer;
  value: string | null;
  /** Bytes without which no span can have the value; `null` = it may be a number or the like, which is not sent as text. */
  needle: Buffer | null;
  isNegated: boolean;
}

/** Keys that are no attributes. They hide attributes of the same name. */
const PSEUDO_KEYS = new Set(["name", "kind", "status", "error", "service"]);
/** Texts whose bytes need not be those that were sent: numbers, booleans, lists, maps, base64, and replaced bytes. */
const MAY_BE_TYPED =
  /^(?:|.*\uFFFD.*|true|false|-?[\d.].*|-?Infinity|NaN|\[.*|\{.*|(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?)$/s;

const prepared = new WeakMap<readonly SearchTerm[], PreparedTerm[]>();
const scan = new SpanScan(SPAN_LIMITS);

/**
 * Whether one span meets every term: by an attribute of its own or of its resource, or by one of the pseudo keys `name`, `kind`,
 * `status`, `error` and `service`. Values are compared as the text that `Attribute` shows. Throws INVALID for a damaged body.
 */
export function matchesTerms(body: Uint8Array, resourceBody: Uint8Array, terms: readonly SearchTerm[]): boolean {
  let list = prepared.get(terms);
  if (list === undefined) {
    list = terms.map(prepare);
    prepared.set(terms, list);
  }
  const span = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return list.every((term) => isMet(term, span, resourceBody) !== term.isNegated);
}

function prepare({ key, value, isNegated }: SearchTerm): PreparedTerm {
  const needle = value === null || PSEUDO_KEYS.has(key) || MAY_BE_TYPED.test(value) ? null : Buffer.from(value);
  return { key, keyBytes: Buffer.from(key), value, needle, isNegated };
}

function isMet(term: PreparedTerm, body: Buffer, resourceBody: Uint8Array): boolean {
  if (PSEUDO_KEYS.has(term.key)) return isPseudoMet(term, body, resourceBody);
  return hasAttribute(term, body, SPAN_ATTRIBUTES) || hasAttribute(term, resourceBody, RESOURCE_ATTRIBUTES);
}

function isPseudoMet({ key, value }: PreparedTerm, body: Uint8Array, resourceBody: Uint8Array): boolean {
  if (value === null) return true;
  if (key === "service") return decodeResource(resourceBody).service === value;
  const reader = new WireReader(body);
  scan.span(reader, body.length);
  if (key === "name") return reader.text(scan.nameAt, scan.nameEnd) === value;
  if (key === "kind") return kindOf(scan.kindCode) === value;
  const status = statusOf(scan.statusCode);
  return key === "status" ? status === value : String(scan.index.isError(status)) === value;
}

function hasAttribute(term: PreparedTerm, body: Uint8Array, attributes: number): boolean {
  const reader = new WireReader(body);
  if (term.needle !== null && !reader.bytes.includes(term.needle)) return false;
  while (reader.at < body.length) {
    const tag = reader.tag(body.length);
    if (tag !== attributes) reader.skip(tag, body.length);
    else {
      const end = reader.lengthEnd(body.length);
      if (isAttribute(term, reader, end)) return true;
      reader.at = end;
    }
  }
  return false;
}

function isAttribute({ keyBytes, value }: PreparedTerm, reader: WireReader, end: number): boolean {
  let isKey = keyBytes.length === 0;
  let valueAt = -1;
  let valueEnd = -1;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === KEY_VALUE_KEY) {
      const keyEnd = reader.lengthEnd(end);
      isKey = keyEnd - reader.at === keyBytes.length && isAt(keyBytes, reader.bytes, reader.at);
      if (!isKey) return false;
      reader.at = keyEnd;
    } else if (tag === KEY_VALUE_VALUE) {
      valueEnd = reader.lengthEnd(end);
      valueAt = reader.at;
      reader.at = valueEnd;
    } else reader.skip(tag, end);
  }
  if (!isKey || value === null) return isKey;
  if (valueAt < 0) return value === "";
  reader.at = valueAt;
  return valueText(reader, valueEnd) === value;
}
