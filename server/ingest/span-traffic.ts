import { randomInt } from "node:crypto";

import type { ResourceRecord, SpanRecord } from "#lib/ports/span-store.ts";
import { type SpanFact, SpanRollup } from "#lib/traces/span-rollup.ts";

import { nodeIdOf } from "../stores/spans/node-id.ts";
import type { TrafficRollup } from "./receiver.ts";

const NANOS_PER_MS = 1e6;
const SEEDS = 2 ** 32;

/** The rollup of the domain, fed with records as they were written. */
export function createSpanTraffic(rollup: SpanRollup = new SpanRollup({ seed: randomInt(SEEDS) })): TrafficRollup {
  return {
    add: (records, nowMs) => rollup.add(factsOf(records), nowMs),
    drain: (nowMs) => rollup.drain(nowMs).map(({ traffic, ...key }) => ({ key, traffic, atMs: nowMs })),
  };
}

/** Spans of one sender stand together and share its resource: the name of its node is made once for all of them. */
function factsOf(records: readonly SpanRecord[]): SpanFact[] {
  let sender: ResourceRecord | null = null;
  let node = "";
  return records.map(({ traceId, spanId, parentId, kind, durationNano, isError, protocol, peer, resource }) => {
    if (resource !== sender) {
      sender = resource;
      node = nodeIdOf(resource.service, resource.namespace);
    }
    return {
      traceId,
      spanId,
      parentId,
      kind,
      node,
      version: resource.version,
      durationMs: durationNano / NANOS_PER_MS,
      isError,
      protocol,
      peer,
    };
  });
}
