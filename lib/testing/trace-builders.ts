import * as fc from "fast-check";

import type { Attribute, Span, SpanKind, SpanStatus, Trace, TraceFilter, TraceResource } from "#lib/model/trace.ts";

import { START_MS } from "./builders.ts";

/** One span as a test writes it: ids of any length, times from the start of the trace. What is left out is plain. */
export interface SpanSpec {
  id: string;
  parent?: string;
  service?: string;
  namespace?: string;
  version?: string;
  instance?: string;
  name?: string;
  kind?: SpanKind;
  /** Start, milliseconds. */
  at?: number;
  /** Duration, milliseconds. */
  ms?: number;
  isError?: boolean;
  status?: SpanStatus;
  message?: string;
  attributes?: Readonly<Record<string, string>>;
  resource?: Readonly<Record<string, string>>;
}

/** A span's id from a short name; hex names stay readable: `a1` is `00000000000000a1`. */
export function spanIdOf(name: string): string {
  const hex = /^[0-9a-f]+$/.test(name) ? name : Buffer.from(name).toString("hex");
  return hex.padStart(16, "0").slice(-16);
}

/** A trace's id from a short name. */
export function traceIdOf(name: string): string {
  return spanIdOf(name).padStart(32, "0");
}

export function attributesOf(values: Readonly<Record<string, string>> = {}): Attribute[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

export interface TraceSpec {
  id?: string;
  /** Start in milliseconds since the epoch. */
  startMs?: number;
  omitted?: number;
}

/** A trace of the given spans. Ids of parents need not be among them. */
export function traceOf(specs: readonly SpanSpec[], { id = "1", startMs = START_MS, omitted = 0 }: TraceSpec = {}): Trace {
  const resources: TraceResource[] = [];
  const spans = specs.map((spec) => spanOf(spec, resources)).toSorted((a, b) => a.startMs - b.startMs);
  return {
    id: traceIdOf(id),
    startedAt: new Date(startMs).toISOString(),
    startUnixNano: (BigInt(startMs) * 1_000_000n).toString(),
    durationMs: spans.reduce((latest, span) => Math.max(latest, span.startMs + span.durationMs), 0),
    resources,
    spans,
    omitted,
    externalUrl: null,
  };
}

function spanOf(spec: SpanSpec, resources: TraceResource[]): Span {
  const isError = spec.isError ?? false;
  return {
    spanId: spanIdOf(spec.id),
    parentId: spec.parent === undefined ? null : spanIdOf(spec.parent),
    name: spec.name ?? "work",
    kind: spec.kind ?? "internal",
    resource: resourceOf(spec, resources),
    startMs: spec.at ?? 0,
    durationMs: spec.ms ?? 0,
    status: spec.status ?? (isError ? "error" : "unset"),
    statusMessage: spec.message ?? null,
    isError,
    attributes: attributesOf(spec.attributes),
    events: [],
    links: [],
    scope: null,
    cut: [],
  };
}

function resourceOf(spec: SpanSpec, resources: TraceResource[]): number {
  const resource: TraceResource = {
    service: spec.service ?? "shop",
    namespace: spec.namespace ?? null,
    version: spec.version ?? null,
    instance: spec.instance ?? null,
    attributes: attributesOf(spec.resource),
  };
  const wanted = JSON.stringify(resource);
  const known = resources.findIndex((one) => JSON.stringify(one) === wanted);
  return known >= 0 ? known : resources.push(resource) - 1;
}

/** A span as it stands in a trace: a server's, of the trace's first resource, in which nothing happened but what is said. */
export function plainSpan(part: Partial<Span> & Pick<Span, "spanId">): Span {
  return {
    parentId: null,
    name: part.spanId,
    kind: "server",
    resource: 0,
    startMs: 0,
    durationMs: 1,
    status: "unset",
    statusMessage: null,
    isError: false,
    attributes: [],
    events: [],
    links: [],
    scope: null,
    cut: [],
    ...part,
  };
}

/** A filter that lets everything of the last hour before, and the hour after, `START_MS` through, apart from what is said. */
export function filterOf(part: Partial<TraceFilter> = {}): TraceFilter {
  return {
    service: null,
    namespace: null,
    operation: null,
    version: null,
    status: null,
    minMs: null,
    maxMs: null,
    terms: [],
    fromMs: START_MS - 3_600_000,
    toMs: START_MS + 3_600_000,
    ...part,
  };
}

const arbitrarySpan = fc.record({
  service: fc.constantFrom("frontend", "catalog", "reviews", "ratings"),
  name: fc.constantFrom("GET /", "list", "get"),
  kind: fc.constantFrom<SpanKind>("internal", "server", "client", "producer", "consumer"),
  at: fc.nat({ max: 200 }),
  ms: fc.nat({ max: 200 }),
  isError: fc.boolean(),
});

/** Traces whose parents come before their children in the list: real trees, with times that need not fit into each other. */
export const arbitraryTrace: fc.Arbitrary<Trace> = fc
  .array(fc.tuple(arbitrarySpan, fc.nat()), { minLength: 1, maxLength: 30 })
  .map((spans) =>
    traceOf(
      spans.map(([span, parent], index) => ({
        ...span,
        id: (index + 1).toString(16),
        ...(index === 0 ? {} : { parent: ((parent % index) + 1).toString(16) }),
      })),
    ),
  );

/** Whatever a sender may send: any parent, or none, or oneself, circles, and ids that several spans share. */
export const arbitraryTangle: fc.Arbitrary<Trace> = fc
  .array(fc.tuple(arbitrarySpan, fc.integer({ min: 1, max: 12 }), fc.option(fc.integer({ min: 1, max: 14 }), { nil: null })), {
    maxLength: 30,
  })
  .map((spans) =>
    traceOf(
      spans.map(([span, id, parent]) => ({ ...span, id: id.toString(16), ...(parent === null ? {} : { parent: parent.toString(16) }) })),
    ),
  );
