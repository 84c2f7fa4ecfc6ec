import { decodeExportRequest, type DecodedSpans } from "../decode-export.ts";
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
  REQUEST_RESOURCE_SPANS,
  RESOURCE_ATTRIBUTES,
  RESOURCE_DROPPED_ATTRIBUTES,
  RESOURCE_SPANS_RESOURCE,
  RESOURCE_SPANS_SCOPE_SPANS,
  SCOPE_NAME,
  SCOPE_SPANS_SCOPE,
  SCOPE_SPANS_SPANS,
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
import type { SpanLimits } from "../limits.ts";
import { WireWriter } from "../wire-writer.ts";

import { parseJson } from "./parse-json.ts";
import { childOf, countOf, eachOf, idOf, nanosOf, objectAt, textOf, type JsonObject, type Place } from "./place.ts";
import { writeAttributes } from "./write-value.ts";

/**
 * Reads an ExportTraceServiceRequest in OTLP's JSON mapping: ids in hex, enums as numbers, 64-bit numbers as text or numbers,
 * unknown fields ignored. Throws INVALID, naming the path, for a value of a wrong type.
 */
export function decodeExportJson(text: string, limits: SpanLimits): DecodedSpans {
  // Written as protobuf and read as such, so that both forms of a request come to the same.
  return decodeExportRequest(encodeExportJson(parseJson(text), limits), limits);
}

/** The protobuf form of a request that was parsed from JSON. */
export function encodeExportJson(request: unknown, { nesting }: SpanLimits): Uint8Array {
  const writer = new WireWriter();
  eachOf(objectAt(request, null), "resourceSpans", null, (resourceSpans, place) => {
    writer.message(REQUEST_RESOURCE_SPANS, () => writeResourceSpans(writer, resourceSpans, place, nesting));
  });
  return writer.finish();
}

function writeResourceSpans(writer: WireWriter, resourceSpans: JsonObject, place: Place, nesting: number): void {
  const resource = childOf(resourceSpans, "resource", place);
  if (resource !== null) {
    writer.message(RESOURCE_SPANS_RESOURCE, () => {
      writeAttributes(writer, RESOURCE_ATTRIBUTES, resource.value, resource.place, nesting);
      writeCount(writer, RESOURCE_DROPPED_ATTRIBUTES, resource.value, "droppedAttributesCount", resource.place);
    });
  }
  eachOf(resourceSpans, "scopeSpans", place, (scopeSpans, at) => {
    writer.message(RESOURCE_SPANS_SCOPE_SPANS, () => {
      const scope = childOf(scopeSpans, "scope", at);
      if (scope !== null) writer.message(SCOPE_SPANS_SCOPE, () => writeText(writer, SCOPE_NAME, scope.value, "name", scope.place));
      eachOf(scopeSpans, "spans", at, (span, spanPlace) => {
        writer.message(SCOPE_SPANS_SPANS, () => writeSpan(writer, span, spanPlace, nesting));
      });
    });
  });
}

function writeSpan(writer: WireWriter, span: JsonObject, place: Place, nesting: number): void {
  writeId(writer, SPAN_TRACE_ID, span, "traceId", place);
  writeId(writer, SPAN_SPAN_ID, span, "spanId", place);
  writeText(writer, SPAN_TRACE_STATE, span, "traceState", place);
  writeId(writer, SPAN_PARENT_ID, span, "parentSpanId", place);
  writeText(writer, SPAN_NAME, span, "name", place);
  writeCount(writer, SPAN_KIND, span, "kind", place);
  writeNanos(writer, SPAN_START, span, "startTimeUnixNano", place);
  writeNanos(writer, SPAN_END, span, "endTimeUnixNano", place);
  writeAttributes(writer, SPAN_ATTRIBUTES, span, place, nesting);
  writeCount(writer, SPAN_DROPPED_ATTRIBUTES, span, "droppedAttributesCount", place);
  eachOf(span, "events", place, (event, at) => {
    writer.message(SPAN_EVENTS, () => {
      writeNanos(writer, EVENT_TIME, event, "timeUnixNano", at);
      writeText(writer, EVENT_NAME, event, "name", at);
      writeAttributes(writer, EVENT_ATTRIBUTES, event, at, nesting);
      writeCount(writer, EVENT_DROPPED_ATTRIBUTES, event, "droppedAttributesCount", at);
    });
  });
  writeCount(writer, SPAN_DROPPED_EVENTS, span, "droppedEventsCount", place);
  eachOf(span, "links", place, (link, at) => {
    writer.message(SPAN_LINKS, () => {
      writeId(writer, LINK_TRACE_ID, link, "traceId", at);
      writeId(writer, LINK_SPAN_ID, link, "spanId", at);
      writeText(writer, LINK_TRACE_STATE, link, "traceState", at);
      writeAttributes(writer, LINK_ATTRIBUTES, link, at, nesting);
      writeCount(writer, LINK_DROPPED_ATTRIBUTES, link, "droppedAttributesCount", at);
      writeFlags(writer, LINK_FLAGS, link, at);
    });
  });
  writeCount(writer, SPAN_DROPPED_LINKS, span, "droppedLinksCount", place);
  const status = childOf(span, "status", place);
  if (status !== null) {
    writer.message(SPAN_STATUS, () => {
      writeText(writer, STATUS_MESSAGE, status.value, "message", status.place);
      writeCount(writer, STATUS_CODE, status.value, "code", status.place);
    });
  }
  writeFlags(writer, SPAN_FLAGS, span, place);
}

function writeId(writer: WireWriter, tag: number, owner: JsonObject, key: string, place: Place): void {
  const id = idOf(owner, key, place);
  if (id.length > 0) writer.block(tag, id);
}

function writeText(writer: WireWriter, tag: number, owner: JsonObject, key: string, place: Place): void {
  const text = textOf(owner, key, place);
  if (text !== "") writer.text(tag, text);
}

function writeCount(writer: WireWriter, tag: number, owner: JsonObject, key: string, place: Place): void {
  const value = countOf(owner, key, place);
  if (value !== 0) writer.number(tag, value);
}

function writeFlags(writer: WireWriter, tag: number, owner: JsonObject, place: Place): void {
  const flags = countOf(owner, "flags", place);
  if (flags !== 0) writer.fixed32(tag, flags);
}

function writeNanos(writer: WireWriter, tag: number, owner: JsonObject, key: string, place: Place): void {
  const nanos = nanosOf(owner, key, place);
  if (nanos !== 0n) writer.fixed64(tag, nanos);
}
