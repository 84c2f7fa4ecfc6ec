import type { Sourced } from "#lib/model/evidence.ts";
import type { Result } from "#lib/model/errors.ts";
import type { SourceStatus } from "#lib/model/source.ts";
import type { Differences, Exemplar, OperationRed, Trace, TraceFilter, TraceSearch, TraceService } from "#lib/model/trace.ts";
import type { TimeWindow } from "#lib/model/red.ts";

/**
 * A place that keeps traces and can be asked. Errors of every call: SOURCE_UNREACHABLE, SOURCE_REFUSED, SOURCE_MALFORMED,
 * TIMEOUT, each naming the source. An empty answer is not an error.
 */
export interface TraceSource {
  readonly id: string;
  status(): SourceStatus;
  /** Services with their operations. */
  services(signal?: AbortSignal): Promise<Result<Sourced<TraceService[]>>>;
  /** Newest first, at most `limit`. A condition that the source cannot put is a notice, and coverage is `partial`. */
  find(filter: TraceFilter, limit: number, signal?: AbortSignal): Promise<Result<Sourced<TraceSearch>>>;
  /** All spans of one trace. Errors: NOT_FOUND. */
  trace(id: string, signal?: AbortSignal): Promise<Result<Sourced<Trace>>>;
  /**
   * What tells the traces of `selection` from the other traces of `base`; a trace of both counts for the selection. At
   * most `limit` traces of each are looked at, newest first.
   */
  differences(base: TraceFilter, selection: TraceFilter, limit: number, signal?: AbortSignal): Promise<Result<Sourced<Differences>>>;
}

/** Which requests an exemplar may stand for. Ids of the graph; `source: null` = from any caller. */
export interface ExemplarSubject {
  source: string | null;
  target: string;
}

/** What only an archive of one's own can tell, because it saw every span as it came. */
export interface SpanArchive extends TraceSource {
  /** By number of calls. `service` as in the graph: `namespace/service`. */
  operations(window: TimeWindow, service: string): Promise<Result<Sourced<OperationRed[]>>>;
  /** A few requests that explain a chart: failed ones, slow ones, and ordinary ones between, spread over the window. */
  exemplars(window: TimeWindow, subject: ExemplarSubject, limit: number): Promise<Result<Sourced<Exemplar[]>>>;
  /** The trace as it was sent: an OTLP export request in its JSON form. Errors: NOT_FOUND. */
  otlpJson(id: string): Promise<Result<string>>;
}
