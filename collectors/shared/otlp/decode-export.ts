import type { ResourceRecord, SpanRecord } from "#lib/ports/span-store.ts";

import { cutResource, cutSpan } from "./cut-span.ts";
import {
  REQUEST_RESOURCE_SPANS,
  RESOURCE_SPANS_RESOURCE,
  RESOURCE_SPANS_SCOPE_SPANS,
  SCOPE_NAME,
  SCOPE_SPANS_SCOPE,
  SCOPE_SPANS_SPANS,
} from "./fields.ts";
import { durationOf, kindOf, statusOf } from "./index-fields.ts";
import type { SpanLimits } from "./limits.ts";
import { readService } from "./read-resource.ts";
import { ResourceScan } from "./resource-scan.ts";
import { SpanScan } from "./span-scan.ts";
import { TextCache } from "./text-cache.ts";
import { endOfCharacters } from "./value-scan.ts";
import { WireReader } from "./wire-reader.ts";
import { WireWriter } from "./wire-writer.ts";

/** What an export request holds. */
export interface DecodedSpans {
  records: SpanRecord[];
  /** Spans that cannot be kept because their ids are none. */
  rejected: number;
  /** Why, each once, at most five. */
  reasons: string[];
}

const MAX_REASONS = 5;
const RESOURCE_SPANS_TAGS = [RESOURCE_SPANS_RESOURCE, RESOURCE_SPANS_SCOPE_SPANS];
const SCOPE_SPANS_TAGS = [SCOPE_SPANS_SCOPE, SCOPE_SPANS_SPANS];
const NO_BYTES = new Uint8Array();
const texts = new TextCache();

/**
 * Reads an OTLP ExportTraceServiceRequest. Every part of it is checked; a request that is not valid throws INVALID as a
 * whole. Bodies are parts of `bytes`, so that it lives as long as they do; only spans over a limit are written anew.
 */
export function decodeExportRequest(bytes: Uint8Array, limits: SpanLimits): DecodedSpans {
  return new ExportDecoder(bytes, limits).decode();
}

class ExportDecoder {
  private readonly reader: WireReader;
  private readonly limits: SpanLimits;
  private readonly scan: SpanScan;
  private readonly resources: ResourceScan;
  private readonly decoded: DecodedSpans = { records: [], rejected: 0, reasons: [] };

  constructor(bytes: Uint8Array, limits: SpanLimits) {
    this.reader = new WireReader(bytes);
    this.limits = limits;
    this.scan = new SpanScan(limits);
    this.resources = new ResourceScan(limits);
  }

  decode(): DecodedSpans {
    const { reader } = this;
    const end = reader.bytes.length;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === REQUEST_RESOURCE_SPANS) this.resourceSpans(reader.lengthEnd(end));
      else reader.pass(tag, end, [REQUEST_RESOURCE_SPANS]);
    }
    return this.decoded;
  }

  /** Fields may come in any order, so that the resource is looked for before the spans are read. */
  private resourceSpans(end: number): void {
    const { reader } = this;
    const start = reader.at;
    let body: Uint8Array = NO_BYTES;
    // A message that comes twice is merged, and the merge of two messages is the one written after the other.
    let merged: WireWriter | null = null;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === RESOURCE_SPANS_RESOURCE) {
        const partEnd = reader.lengthEnd(end);
        const part = reader.part(reader.at, partEnd);
        if (body !== NO_BYTES && merged === null) {
          merged = new WireWriter();
          merged.append(body);
        }
        merged?.append(part);
        body = part;
        reader.at = partEnd;
      } else reader.pass(tag, end, RESOURCE_SPANS_TAGS);
    }
    const resource = this.resource(merged === null ? body : merged.finish());
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === RESOURCE_SPANS_SCOPE_SPANS) this.scopeSpans(reader.lengthEnd(end), resource);
      else reader.skip(tag, end);
    }
  }

  private resource(sent: Uint8Array): ResourceRecord {
    const { resources, limits } = this;
    let body = sent;
    let reader = new WireReader(body);
    resources.resource(reader, body.length);
    if (resources.isOver) {
      body = cutResource(reader, resources.droppedAttributes, limits);
      reader = new WireReader(body);
      resources.resource(reader, body.length);
    }
    return { ...readService(reader, resources.services), body };
  }

  private scopeSpans(end: number, resource: ResourceRecord): void {
    const { reader } = this;
    const start = reader.at;
    let scope: string | null = null;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === SCOPE_SPANS_SCOPE) scope = this.scopeName(reader.lengthEnd(end)) ?? scope;
      else if (tag === SCOPE_SPANS_SPANS) reader.at = reader.lengthEnd(end);
      else reader.pass(tag, end, SCOPE_SPANS_TAGS);
    }
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === SCOPE_SPANS_SPANS) this.span(reader.lengthEnd(end), resource, scope);
      else reader.skip(tag, end);
    }
  }

  private scopeName(end: number): string | null {
    const { reader, limits } = this;
    let name: string | null = null;
    while (reader.at < end) {
      const tag = reader.tag(end);
      if (tag === SCOPE_NAME) {
        const nameEnd = reader.lengthEnd(end);
        const text = texts.read(reader.bytes, reader.at, endOfCharacters(reader.bytes, reader.at, nameEnd, limits.nameCharacters));
        name = text === "" ? null : text;
        reader.at = nameEnd;
      } else reader.pass(tag, end, [SCOPE_NAME]);
    }
    return name;
  }

  private span(end: number, resource: ResourceRecord, scope: string | null): void {
    const { reader, scan, decoded, limits } = this;
    const start = reader.at;
    scan.span(reader, end);
    const reason = this.whyNot();
    if (reason !== null) {
      decoded.rejected += 1;
      if (decoded.reasons.length < MAX_REASONS && !decoded.reasons.includes(reason)) decoded.reasons.push(reason);
    } else if (scan.isOver) {
      const body = cutSpan(reader, start, end, scan, limits);
      const bodyReader = new WireReader(body);
      // What is found stays what the body says, also where the cut took an attribute away.
      scan.span(bodyReader, body.length);
      decoded.records.push(recordOf(scan, bodyReader, 0, body.length, resource, scope));
    } else decoded.records.push(recordOf(scan, reader, start, end, resource, scope));
    reader.at = end;
  }

  /** `null` = the ids are good. */
  private whyNot(): string | null {
    const { scan, reader } = this;
    const { traceIdAt, traceIdEnd, spanIdAt, spanIdEnd, parentAt, parentEnd } = scan;
    if (traceIdEnd - traceIdAt !== 16) return `A trace id has ${bytesWords(traceIdEnd - traceIdAt)} instead of 16.`;
    if (spanIdEnd - spanIdAt !== 8) return `A span id has ${bytesWords(spanIdEnd - spanIdAt)} instead of 8.`;
    if (parentEnd > parentAt && parentEnd - parentAt !== 8)
      return `The id of a parent span has ${bytesWords(parentEnd - parentAt)} instead of 8.`;
    if (isZero(reader.bytes, traceIdAt, traceIdEnd)) return "A trace id is all zeros.";
    return isZero(reader.bytes, spanIdAt, spanIdEnd) ? "A span id is all zeros." : null;
  }
}

function bytesWords(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}

function recordOf(scan: SpanScan, reader: WireReader, at: number, end: number, resource: ResourceRecord, scope: string | null): SpanRecord {
  const { bytes } = reader;
  const { parentAt, parentEnd, index } = scan;
  const kind = kindOf(scan.kindCode);
  const status = statusOf(scan.statusCode);
  const startUnixNano = reader.fixed64At(scan.startAt);
  const hasParent = parentEnd > parentAt && !isZero(bytes, parentAt, parentEnd);
  return {
    traceId: reader.part(scan.traceIdAt, scan.traceIdEnd),
    spanId: reader.part(scan.spanIdAt, scan.spanIdEnd),
    parentId: hasParent ? reader.part(parentAt, parentEnd) : null,
    kind,
    name: texts.read(bytes, scan.nameAt, scan.nameEnd),
    startUnixNano,
    durationNano: durationOf(startUnixNano, reader.fixed64At(scan.endAt)),
    status,
    isError: index.isError(status),
    protocol: index.protocol(),
    peer: index.peer(kind, bytes, texts),
    scope,
    resource,
    body: reader.part(at, end),
  };
}

function isZero(bytes: Uint8Array, at: number, end: number): boolean {
  for (let index = at; index < end; index += 1) if (bytes[index] !== 0) return false;
  return true;
}
