import { request } from "node:http";
import type { AppIdentity } from "./app-identity.ts";
import { isSampled, type TraceContext } from "./trace-context.ts";

/** One request as the application that answered it saw it. */
export interface ServerSpan {
  readonly trace: TraceContext;
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly error: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface SpanExporter {
  record(app: AppIdentity, span: ServerSpan): void;
}

const FLUSH_MS = 1_000;
/** More than a minute of the default load in one process; what comes on top is dropped, since spans must never cost the demo its calls. */
const MAX_QUEUED = 10_000;
const KIND_SERVER = 2;
const STATUS_ERROR = 2;

export const NO_SPANS: SpanExporter = { record: () => undefined };

/** Sends SERVER spans as OTLP/HTTP JSON once a second. A receiver that refuses or is not there changes nothing but the spans' fate. */
export function exportTo(url: string): SpanExporter {
  let queue: { app: AppIdentity; span: ServerSpan }[] = [];
  const timer = setInterval(() => {
    if (queue.length === 0) return;
    post(new URL("/v1/traces", url), exportRequest(queue));
    queue = [];
  }, FLUSH_MS);
  timer.unref();
  return {
    record(app, span) {
      if (isSampled(span.trace) && queue.length < MAX_QUEUED) queue.push({ app, span });
    },
  };
}

function post(url: URL, body: unknown): void {
  const outgoing = request(url, { method: "POST", headers: { "content-type": "application/json" }, timeout: 2_000 }, (response) =>
    response.resume(),
  );
  outgoing.on("timeout", () => outgoing.destroy());
  outgoing.on("error", () => undefined);
  outgoing.end(JSON.stringify(body));
}

/** The body of an ExportTraceServiceRequest in the JSON mapping of OTLP 1.x: ids in hex, 64-bit numbers as strings. */
export function exportRequest(queue: readonly { app: AppIdentity; span: ServerSpan }[]): unknown {
  const byApp = Map.groupBy(queue, ({ app }) => app);
  return {
    resourceSpans: [...byApp].map(([app, items]) => ({
      resource: { attributes: attributeList(resourceOf(app)) },
      scopeSpans: [{ scope: { name: "demo" }, spans: items.map(({ span }) => spanJson(span)) }],
    })),
  };
}

function resourceOf(app: AppIdentity): Record<string, string> {
  return {
    "service.name": app.service,
    "service.namespace": app.namespace,
    "service.instance.id": app.id,
    ...(app.version === null ? {} : { "service.version": app.version }),
  };
}

function spanJson(span: ServerSpan): unknown {
  const { trace } = span;
  return {
    traceId: trace.traceId,
    spanId: trace.spanId,
    ...(trace.parentId === null ? {} : { parentSpanId: trace.parentId }),
    ...(trace.state === undefined ? {} : { traceState: trace.state }),
    name: span.name,
    kind: KIND_SERVER,
    startTimeUnixNano: nanoseconds(span.startMs),
    endTimeUnixNano: nanoseconds(span.startMs + span.durationMs),
    attributes: attributeList(span.attributes),
    status: span.error ? { code: STATUS_ERROR } : {},
  };
}

function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1_000)}000`;
}

function attributeList(attributes: Readonly<Record<string, string | number>>): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  }));
}
