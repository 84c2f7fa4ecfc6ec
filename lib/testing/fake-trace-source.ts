import { err, ok, type Result, WeftError } from "#lib/model/errors.ts";
import type { Sourced } from "#lib/model/evidence.ts";
import { parseNodeId } from "#lib/model/ids.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { Differences, Exemplar, OperationRed, Trace, TraceFilter, TraceSearch, TraceService, TraceSummary } from "#lib/model/trace.ts";
import type { SpanArchive, TraceSource } from "#lib/ports/traces.ts";
import { DifferenceCounter } from "#lib/traces/differences.ts";
import { matchesFilter } from "#lib/traces/match-trace.ts";
import { summarizeTrace } from "#lib/traces/summarize-trace.ts";

import { statusOf } from "./builders.ts";

/** One call of a fake: its name and what it was given, without the signal. */
export interface AskedOf {
  call: string;
  given: unknown[];
}

export interface FakeTraceSource extends TraceSource {
  keep(...traces: Trace[]): void;
  /** Every later answer fails; `null` lets it answer again. */
  failWith(error: WeftError | null): void;
  /** What `status` answers from now on, apart from its id. */
  set(status: Partial<SourceStatus>): void;
  readonly asked: AskedOf[];
}

export interface FakeSpanArchive extends FakeTraceSource, SpanArchive {}

/** Traces in memory: each question looks at every span of every one. Exact, and slow. */
export function createFakeTraceSource(id = "fake-traces"): FakeTraceSource {
  return new InMemoryTraces(id);
}

/** The same as Weft's own archive. */
export function createFakeSpanArchive(id = "fake-archive"): FakeSpanArchive {
  return new InMemoryArchive(id);
}

class InMemoryTraces implements FakeTraceSource {
  readonly id: string;
  readonly asked: AskedOf[] = [];
  protected readonly traces: Trace[] = [];
  #error: WeftError | null = null;
  #status: Partial<SourceStatus> = {};

  constructor(id: string) {
    this.id = id;
  }

  keep(...traces: Trace[]): void {
    this.traces.push(...traces);
    this.traces.sort((a, b) => Number(BigInt(b.startUnixNano) - BigInt(a.startUnixNano)));
  }

  failWith(error: WeftError | null): void {
    this.#error = error;
  }

  set(status: Partial<SourceStatus>): void {
    this.#status = status;
  }

  status(): SourceStatus {
    return statusOf({ ...this.#status, id: this.id });
  }

  async services(): Promise<Result<Sourced<TraceService[]>>> {
    return this.answer("services", [], () => servicesOf(this.traces));
  }

  async find(filter: TraceFilter, limit: number): Promise<Result<Sourced<TraceSearch>>> {
    return this.answer("find", [filter, limit], () => {
      const met = this.traces.filter((trace) => matchesFilter(trace, filter));
      const items = met.slice(0, limit).map(summaryOf);
      return { items, hasMore: met.length > limit, searchedTo: null };
    });
  }

  async trace(id: string): Promise<Result<Sourced<Trace>>> {
    const found = this.answer("trace", [id], () => this.traces.find((trace) => trace.id === id) ?? null);
    if (!found.ok) return found;
    const { value, ...evidence } = found.value;
    return value === null ? err(this.unknown(id)) : ok({ ...evidence, value });
  }

  async differences(base: TraceFilter, selection: TraceFilter, limit: number): Promise<Result<Sourced<Differences>>> {
    return this.answer("differences", [base, selection, limit], () => {
      const counter = new DifferenceCounter();
      const selected = this.traces.filter((trace) => matchesFilter(trace, selection));
      const rest = this.traces.filter((trace) => matchesFilter(trace, base) && !selected.includes(trace));
      for (const trace of selected.slice(0, limit)) counter.add(trace, "selection");
      for (const trace of rest.slice(0, limit)) counter.add(trace, "rest");
      return {
        selection: { traces: counter.totals.selection },
        rest: { traces: counter.totals.rest },
        items: counter.rank(50),
        isSampled: selected.length > limit || rest.length > limit,
      };
    });
  }

  protected answer<T>(call: string, given: unknown[], make: () => T): Result<Sourced<T>> {
    this.asked.push({ call, given });
    if (this.#error !== null) return err(this.#error);
    const provenance = [{ source: this.id, kind: "fake", query: call, observedAt: null }];
    return ok({ value: make(), provenance, notices: [], coverage: "complete" });
  }

  protected unknown(id: string): WeftError {
    return new WeftError("NOT_FOUND", `${this.id} has no trace ${id}`, { field: "id", mend: "Check the id", sourceId: this.id });
  }
}

class InMemoryArchive extends InMemoryTraces implements FakeSpanArchive {
  async operations(window: Parameters<SpanArchive["operations"]>[0], service: string): Promise<Result<Sourced<OperationRed[]>>> {
    return this.answer("operations", [window, service], () => operationsOf(this.traces, service));
  }

  async exemplars(...[window, subject, limit]: Parameters<SpanArchive["exemplars"]>): Promise<Result<Sourced<Exemplar[]>>> {
    return this.answer("exemplars", [window, subject, limit], () => exemplarsOf(this.traces, subject.target).slice(0, limit));
  }

  async otlpJson(id: string): Promise<Result<string>> {
    const found = await this.trace(id);
    return found.ok ? ok(JSON.stringify({ resourceSpans: [], trace: id })) : found;
  }
}

function summaryOf(trace: Trace): TraceSummary {
  const summary = summarizeTrace(trace);
  if (summary === null) throw new Error("a trace without spans is not listed");
  return summary;
}

function servicesOf(traces: readonly Trace[]): TraceService[] {
  const services = new Map<string, TraceService>();
  for (const { spans, resources } of traces) {
    for (const span of spans) {
      const resource = resources[span.resource];
      if (resource === undefined) continue;
      const { service, namespace, version } = resource;
      const key = JSON.stringify([namespace, service]);
      const known = services.get(key) ?? { service, namespace, versions: [], operations: [] };
      services.set(key, known);
      if (version !== null && !known.versions.includes(version)) known.versions.push(version);
      const operation = known.operations.find(({ name, kind }) => name === span.name && kind === span.kind);
      if (operation === undefined) known.operations.push({ name: span.name, kind: span.kind, spans: 1 });
      else operation.spans = (operation.spans ?? 0) + 1;
    }
  }
  for (const { operations } of services.values()) operations.sort((a, b) => (b.spans ?? 0) - (a.spans ?? 0));
  return [...services.values()];
}

function spansOf(traces: readonly Trace[], id: string) {
  const { service, namespace } = parseNodeId(id);
  return traces.flatMap((trace) =>
    trace.spans.flatMap((span) => {
      const resource = trace.resources[span.resource];
      return resource?.service === service && resource.namespace === namespace ? [{ trace, span, version: resource.version }] : [];
    }),
  );
}

function operationsOf(traces: readonly Trace[], id: string): OperationRed[] {
  const { service, namespace } = parseNodeId(id);
  const grouped = Map.groupBy(spansOf(traces, id), ({ span, version }) => JSON.stringify([version, span.name, span.kind]));
  return [...grouped.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const errorCount = group.filter(({ span }) => span.isError).length;
    const { span, version } = first;
    const quantiles = { p50Ms: null, p95Ms: null, p99Ms: null };
    return [{ service, namespace, version, operation: span.name, kind: span.kind, count: group.length, errorCount, ...quantiles }];
  });
}

function exemplarsOf(traces: readonly Trace[], id: string): Exemplar[] {
  return spansOf(traces, id).map(({ trace, span, version }) => ({
    traceId: trace.id,
    spanId: span.spanId,
    at: new Date(Date.parse(trace.startedAt) + Math.floor(span.startMs)).toISOString(),
    durationMs: span.durationMs,
    isError: span.isError,
    version,
  }));
}
