import type { SpanRecord } from "#lib/ports/span-store.ts";
import { type SpanFact, SpanRollup } from "#lib/traces/span-rollup.ts";

import { nodeIdOf } from "../stores/spans/node-id.ts";
import type { TrafficRollup } from "./receiver.ts";

const NANOS_PER_MS = 1e6;

/** The rollup of the domain, fed with records as they were written. */
export function createSpanTraffic(rollup: SpanRollup = new SpanRollup()): TrafficRollup {
  return {
    add: (records, nowMs) => rollup.add(records.map(factOf), nowMs),
    drain: (nowMs) => rollup.drain(nowMs).map(({ traffic, ...key }) => ({ key, traffic, atMs: nowMs })),
  };
}

function factOf({ traceId, spanId, parentId, kind, durationNano, isError, protocol, peer, resource }: SpanRecord): SpanFact {
  return {
    traceId: hex(traceId),
    spanId: hex(spanId),
    parentId: parentId === null ? null : hex(parentId),
    kind,
    node: nodeIdOf(resource.service, resource.namespace),
    version: resource.version,
    durationMs: durationNano / NANOS_PER_MS,
    isError,
    protocol,
    peer,
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
