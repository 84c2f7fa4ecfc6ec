import type { Tag, V1Span, V1Trace } from "./wire-v1.ts";

const NANOS_PER_MICRO = 1_000n;

/** Tags by which Jaeger carries parts of an OTLP span that version 1 has no fields for. */
const STATUS_CODE = "otel.status_code";
const STATUS_MESSAGE = "otel.status_description";
const KIND = "span.kind";
const TRACE_STATE = "w3c.tracestate";
const SCOPES = ["otel.scope.name", "otel.library.name"];
/** How a span came in; says nothing of the request. */
const FORMAT = "internal.span.format";

const SCOPE_VERSIONS = ["otel.scope.version", "otel.library.version"];

const CARRIED = new Set([STATUS_CODE, STATUS_MESSAGE, KIND, TRACE_STATE, FORMAT, ...SCOPES, ...SCOPE_VERSIONS]);

const KIND_CODES = new Map([
  ["internal", 1],
  ["server", 2],
  ["client", 3],
  ["producer", 4],
  ["consumer", 5],
]);

/** The same traces as an OTLP export request in JSON, so that one decoder reads both versions, with the same bounds. */
export function toOtlp(traces: readonly V1Trace[]): { resourceSpans: unknown[] } {
  return {
    resourceSpans: traces.flatMap(({ spans, processes }) =>
      spans.map((span) => {
        const owner = span.process ?? processes[span.processID ?? ""];
        const scope = textOf(span.tags, ...SCOPES);
        const service =
          owner === undefined || owner.serviceName === "" ? [] : [{ key: "service.name", value: { stringValue: owner.serviceName } }];
        const attributes = [...service, ...(owner?.tags ?? []).filter(({ key }) => key !== "service.name").map(attributeOf)];
        return { resource: { attributes }, scopeSpans: [{ ...(scope === null ? {} : { scope: { name: scope } }), spans: [spanOf(span)] }] };
      }),
    ),
  };
}

function spanOf(span: V1Span): Record<string, unknown> {
  const { tags, warnings } = span;
  const start = BigInt(span.startTime) * NANOS_PER_MICRO;
  const parent = parentOf(span);
  const links = span.references.filter(
    ({ traceID, spanID }) => fill(traceID, 32) !== fill(span.traceID, 32) || fill(spanID, 16) !== parent,
  );
  const ownTags = tags.filter(({ key }) => !CARRIED.has(key) && !isMadeOfStatus(key, tags));
  const told = (warnings ?? []).map((stringValue) => ({ stringValue }));
  return {
    traceId: fill(span.traceID, 32),
    spanId: fill(span.spanID, 16),
    parentSpanId: parent,
    traceState: textOf(tags, TRACE_STATE) ?? "",
    name: span.operationName,
    kind: KIND_CODES.get((textOf(tags, KIND) ?? "").toLowerCase()) ?? 0,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(span.duration) * NANOS_PER_MICRO),
    attributes: [
      ...ownTags.map(attributeOf),
      ...(told.length === 0 ? [] : [{ key: "jaeger.warnings", value: { arrayValue: { values: told } } }]),
    ],
    events: span.logs.map(({ timestamp, fields }) => ({
      timeUnixNano: String(BigInt(timestamp) * NANOS_PER_MICRO),
      name: textOf(fields, "event", "message") ?? "log",
      attributes: fields.filter(({ key }) => key !== "event").map(attributeOf),
    })),
    links: links.map(({ traceID, spanID }) => ({ traceId: fill(traceID, 32), spanId: fill(spanID, 16) })),
    status: { code: statusOf(tags), message: textOf(tags, STATUS_MESSAGE) ?? "" },
  };
}

/** The span that this one is a child of; where it only follows one of the same trace, that one. Empty = it has none. */
function parentOf({ traceID, references, parentSpanID }: V1Span): string {
  const own = references.filter((reference) => fill(reference.traceID, 32) === fill(traceID, 32));
  const parent = own.find(({ refType }) => refType === "CHILD_OF") ?? own[0];
  const id = parent?.spanID ?? parentSpanID ?? "";
  return id === "" ? "" : fill(id, 16);
}

/** Jaeger writes the tag `error` beside the status that it was made from. */
function isMadeOfStatus(key: string, tags: readonly Tag[]): boolean {
  return key === "error" && textOf(tags, STATUS_CODE) !== null;
}

function statusOf(tags: readonly Tag[]): number {
  const code = textOf(tags, STATUS_CODE)?.toUpperCase();
  if (code === "OK") return 1;
  const error = textOf(tags, "error");
  return code === "ERROR" || (code === undefined && error !== null && error !== "false" && error !== "") ? 2 : 0;
}

function attributeOf({ key, type, value }: Tag): unknown {
  if (value === null) return { key };
  if (type === "bool") return { key, value: { boolValue: value === true || value === "true" } };
  if (type === "int64" && /^-?\d{1,19}$/.test(String(value))) return { key, value: { intValue: String(value) } };
  if (type === "float64" && Number.isFinite(Number(value))) return { key, value: { doubleValue: Number(value) } };
  if (type === "binary") return { key, value: { bytesValue: String(value) } };
  return { key, value: { stringValue: String(value) } };
}

/** Of several tags with these keys the first key's; `null` = none has one. */
function textOf(tags: readonly Tag[], ...keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = tags.find((tag) => tag.key === key);
    if (found !== undefined && found.value !== null) return String(found.value);
  }
  return null;
}

/** Older versions leave zeros at the front of ids away. What is no id stays as it is, for the decoder to refuse. */
function fill(id: string, digits: number): string {
  return id.padStart(digits, "0");
}
