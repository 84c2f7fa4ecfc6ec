import type { Attribute, Span, SpanEvent, SpanLink } from "#lib/model/trace.ts";

import {
  EVENT_ATTRIBUTES,
  EVENT_NAME,
  EVENT_TIME,
  LINK_ATTRIBUTES,
  LINK_SPAN_ID,
  LINK_TRACE_ID,
  SPAN_ATTRIBUTES,
  SPAN_EVENTS,
  SPAN_LINKS,
} from "./fields.ts";
import { durationOf, kindOf, statusOf } from "./index-fields.ts";
import { SPAN_LIMITS } from "./limits.ts";
import { isCutNote, readAttribute } from "./read-attribute.ts";
import { SpanScan } from "./span-scan.ts";
import { WireReader } from "./wire-reader.ts";

const NANOS_PER_MS = 1_000_000;
const NO_ID = /^0*$/;

const scan = new SpanScan(SPAN_LIMITS);

/**
 * Reads back a Span message. `base` says where the trace begins and which of its resources the span belongs to; the scope
 * is not part of the message and is `null`. Throws INVALID when it is damaged.
 */
export function decodeSpan(body: Uint8Array, base: { startUnixNano: bigint; resource: number }): Span {
  const reader = new WireReader(body);
  scan.span(reader, body.length);
  const { bytes } = reader;
  const start = reader.fixed64At(scan.startAt);
  const end = reader.fixed64At(scan.endAt);
  const parentId = bytes.toString("hex", scan.parentAt, scan.parentEnd);
  const statusMessage = reader.text(scan.messageAt, scan.messageEnd);
  const status = statusOf(scan.statusCode);
  const span: Span = {
    spanId: bytes.toString("hex", scan.spanIdAt, scan.spanIdEnd),
    parentId: NO_ID.test(parentId) ? null : parentId,
    name: reader.text(scan.nameAt, scan.nameEnd),
    kind: kindOf(scan.kindCode),
    resource: base.resource,
    startMs: milliseconds(start - base.startUnixNano),
    durationMs: durationOf(start, end) / NANOS_PER_MS,
    status,
    statusMessage: statusMessage === "" ? null : statusMessage,
    isError: scan.index.isError(status),
    attributes: [],
    events: [],
    links: [],
    scope: null,
    cut: [],
  };
  readLists(reader, span, base.startUnixNano);
  if (end < start) span.cut.push(end === 0n ? "The sender told no end." : "The sender told an end before the start.");
  return span;
}

function readLists(reader: WireReader, span: Span, base: bigint): void {
  const end = reader.bytes.length;
  reader.at = 0;
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === SPAN_ATTRIBUTES) {
      const attribute = readAttribute(reader, reader.lengthEnd(end));
      if (isCutNote(attribute)) span.cut.push(attribute.value);
      else span.attributes.push(attribute);
    } else if (tag === SPAN_EVENTS) span.events.push(readEvent(reader, reader.lengthEnd(end), base));
    else if (tag === SPAN_LINKS) span.links.push(readLink(reader, reader.lengthEnd(end)));
    else reader.skip(tag, end);
  }
}

function readEvent(reader: WireReader, end: number, base: bigint): SpanEvent {
  let name = "";
  let time = 0n;
  const attributes: Attribute[] = [];
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === EVENT_TIME) time = reader.fixed64(end);
    else if (tag === EVENT_NAME) {
      const nameEnd = reader.lengthEnd(end);
      name = reader.text(reader.at, nameEnd);
      reader.at = nameEnd;
    } else if (tag === EVENT_ATTRIBUTES) attributes.push(readAttribute(reader, reader.lengthEnd(end)));
    else reader.skip(tag, end);
  }
  return { name, atMs: milliseconds(time - base), attributes };
}

function readLink(reader: WireReader, end: number): SpanLink {
  const link: SpanLink = { traceId: "", spanId: "", attributes: [] };
  while (reader.at < end) {
    const tag = reader.tag(end);
    if (tag === LINK_TRACE_ID || tag === LINK_SPAN_ID) {
      const idEnd = reader.lengthEnd(end);
      link[tag === LINK_TRACE_ID ? "traceId" : "spanId"] = reader.bytes.toString("hex", reader.at, idEnd);
      reader.at = idEnd;
    } else if (tag === LINK_ATTRIBUTES) link.attributes.push(readAttribute(reader, reader.lengthEnd(end)));
    else reader.skip(tag, end);
  }
  return link;
}

function milliseconds(nanos: bigint): number {
  return Number(nanos) / NANOS_PER_MS;
}
