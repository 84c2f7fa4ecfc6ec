import { encodeOtlp } from "#collectors/shared/otlp/testing/otlp-proto.ts";
import type { SpanKind, SpanStatus } from "#lib/model/trace.ts";
import type { ResourceRecord, SpanRecord } from "#lib/ports/span-store.ts";
import { START_MS } from "#lib/testing/builders.ts";

const KIND_CODES: Record<SpanKind, number> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };

export interface SpanPart {
  /** Number or bytes of the trace's id. */
  trace: number;
  span: number;
  parent: number | null;
  kind: SpanKind;
  name: string;
  /** After `START_MS`. */
  startMs: number;
  /** Instead of `startMs`. */
  startUnixNano: bigint;
  durationMs: number;
  isError: boolean;
  service: string;
  namespace: string | null;
  version: string | null;
  scope: string | null;
  attributes: Record<string, string>;
}

function idOf(number: number, bytes: number): Uint8Array {
  const id = Buffer.alloc(bytes);
  id.writeUInt32BE(number, bytes - 4);
  return Uint8Array.from(id);
}

export function traceIdOf(trace: number): string {
  return Buffer.from(idOf(trace, 16)).toString("hex");
}

export function spanIdOf(span: number): string {
  return Buffer.from(idOf(span, 8)).toString("hex");
}

function attributesOf(values: Record<string, string | null>): object[] {
  return Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [{ key, value: { stringValue: value } }]));
}

const resources = new Map<string, ResourceRecord>();

function resourceOf(service: string, namespace: string | null, version: string | null): ResourceRecord {
  const key = JSON.stringify([service, namespace, version]);
  const attributes = attributesOf({ "service.name": service, "service.namespace": namespace, "service.version": version });
  const record = resources.get(key) ?? { service, namespace, version, instance: null, body: encodeOtlp("Resource", { attributes }) };
  resources.set(key, record);
  return record;
}

function nano(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000_000));
}

/** A span as the intake hands it over, with the bytes of what it says. */
export function recordOf(part: Partial<SpanPart> = {}): SpanRecord {
  const { trace = 1, span = 1, parent = null, kind = "server", name = "GET /", startMs = 0, durationMs = 10, isError = false } = part;
  const { service = "cart", namespace = "shop", version = "v1", scope = null, attributes = {} } = part;
  const startUnixNano = part.startUnixNano ?? BigInt(START_MS) * 1_000_000n + nano(startMs);
  const status: SpanStatus = isError ? "error" : "unset";
  const ids = { traceId: idOf(trace, 16), spanId: idOf(span, 8), parentId: parent === null ? null : idOf(parent, 8) };
  const message = {
    traceId: [...ids.traceId],
    spanId: [...ids.spanId],
    ...(ids.parentId === null ? {} : { parentSpanId: [...ids.parentId] }),
    name,
    kind: KIND_CODES[kind],
    startTimeUnixNano: BigInt.asUintN(64, startUnixNano).toString(),
    endTimeUnixNano: BigInt.asUintN(64, startUnixNano + nano(durationMs)).toString(),
    attributes: attributesOf(attributes),
    status: isError ? { code: 2 } : {},
  };
  return {
    ...ids,
    kind,
    name,
    startUnixNano,
    durationNano: durationMs * 1_000_000,
    status,
    isError,
    protocol: "http",
    peer: null,
    scope,
    resource: resourceOf(service, namespace, version),
    body: encodeOtlp("Span", message),
  };
}

/** `count` roots in traces of their own, a millisecond apart. */
export function manyRecords(count: number, part: (index: number) => Partial<SpanPart> = () => ({})): SpanRecord[] {
  return Array.from({ length: count }, (_unused, index) => recordOf({ trace: index + 1, startMs: index, ...part(index) }));
}
