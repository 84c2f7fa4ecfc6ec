import type { Canned } from "#collectors/shared/testing/answering.ts";

/** One span that a fake Jaeger keeps, in its own trace. */
export interface KeptSpan {
  trace: string;
  service: string;
  name?: string;
  atMs: number;
  isError?: boolean;
  attributes?: Readonly<Record<string, string>>;
}

/** Which generations it speaks, and what is particular to it. */
export interface FakeJaegerOptions {
  v3: boolean;
  v1: boolean;
  /** Looks at `query.attributes`, as servers from 2026 on do; others pass them over. */
  readsAttributes?: boolean;
  /** As many traces as it can keep; more must not be asked for. */
  mostTraces?: number;
  /** Refuses a search without a service, as some stores do. */
  wantsService?: boolean;
}

const PAGE: Canned = { mediaType: "text/html", body: "<!doctype html><title>Jaeger UI</title>" };
const NOTHING_V3: Canned = { status: 404, mediaType: "text/plain", body: { error: { httpCode: 404, message: "No traces found" } } };
const NOTHING_V1: Canned = { status: 404, mediaType: "text/plain", body: { data: null, errors: [{ code: 404, msg: "trace not found" }] } };

const idOf = (trace: string): string => trace.padStart(32, "0");

/** Answers as Jaeger 1.76 does: see `/api/v3` in its `http_gateway.go`, `/api` in its `http_handler.go`. */
export function fakeJaeger(spans: readonly KeptSpan[], options: FakeJaegerOptions): (url: URL) => Canned {
  return (url) => {
    const { pathname, searchParams: query } = url;
    if (options.v3 && pathname.startsWith("/api/v3/"))
      return asPlainText(answerV3(pathname.slice("/api/v3".length), query, spans, options));
    if (options.v1 && pathname.startsWith("/api/") && !pathname.startsWith("/api/v3/"))
      return answerV1(pathname.slice("/api".length), query, spans);
    // Any other path shows the page.
    return PAGE;
  };
}

/** Version 3 does not say that its answers are JSON. */
function asPlainText(canned: Canned): Canned {
  return canned.mediaType === undefined ? { ...canned, mediaType: "text/plain" } : canned;
}

function answerV3(path: string, query: URLSearchParams, spans: readonly KeptSpan[], options: FakeJaegerOptions): Canned {
  const services = [...new Set(spans.map(({ service }) => service))];
  if (path === "/services") return { body: services.length === 0 ? {} : { services } };
  if (path === "/operations") return { body: { operations: operationsOf(spans, query.get("service")) } };
  if (path.startsWith("/traces/")) return tracesV3(spans.filter(({ trace }) => idOf(trace) === path.slice("/traces/".length)));
  if (path !== "/traces") return PAGE;
  const [from, to] = [query.get("query.start_time_min"), query.get("query.start_time_max")];
  if (from === null || to === null) {
    return { status: 400, body: { error: { httpCode: 400, message: "query.start_time_min and query.start_time_max are required" } } };
  }
  const depth = Number(query.get("query.num_traces") ?? 0);
  if (depth <= 0 || depth > (options.mostTraces ?? Number.POSITIVE_INFINITY))
    return { status: 500, body: { error: { httpCode: 500, message: "search depth must be greater than 0 and less than max traces" } } };
  const service = query.get("query.service_name");
  if (service === null && options.wantsService === true)
    return { status: 500, mediaType: "text/plain", body: "service name is required by this store" };
  const attributes = options.readsAttributes === true ? (query.get("query.attributes") ?? "{}") : "{}";
  return tracesV3(search(spans, { service, from: Date.parse(from), to: Date.parse(to), depth, attributes }));
}

function answerV1(path: string, query: URLSearchParams, spans: readonly KeptSpan[]): Canned {
  if (path === "/services") return { body: { data: [...new Set(spans.map(({ service }) => service))], total: 0, errors: null } };
  if (path === "/operations") return { body: { data: operationsOf(spans, query.get("service")), total: 0, errors: null } };
  if (path.startsWith("/traces/")) {
    const found = spans.filter(({ trace }) => idOf(trace) === path.slice("/traces/".length));
    return found.length === 0 ? NOTHING_V1 : tracesV1(found);
  }
  if (path !== "/traces") return PAGE;
  const service = query.get("service");
  if (service === null) return { status: 400, body: { data: null, errors: [{ code: 400, msg: "parameter 'service' is required" }] } };
  const [from, to] = [query.get("start"), query.get("end")].map((micros) => Number(micros) / 1_000);
  const attributes = query.get("tags") ?? "{}";
  return tracesV1(search(spans, { service, from: from ?? 0, to: to ?? 0, depth: Number(query.get("limit")), attributes }));
}

interface Search {
  service: string | null;
  from: number;
  to: number;
  depth: number;
  attributes: string;
}

function search(spans: readonly KeptSpan[], { service, from, to, depth, attributes }: Search): KeptSpan[] {
  const wanted = Object.entries(JSON.parse(attributes) as Record<string, string>);
  const met = spans.filter(
    (span) =>
      (service === null || span.service === service) &&
      span.atMs >= from &&
      span.atMs <= to &&
      wanted.every(([key, value]) => (key === "error" ? span.isError === true : span.attributes?.[key] === value)),
  );
  const newest = [...new Set(met.toSorted((a, b) => b.atMs - a.atMs).map(({ trace }) => trace))].slice(0, depth);
  return spans.filter(({ trace }) => newest.includes(trace));
}

function operationsOf(spans: readonly KeptSpan[], service: string | null): { name: string; spanKind: string }[] {
  return [...new Set(spans.filter((span) => span.service === service).map(nameOf))].map((name) => ({ name, spanKind: "server" }));
}

function nameOf({ name }: KeptSpan): string {
  return name ?? "work";
}

function tracesV3(spans: readonly KeptSpan[]): Canned {
  if (spans.length === 0) return NOTHING_V3;
  const resourceSpans = spans.map((span, index) => ({
    resource: { attributes: [{ key: "service.name", value: { stringValue: span.service } }] },
    scopeSpans: [
      {
        scope: {},
        spans: [
          {
            traceId: idOf(span.trace),
            spanId: (index + 1).toString(16).padStart(16, "0"),
            name: nameOf(span),
            kind: 2,
            startTimeUnixNano: `${span.atMs}000000`,
            endTimeUnixNano: `${span.atMs + 10}000000`,
            attributes: Object.entries(span.attributes ?? {}).map(([key, stringValue]) => ({ key, value: { stringValue } })),
            status: span.isError === true ? { code: 2 } : {},
          },
        ],
      },
    ],
  }));
  return { body: { result: { resourceSpans } } };
}

function tracesV1(spans: readonly KeptSpan[]): Canned {
  const data = [...new Set(spans.map(({ trace }) => trace))].map((trace) => {
    const own = spans.filter((span) => span.trace === trace);
    return {
      traceID: idOf(trace),
      spans: own.map((span, index) => ({
        traceID: idOf(trace),
        spanID: (index + 1).toString(16).padStart(16, "0"),
        operationName: nameOf(span),
        references: [],
        startTime: span.atMs * 1_000,
        duration: 10_000,
        tags: [
          { key: "span.kind", type: "string", value: "server" },
          ...Object.entries(span.attributes ?? {}).map(([key, value]) => ({ key, type: "string", value })),
          ...(span.isError === true ? [{ key: "otel.status_code", type: "string", value: "ERROR" }] : []),
        ],
        logs: [],
        processID: `p${index}`,
        warnings: null,
      })),
      processes: Object.fromEntries(own.map(({ service }, index) => [`p${index}`, { serviceName: service, tags: [] }])),
    };
  });
  return { body: { data, total: 0, limit: 0, offset: 0, errors: null } };
}
