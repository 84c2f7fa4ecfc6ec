import { decodeResource } from "#collectors/shared/otlp/read-resource.ts";
import { decodeSpan } from "#collectors/shared/otlp/read-span.ts";
import type { Trace, TraceResource } from "#lib/model/trace.ts";
import type { ResourceRecord, SpanRecord } from "#lib/ports/span-store.ts";

/** What a page can draw; the earliest spans are kept. */
const MOST_SPANS = 50_000;
const NANOS_PER_MS = 1_000_000n;

/** The same trace in the source's own interface; `null` = nobody configured its address. */
export type ExternalUrl = (traceId: string) => string | null;

/**
 * Whole traces from spans in any order, in order of start of the first span of each, newest first. A span that comes twice
 * (same trace, span and kind) is taken once; client and server that share one id are two spans.
 */
export function assembleTraces(records: readonly SpanRecord[], externalUrl: ExternalUrl, mostSpans = MOST_SPANS): Trace[] {
  const byTrace = new Map<string, Map<string, SpanRecord>>();
  for (const record of records) {
    const id = Buffer.from(record.traceId).toString("hex");
    const spans = byTrace.get(id) ?? new Map<string, SpanRecord>();
    byTrace.set(id, spans);
    const key = `${Buffer.from(record.spanId).toString("hex")} ${record.kind}`;
    if (!spans.has(key)) spans.set(key, record);
  }
  const traces = [...byTrace].map(([id, spans]) => assemble(id, [...spans.values()], externalUrl(id), mostSpans));
  return traces.toSorted((a, b) => byNumber(BigInt(b.startUnixNano), BigInt(a.startUnixNano)));
}

function assemble(id: string, records: SpanRecord[], externalUrl: string | null, mostSpans: number): Trace {
  const ordered = records.toSorted((a, b) => byNumber(a.startUnixNano, b.startUnixNano));
  const startUnixNano = ordered[0]?.startUnixNano ?? 0n;
  const endUnixNano = ordered.reduce((latest, { startUnixNano: start, durationNano }) => {
    const end = start + BigInt(durationNano);
    return end > latest ? end : latest;
  }, startUnixNano);
  const resources = new Resources();
  const kept = ordered.slice(0, mostSpans);
  const spans = kept.map(({ body, scope, resource }) => ({
    ...decodeSpan(body, { startUnixNano, resource: resources.place(resource) }),
    scope,
  }));
  return {
    id,
    startedAt: new Date(Number(startUnixNano / NANOS_PER_MS)).toISOString(),
    startUnixNano: startUnixNano.toString(),
    durationMs: Number(endUnixNano - startUnixNano) / Number(NANOS_PER_MS),
    resources: resources.all,
    spans,
    omitted: ordered.length - kept.length,
    externalUrl,
  };
}

/** Resources of one trace, each once: other programs repeat them for every span or every batch. */
class Resources {
  readonly all: TraceResource[] = [];
  readonly #byRecord = new Map<ResourceRecord, number>();
  readonly #byBody = new Map<string, number>();

  place(record: ResourceRecord): number {
    const known = this.#byRecord.get(record);
    if (known !== undefined) return known;
    const body = Buffer.from(record.body).toString("latin1");
    const place = this.#byBody.get(body) ?? this.all.push(decodeResource(record.body)) - 1;
    this.#byBody.set(body, place);
    this.#byRecord.set(record, place);
    return place;
  }
}

function byNumber(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
