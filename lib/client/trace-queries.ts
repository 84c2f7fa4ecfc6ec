import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { ExemplarList, OperationList, TraceServiceList } from "#lib/contract/values.ts";
import { Differences, Trace, TraceSearch } from "#lib/model/trace.ts";

import { apiUrl, readApi, type ApiParams } from "./api-client.ts";

const REFRESH_MS = 5_000;
const SLOW_REFRESH_MS = 10_000;
/** Spans of one trace come in over some seconds; who opens it again later gets the rest. */
const TRACE_FRESH_MS = 10_000;

/** A stretch of time: either the last `window` (`300s`), or, where `from` is given, from that instant on (`to` null = now). ISO. */
export interface TraceStretch {
  window: string;
  from?: string | null;
  to?: string | null;
}

/** Conditions of a search, spelled as the address spells them. What is null or empty does not narrow. */
export interface TraceRequest extends TraceStretch {
  /** `service` or `namespace/service`. */
  service?: string | null;
  operation?: string | null;
  version?: string | null;
  status?: "ok" | "error" | null;
  minMs?: number | null;
  maxMs?: number | null;
  /** Terms on attributes, such as `http.route=/cart -error=true`. */
  q?: string | null;
  /** Id of the source to ask; null = Weft's own archive, else the first configured. */
  source?: string | null;
}

/** What narrows the selection further than the request that names all traces. */
export interface TraceSelection {
  selVersion?: string | null;
  selStatus?: "ok" | "error" | null;
  selMinMs?: number | null;
  selMaxMs?: number | null;
  selQ?: string | null;
  selFrom?: string | null;
  selTo?: string | null;
}

function stretchParams({ window, from, to }: TraceStretch): ApiParams {
  return typeof from === "string" && from !== "" ? { from, to: to ?? null } : { window };
}

function requestParams(request: TraceRequest): ApiParams {
  const { service, operation, version, status, minMs, maxMs, q, source } = request;
  return { ...stretchParams(request), service, operation, version, status, minMs, maxMs, q, source };
}

/** Proxies send their spans every five seconds: a trace younger than this may be half here. */
export const SETTLE_MS = 6_000;

/**
 * Traces that meet conditions, newest first; those whose spans are still coming in are left out. While another search runs,
 * the rows of the one before stay, marked as placeholder data.
 */
export function tracesQuery(request: TraceRequest, limit: number) {
  const params = { ...requestParams(request), limit, settleMs: SETTLE_MS };
  return queryOptions({
    queryKey: ["traces", apiUrl("", params)],
    queryFn: ({ signal }) => readApi("/api/traces", params, TraceSearch, signal),
    refetchInterval: typeof request.to === "string" && request.to !== "" ? false : SLOW_REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** One trace with all its spans. `id` = up to 32 hex digits. Fails with NOT_FOUND, which is not asked again. */
export function traceQuery(id: string, source: string | null = null) {
  return queryOptions({
    queryKey: ["trace", id, source],
    queryFn: ({ signal }) => readApi("/api/trace", { id, source }, Trace, signal),
    staleTime: TRACE_FRESH_MS,
    enabled: id !== "",
  });
}

/** Where the trace can be fetched as it was sent: an OTLP export request in JSON. */
export function traceExportUrl(id: string, source: string | null = null): string {
  return apiUrl("/api/trace/otlp", { id, source });
}

/** Services that have spans, with their operations: what the search offers. */
export function traceServicesQuery(source: string | null = null) {
  return queryOptions({
    queryKey: ["trace-services", source],
    queryFn: ({ signal }) => readApi("/api/trace-services", { source }, TraceServiceList, signal),
    refetchInterval: SLOW_REFRESH_MS,
  });
}

/** What tells the selection from the other traces of the request. Asked once: a ranking that moves cannot be read. */
export function differencesQuery(request: TraceRequest, selection: TraceSelection) {
  const params = { ...requestParams(request), ...selection };
  return queryOptions({
    queryKey: ["trace-differences", apiUrl("", params)],
    queryFn: ({ signal }) => readApi("/api/trace-differences", params, Differences, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/**
 * Operations of a service (`namespace/service`) with their requests, errors and durations, counted from spans up to `at`; `null` = now.
 * Not asked for where no spans are received: that would be refused.
 */
export function operationsQuery(serviceId: string, window: string, at: string | null, receivesSpans: boolean) {
  return queryOptions({
    queryKey: ["operations", serviceId, window, at],
    queryFn: ({ signal }) => readApi("/api/operations", { id: serviceId, window, at }, OperationList, signal),
    refetchInterval: at === null ? REFRESH_MS : false,
    enabled: serviceId !== "" && receivesSpans,
  });
}

/**
 * Requests behind a chart. `subject` = `service:<id>` or `edge:<id>`, as for `/api/red`. Not asked for where no spans are received:
 * that would be refused.
 */
export function exemplarsQuery(subject: string, stretch: TraceStretch, receivesSpans: boolean) {
  const params = { ...stretchParams(stretch), subject };
  return queryOptions({
    queryKey: ["exemplars", apiUrl("", params)],
    queryFn: ({ signal }) => readApi("/api/exemplars", params, ExemplarList, signal),
    // A stretch that has ended does not change any more.
    refetchInterval: typeof stretch.to === "string" && stretch.to !== "" ? false : REFRESH_MS,
    enabled: subject !== "" && receivesSpans,
  });
}
