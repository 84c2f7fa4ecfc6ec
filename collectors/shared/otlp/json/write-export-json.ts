import {
  EVENT_ATTRIBUTES,
  EVENT_DROPPED_ATTRIBUTES,
  EVENT_NAME,
  EVENT_TIME,
  LINK_ATTRIBUTES,
  LINK_DROPPED_ATTRIBUTES,
  LINK_FLAGS,
  LINK_SPAN_ID,
  LINK_TRACE_ID,
  LINK_TRACE_STATE,
  RESOURCE_ATTRIBUTES,
  RESOURCE_DROPPED_ATTRIBUTES,
  SPAN_ATTRIBUTES,
  SPAN_DROPPED_ATTRIBUTES,
  SPAN_DROPPED_EVENTS,
  SPAN_DROPPED_LINKS,
  SPAN_END,
  SPAN_EVENTS,
  SPAN_FLAGS,
  SPAN_KIND,
  SPAN_LINKS,
  SPAN_NAME,
  SPAN_PARENT_ID,
  SPAN_SPAN_ID,
  SPAN_START,
  SPAN_STATUS,
  SPAN_TRACE_ID,
  SPAN_TRACE_STATE,
  STATUS_CODE,
  STATUS_MESSAGE,
} from "../fields.ts";
import { WireReader } from "../wire-reader.ts";

import { keyValueJson } from "./value-json.ts";

/** How a field looks in JSON. A list of fields is a message of its own. */
type Form = "hex" | "text" | "number" | "nanos" | "fixed32" | "attribute" | Message;

interface Field {
  key: string;
  form: Form;
  isList: boolean;
}

type Message = ReadonlyMap<number, Field>;

function one(key: string, form: Form): Field {
  return { key, form, isList: false };
}

function many(key: string, form: Form): Field {
  return { key, form, isList: true };
}

const EVENT: Message = new Map([
  [EVENT_TIME, one("timeUnixNano", "nanos")],
  [EVENT_NAME, one("name", "text")],
  [EVENT_ATTRIBUTES, many("attributes", "attribute")],
  [EVENT_DROPPED_ATTRIBUTES, one("droppedAttributesCount", "number")],
]);

const LINK: Message = new Map([
  [LINK_TRACE_ID, one("traceId", "hex")],
  [LINK_SPAN_ID, one("spanId", "hex")],
  [LINK_TRACE_STATE, one("traceState", "text")],
  [LINK_ATTRIBUTES, many("attributes", "attribute")],
  [LINK_DROPPED_ATTRIBUTES, one("droppedAttributesCount", "number")],
  [LINK_FLAGS, one("flags", "fixed32")],
]);

const STATUS: Message = new Map([
  [STATUS_MESSAGE, one("message", "text")],
  [STATUS_CODE, one("code", "number")],
]);

const SPAN: Message = new Map([
  [SPAN_TRACE_ID, one("traceId", "hex")],
  [SPAN_SPAN_ID, one("spanId", "hex")],
  [SPAN_TRACE_STATE, one("traceState", "text")],
  [SPAN_PARENT_ID, one("parentSpanId", "hex")],
  [SPAN_FLAGS, one("flags", "fixed32")],
  [SPAN_NAME, one("name", "text")],
  [SPAN_KIND, one("kind", "number")],
  [SPAN_START, one("startTimeUnixNano", "nanos")],
  [SPAN_END, one("endTimeUnixNano", "nanos")],
  [SPAN_ATTRIBUTES, many("attributes", "attribute")],
  [SPAN_DROPPED_ATTRIBUTES, one("droppedAttributesCount", "number")],
  [SPAN_EVENTS, many("events", EVENT)],
  [SPAN_DROPPED_EVENTS, one("droppedEventsCount", "number")],
  [SPAN_LINKS, many("links", LINK)],
  [SPAN_DROPPED_LINKS, one("droppedLinksCount", "number")],
  [SPAN_STATUS, one("status", STATUS)],
]);

const RESOURCE: Message = new Map([
  [RESOURCE_ATTRIBUTES, many("attributes", "attribute")],
  [RESOURCE_DROPPED_ATTRIBUTES, one("droppedAttributesCount", "number")],
]);

/** Spans of one resource and scope, as messages. */
export interface SpanGroup {
  resource: Uint8Array;
  scope: string | null;
  spans: readonly Uint8Array[];
}

/**
 * An ExportTraceServiceRequest in OTLP's JSON mapping, with every field of the messages that the mapping has a name for. Throws
 * INVALID when one is damaged.
 */
export function otlpJsonOf(groups: readonly SpanGroup[]): string {
  const resourceSpans = groups.map(({ resource, scope, spans }) => {
    const scopeJson = scope === null ? "" : `"scope":{"name":${JSON.stringify(scope)}},`;
    const spansJson = spans.map((span) => bodyJson(span, SPAN)).join(",");
    return `{"resource":${bodyJson(resource, RESOURCE)},"scopeSpans":[{${scopeJson}"spans":[${spansJson}]}]}`;
  });
  return `{"resourceSpans":[${resourceSpans.join(",")}]}`;
}

function bodyJson(body: Uint8Array, message: Message): string {
  return messageJson(new WireReader(body), body.length, message);
}

function messageJson(reader: WireReader, end: number, message: Message): string {
  const values = new Map<string, string[]>();
  const lists = new Set<string>();
  while (reader.at < end) {
    const tag = reader.tag(end);
    const field = message.get(tag);
    if (field === undefined) {
      reader.skip(tag, end);
      continue;
    }
    const value = fieldJson(reader, end, field.form);
    const kept = field.isList ? values.get(field.key) : undefined;
    if (kept === undefined) values.set(field.key, [value]);
    else kept.push(value);
    if (field.isList) lists.add(field.key);
  }
  const parts = [...values].map(([key, list]) => `"${key}":${lists.has(key) ? `[${list.join(",")}]` : list[0]}`);
  return `{${parts.join(",")}}`;
}

function fieldJson(reader: WireReader, end: number, form: Form): string {
  if (form === "number") return String(Math.min(reader.varint(end), 0xffff_ffff));
  if (form === "nanos") return `"${reader.fixed64(end)}"`;
  if (form === "fixed32") return String(reader.fixed32(end));
  const partEnd = reader.lengthEnd(end);
  if (form === "attribute") return keyValueJson(reader, partEnd);
  if (form !== "hex" && form !== "text") return messageJson(reader, partEnd, form);
  const at = reader.at;
  reader.at = partEnd;
  return form === "hex" ? `"${reader.bytes.toString("hex", at, partEnd)}"` : JSON.stringify(reader.text(at, partEnd));
}
