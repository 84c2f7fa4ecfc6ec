import { z } from "zod";

/** 32 lower-case hex digits. */
export const TraceId = z.string().regex(/^[0-9a-f]{32}$/, "32 hex digits");
/** 16 lower-case hex digits. */
export const SpanId = z.string().regex(/^[0-9a-f]{16}$/, "16 hex digits");

/** What a span stands for: one side of a call, one side of a message, or work inside one process. */
export const SpanKind = z.enum(["internal", "server", "client", "producer", "consumer"]);
export type SpanKind = z.infer<typeof SpanKind>;

/** `unset` = the sender did not judge; it is not the same as `ok`. */
export const SpanStatus = z.enum(["unset", "ok", "error"]);
export type SpanStatus = z.infer<typeof SpanStatus>;

/**
 * One attribute. `value` is text whatever its type was: numbers in decimals, booleans as `true` or `false`, lists and maps
 * as JSON, bytes in base64. `isCut` = the value was longer than Weft keeps, and only its beginning is here.
 */
export const Attribute = z.object({ key: z.string(), value: z.string(), isCut: z.literal(true).optional() });
export type Attribute = z.infer<typeof Attribute>;

/** Who produced spans. `service` is never empty: a sender that named none is called `unknown_service`. */
export const TraceResource = z.object({
  service: z.string(),
  namespace: z.string().nullable(),
  version: z.string().nullable(),
  /** Name of the one process or replica; `null` = not told. */
  instance: z.string().nullable(),
  attributes: z.array(Attribute),
});
export type TraceResource = z.infer<typeof TraceResource>;

/** Something that happened during a span. `atMs` counts from the start of the trace. */
export const SpanEvent = z.object({ name: z.string(), atMs: z.number(), attributes: z.array(Attribute) });
export type SpanEvent = z.infer<typeof SpanEvent>;

/** Another span that this one has to do with, without being its parent. */
export const SpanLink = z.object({ traceId: z.string(), spanId: z.string(), attributes: z.array(Attribute) });
export type SpanLink = z.infer<typeof SpanLink>;

/** One piece of work. Times are as the sender's clock told them; nothing is corrected here. */
export const Span = z.object({
  spanId: z.string(),
  /** `null` = the sender says it has no parent. The parent may still be missing from the trace. */
  parentId: z.string().nullable(),
  name: z.string(),
  kind: SpanKind,
  /** Index into the trace's `resources`. */
  resource: z.number().int(),
  /** Milliseconds from the trace's `startedAt`, exact to the nanosecond that was sent. */
  startMs: z.number(),
  /** Never negative: a span that ends before it starts has 0, and `cut` says so. */
  durationMs: z.number(),
  status: SpanStatus,
  statusMessage: z.string().nullable(),
  /** Failed by the rule of the map: status `error`, HTTP 5xx at the server, or a failing gRPC status. */
  isError: z.boolean(),
  attributes: z.array(Attribute),
  events: z.array(SpanEvent),
  links: z.array(SpanLink),
  /** Instrumentation that made it; `null` = not told. */
  scope: z.string().nullable(),
  /** What Weft left out of this span or could not take as it was, each as a sentence. */
  cut: z.array(z.string()),
});
export type Span = z.infer<typeof Span>;

/** All spans of one trace that a source holds, in order of start. */
export const Trace = z.object({
  id: TraceId,
  /** Start of the earliest span, ISO. */
  startedAt: z.iso.datetime(),
  /** The same instant in nanoseconds since the epoch, as decimal digits. */
  startUnixNano: z.string(),
  /** From the earliest start to the latest end, milliseconds. */
  durationMs: z.number(),
  resources: z.array(TraceResource),
  spans: z.array(Span),
  /** Spans beyond the number that Weft loads at once; 0 = all are here. */
  omitted: z.number().int(),
  /** The same trace in the source's own interface; `null` = it has none, or nobody configured its address. */
  externalUrl: z.string().nullable(),
});
export type Trace = z.infer<typeof Trace>;

/** A trace in a list. */
export const TraceSummary = z.object({
  id: TraceId,
  /** The earliest span without a parent; where none came, the earliest span that is here. */
  root: z.object({ service: z.string(), namespace: z.string().nullable(), version: z.string().nullable(), operation: z.string() }),
  /** False = every span here names a parent, so the beginning is missing. */
  hasRoot: z.boolean(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  spans: z.number().int(),
  errors: z.number().int(),
  /** By number of spans, most first. `versions` in order of name; empty = none told. */
  services: z.array(
    z.object({
      service: z.string(),
      namespace: z.string().nullable(),
      spans: z.number().int(),
      errors: z.number().int(),
      versions: z.array(z.string()),
    }),
  ),
  /** Whether any span failed. */
  status: z.enum(["ok", "error"]),
});
export type TraceSummary = z.infer<typeof TraceSummary>;

/** One condition on attributes: some span has `key` with this value, or, negated, has it not. `value: null` = any value. */
export const SearchTerm = z.object({ key: z.string(), value: z.string().nullable(), isNegated: z.boolean() });
export type SearchTerm = z.infer<typeof SearchTerm>;

/** Which traces: those with one span that meets every condition, started in `(fromMs, toMs]`. */
export interface TraceFilter {
  service: string | null;
  /** Narrows `service`; `null` = whatever its namespace. */
  namespace: string | null;
  operation: string | null;
  version: string | null;
  status: "ok" | "error" | null;
  /** Of the span that meets the other conditions; without `service` and `operation`, of the earliest span of the trace. */
  minMs: number | null;
  maxMs: number | null;
  terms: readonly SearchTerm[];
  /** Epoch milliseconds. */
  fromMs: number;
  toMs: number;
}

/** Newest first. */
export const TraceSearch = z.object({
  items: z.array(TraceSummary),
  /** There are, or may be, older ones that meet the filter. */
  hasMore: z.boolean(),
  /** How far back the source looked, ISO; `null` = to the beginning of the window. */
  searchedTo: z.iso.datetime().nullable(),
});
export type TraceSearch = z.infer<typeof TraceSearch>;

/** A service that has spans, with its operations by number of spans. */
export const TraceService = z.object({
  service: z.string(),
  namespace: z.string().nullable(),
  versions: z.array(z.string()),
  operations: z.array(z.object({ name: z.string(), kind: SpanKind.nullable(), spans: z.number().int().nullable() })),
});
export type TraceService = z.infer<typeof TraceService>;

/** Requests, errors and durations of one operation of one version, counted from spans. */
export const OperationRed = z.object({
  service: z.string(),
  namespace: z.string().nullable(),
  version: z.string().nullable(),
  operation: z.string(),
  kind: SpanKind,
  count: z.number().int(),
  errorCount: z.number().int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});
export type OperationRed = z.infer<typeof OperationRed>;

/** One request behind a number on a chart. */
export const Exemplar = z.object({
  traceId: TraceId,
  spanId: SpanId,
  at: z.iso.datetime(),
  durationMs: z.number(),
  isError: z.boolean(),
  version: z.string().nullable(),
});
export type Exemplar = z.infer<typeof Exemplar>;

/**
 * One property of traces, and how often each of its values is met in the selection and in the rest (numbers of traces).
 * `score` is the largest difference of shares among the values, less its uncertainty: 0 to 1, more = tells them apart better.
 */
export const Difference = z.object({
  /** Whose spans carry it; `null` = a property of the trace as a whole. */
  service: z.string().nullable(),
  key: z.string(),
  /** Values by how far their shares differ, at most ten. */
  values: z.array(z.object({ value: z.string(), inSelection: z.number().int(), inRest: z.number().int() })),
  score: z.number(),
});
export type Difference = z.infer<typeof Difference>;

/** What tells a selection of traces from the rest, best first. */
export const Differences = z.object({
  selection: z.object({ traces: z.number().int() }),
  rest: z.object({ traces: z.number().int() }),
  items: z.array(Difference),
  /** True = there were more traces than were looked at; the newest were. */
  isSampled: z.boolean(),
});
export type Differences = z.infer<typeof Differences>;
