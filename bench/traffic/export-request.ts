import { otlpType } from "#collectors/shared/otlp/testing/otlp-proto.ts";

import { type MadeSpan, madeTrace, serviceName, SPANS_PER_TRACE } from "./made-trace.ts";

const KIND: Readonly<Record<MadeSpan["kind"], number>> = { internal: 1, server: 2, client: 3 };
const STATUS_ERROR = 2;
const LOW_WORD = 0xffff_ffffn;

/** A request ready to be sent any number of times, each time with trace ids that were not sent before. */
export interface PreparedRequest {
  body: Buffer;
  spans: readonly MadeSpan[];
  /** Where a trace id stands in the body. */
  traceIdAt: readonly number[];
}

interface RequestPlan {
  random: () => number;
  services: number;
  /** A multiple of the spans of a trace. */
  spans: number;
  /** Each trace starts at a time of its own within these milliseconds. */
  fromMs: number;
  toMs: number;
}

/** One OTLP export request as a collector between senders and Weft would send it: whole traces, a resource per service and version. */
export function preparedRequest({ random, services, spans: count, fromMs, toMs }: RequestPlan): PreparedRequest {
  const traces = Array.from({ length: count / SPANS_PER_TRACE }, () => madeTrace(random, services, fromMs + random() * (toMs - fromMs)));
  const spans = traces.flat();
  const body = encode(spans);
  const traceIdAt = traces.flatMap(([first]) => (first === undefined ? [] : placesOf(body, first.traceId)));
  if (traceIdAt.length !== count) throw new Error(`${traceIdAt.length} trace ids stand in a request of ${count} spans`);
  return { body, spans, traceIdAt };
}

/** Writes the number over the first half of every trace id, so that the same bytes are other traces. */
export function stamp({ body, traceIdAt }: Pick<PreparedRequest, "body" | "traceIdAt">, number: number): void {
  for (const at of traceIdAt) {
    body.writeUInt32BE(0x7ace_0000, at);
    body.writeUInt32BE(number, at + 4);
  }
}

/** What `stamp` wrote: number of the request that a trace came with. */
export function stampOf(traceId: Uint8Array): number {
  return Buffer.from(traceId.buffer, traceId.byteOffset, traceId.byteLength).readUInt32BE(4);
}

function placesOf(body: Buffer, id: Buffer): number[] {
  const places: number[] = [];
  for (let at = body.indexOf(id); at !== -1; at = body.indexOf(id, at + id.length)) places.push(at);
  return places;
}

/** Written by the reference library, so that no reader is measured on what its own writer likes. */
function encode(spans: readonly MadeSpan[]): Buffer {
  const bySender = Map.groupBy(spans, ({ service, version }) => `${serviceName(service)} ${version}`);
  const resourceSpans = [...bySender.values()].map((sent) => ({
    resource: resourceOf(sent),
    scopeSpans: [{ scope: { name: "mesh-instrumentation", version: "1.0.0" }, spans: sent.map(spanOf) }],
  }));
  return Buffer.from(otlpType("ExportTraceServiceRequest").encode({ resourceSpans }).finish());
}

function resourceOf([first]: readonly MadeSpan[]): object {
  if (first === undefined) return {};
  const service = serviceName(first.service);
  const attributes: MadeSpan["attributes"] = [
    ["service.name", service],
    ["service.namespace", "shop"],
    ["service.version", first.version],
    ["service.instance.id", `${service}-${first.version}-0`],
    ["telemetry.sdk.language", "go"],
    ["host.name", `${service}-${first.version}-0`],
  ];
  return { attributes: attributes.map(attributeOf) };
}

function spanOf(span: MadeSpan): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentId === null ? {} : { parentSpanId: span.parentId }),
    name: span.name,
    kind: KIND[span.kind],
    startTimeUnixNano: longOf(span.startUnixNano),
    endTimeUnixNano: longOf(span.startUnixNano + BigInt(span.durationNano)),
    attributes: span.attributes.map(attributeOf),
    ...(span.isError ? { status: { code: STATUS_ERROR } } : {}),
  };
}

function attributeOf([key, value]: MadeSpan["attributes"][number]): object {
  return { key, value: typeof value === "string" ? { stringValue: value } : { intValue: value } };
}

/** 64 bits as protobufjs takes them. */
function longOf(value: bigint): object {
  return { low: Number(value & LOW_WORD) | 0, high: Number(value >> 32n) | 0, unsigned: true };
}
